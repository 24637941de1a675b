import { describe, expect, test } from 'vitest'
import { F, liveTensors, manualSeed, rand, randn, scope, tensor, zeros } from './index.ts'
import type { RecurrentWeights, Tensor } from './index.ts'

const hidden = 3

/** Uniform weights of one cell with `gates` gates over `input` features. */
function cellWeights(gates: number, input: number): RecurrentWeights {
  const uniform = (shape: number[]): Tensor => rand(shape, { dtype: 'float64' }).sub_(0.5).requiresGrad_()
  return {
    inputHidden: uniform([gates * hidden, input]),
    hiddenHidden: uniform([gates * hidden, hidden]),
    biasInput: uniform([gates * hidden]),
    biasHidden: uniform([gates * hidden]),
  }
}

function leakless(body: () => void): void {
  const before = liveTensors()
  scope(body)
  expect(liveTensors()).toBe(before)
}

const close = (a: Tensor, b: Tensor): void => {
  expect(a.shape).toEqual(b.shape)
  const expected = b.toArray()
  a.toArray().forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 12))
}

describe('recurrent layers', () => {
  test('lstm, gru and rnn walk each sequence to its own end, as their cells do by hand', () => {
    leakless(() => {
      manualSeed(3)
      const x = randn([2, 4, 5], { dtype: 'float64' })
      const lstmWeights = cellWeights(4, 5)
      const long = F.lstm(x, { weights: [lstmWeights], lengths: [4, 2] })
      expect(long.output.shape).toEqual([2, 4, hidden])
      expect(long.hidden.shape).toEqual([1, 2, hidden])
      let state: [Tensor, Tensor] = [
        zeros([2, hidden], { dtype: 'float64' }),
        zeros([2, hidden], { dtype: 'float64' }),
      ]
      for (let t = 0; t < 4; t++) {
        state = F.lstmCell(x.select(1, t), state, lstmWeights)
        close(long.output.select(0, 0).select(0, t), state[0].select(0, 0))
        if (t === 1) close(long.hidden.select(0, 0).select(0, 1), state[0].select(0, 1))
        if (t === 1) close(long.cell.select(0, 0).select(0, 1), state[1].select(0, 1))
      }
      close(long.cell.select(0, 0).select(0, 0), state[1].select(0, 0))
      expect(long.output.select(0, 1).narrow(0, 2, 2).toArray()).toEqual(new Array(2 * hidden).fill(0))

      const gruWeights = cellWeights(3, 5)
      const gated = F.gru(x, { weights: [gruWeights] })
      const simple = cellWeights(1, 5)
      const plain = F.rnn(x, { weights: [simple], nonlinearity: 'relu' })
      let h = zeros([2, hidden], { dtype: 'float64' })
      let g = h
      for (let t = 0; t < 4; t++) {
        g = F.gruCell(x.select(1, t), g, gruWeights)
        h = F.rnnCell(x.select(1, t), h, simple, { nonlinearity: 'relu' })
      }
      close(gated.hidden.select(0, 0), g)
      close(plain.hidden.select(0, 0), h)
    })
  })

  test('a stack in both directions takes initial states, lengths as a tensor, and gives every weight a gradient', () => {
    leakless(() => {
      const weights = [5, 5, 2 * hidden, 2 * hidden].map((input) => cellWeights(4, input))
      const x = randn([3, 4, 5], { dtype: 'float64', requiresGrad: true })
      const initial = [0, 1].map(() => randn([4, 3, hidden], { dtype: 'float64', requiresGrad: true }))
      const {
        output,
        hidden: last,
        cell,
      } = F.lstm(x, {
        weights,
        lengths: tensor([2, 4, 1], { dtype: 'int64' }),
        initial: initial as [Tensor, Tensor],
        bidirectional: true,
        dropout: 0.5,
        training: true,
      })
      expect(output.shape).toEqual([3, 4, 2 * hidden])
      expect(cell.shape).toEqual([4, 3, hidden])
      output.sum().add(last.sum()).add(cell.sum()).backward()
      for (const w of weights)
        for (const p of Object.values(w) as Tensor[]) expect(p.grad?.shape).toEqual(p.shape)
      for (const state of initial) expect(state.grad?.shape).toEqual([4, 3, hidden])
      // What stands in the padding has no say.
      expect(x.grad?.select(0, 2).narrow(0, 1, 3).toArray()).toEqual(new Array(15).fill(0))
    })
  })

  test('refusals name the layer, the direction, the sequence and what was expected', () => {
    leakless(() => {
      const x = zeros([2, 4, 5], { dtype: 'float64' })
      const weights = [cellWeights(4, 5)]
      expect(() => F.lstm(x, { weights, lengths: [4, 5] })).toThrow(
        '[lstm] length 5 of sequence 1 is outside 0..4 (input 2x4x5)',
      )
      expect(() => F.gru(x, { weights })).toThrow(
        '[gru] layer 0: inputHidden must be 9x5, got 12x5 (input 2x4x5, 3 hidden units)',
      )
      expect(() => F.rnn(x, { weights, nonlinearity: 'gelu' as 'relu' })).toThrow(
        '[rnn] unknown nonlinearity gelu, use tanh or relu',
      )
      expect(() => F.lstm(x, {} as never)).toThrow('[lstm] weights must be an array with one entry')
    })
  })
})
