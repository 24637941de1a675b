import { describe, expect, test } from 'vitest'
import {
  autocast,
  autocastDtype,
  F,
  liveTensors,
  manualSeed,
  optim,
  rand,
  randn,
  scope,
  tensor,
} from './index.ts'
import type { RecurrentWeights, Tensor } from './index.ts'

interface Model {
  parameters: Tensor[]
  forward: (x: Tensor) => Tensor
}

describe('autocast', () => {
  test('covers its body, nests, and ends whatever happens', () => {
    expect(autocastDtype()).toBeNull()
    autocast('bfloat16', () => {
      expect(autocastDtype()).toBe('bfloat16')
      autocast('float16', () => expect(autocastDtype()).toBe('float16'))
      expect(autocastDtype()).toBe('bfloat16')
    })
    expect(() =>
      autocast('bfloat16', () => {
        throw new Error('stop')
      }),
    ).toThrow('stop')
    expect(autocastDtype()).toBeNull()
    expect(() => autocast('int64' as 'bfloat16', () => 0)).toThrow(
      '[autocast] runs in bfloat16 or float16, got int64',
    )
  })

  test('trains float32 weights with products in bfloat16', () => {
    const before = liveTensors()
    const losses = (dtype: 'bfloat16' | null): number[] => {
      const result: number[] = []
      scope(() => {
        manualSeed(11)
        const w1 = rand([16, 8]).sub(0.5).detach().requiresGrad_()
        const w2 = rand([1, 16]).sub(0.5).detach().requiresGrad_()
        const x = randn([32, 8])
        const y = x.sum(1, true).tanh()
        const sgd = new optim.SGD([w1, w2], { lr: 0.1 })
        const forward = (): Tensor => {
          const out = F.linear(F.linear(x, w1).tanh(), w2)
          expect(out.dtype).toBe(dtype ?? 'float32')
          return F.mseLoss(out, y)
        }
        for (let step = 0; step < 20; step++)
          scope(() => {
            const loss = dtype ? autocast(dtype, forward) : forward()
            sgd.zeroGrad()
            loss.backward()
            expect(w1.grad?.dtype).toBe('float32')
            sgd.step()
            result.push(loss.item())
          })
        sgd.dispose()
      })
      return result
    }
    const exact = losses(null)
    const low = losses('bfloat16')
    expect(exact.at(-1)).toBeLessThan(0.5 * (exact[0] ?? 0))
    low.forEach((loss, i) => expect(Math.abs(loss / (exact[i] ?? 0) - 1)).toBeLessThan(0.05))
    expect(low).not.toEqual(exact)
    expect(liveTensors()).toBe(before)
  })

  test('an LSTM and a Transformer trained in bfloat16 follow float32, the same way twice', () => {
    const before = liveTensors()
    const uniform = (shape: number[]): Tensor => rand(shape).sub(0.5).mul(0.6).detach().requiresGrad_()
    const models = {
      lstm: () => {
        const [inputHidden, hiddenHidden, biasInput, biasHidden] = [[96, 8], [96, 24], [96], [96]].map(
          uniform,
        )
        const weights = [{ inputHidden, hiddenHidden, biasInput, biasHidden }] as RecurrentWeights[]
        const head = uniform([2, 24])
        const lengths = tensor([9, 4, 7, 1, 9, 9], { dtype: 'int64' })
        return {
          parameters: [...Object.values(weights[0] ?? {}), head] as Tensor[],
          forward: (x: Tensor) => F.linear(F.lstm(x, { weights, lengths }).hidden.select(0, 0), head),
        }
      },
      transformer: () => {
        const [qkv, out, head] = [
          [72, 8],
          [8, 24],
          [2, 8],
        ].map(uniform) as [Tensor, Tensor, Tensor]
        return {
          parameters: [qkv, out, head],
          forward: (x: Tensor) => {
            const attended = F.selfAttention(F.linear(x, qkv), 3, { isCausal: true })
            return F.linear(x.add(F.linear(attended, out)).mean(1), head)
          },
        }
      },
    }
    const losses = (make: () => Model, low: boolean): number[] => {
      manualSeed(5)
      const result: number[] = []
      scope(() => {
        const { parameters, forward } = make()
        const x = randn([6, 9, 8])
        const labels = tensor([0, 1, 1, 0, 1, 0], { dtype: 'int64' })
        const adam = new optim.Adam(parameters, { lr: 0.02 })
        for (let step = 0; step < 15; step++)
          scope(() => {
            const run = (): Tensor => F.crossEntropy(forward(x), labels)
            const loss = low ? autocast('bfloat16', run) : run()
            adam.zeroGrad()
            loss.backward()
            adam.step()
            result.push(loss.item())
          })
        expect(parameters.every(({ grad }) => grad?.dtype === 'float32')).toBe(true)
        adam.dispose()
      })
      return result
    }
    for (const make of Object.values(models)) {
      const exact = losses(make, false)
      const low = losses(make, true)
      expect(exact.at(-1)).toBeLessThan(0.7 * (exact[0] ?? 0))
      low.forEach((loss, i) => expect(Math.abs(loss - (exact[i] ?? 0))).toBeLessThan(0.03))
      expect(low).not.toEqual(exact)
      expect(losses(make, true)).toEqual(low)
    }
    expect(liveTensors()).toBe(before)
  })
})
