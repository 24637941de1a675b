import { describe, expect, test } from 'vitest'
import { F, liveTensors, manualSeed, optim, randn, scope, tensor, zeros } from './index.ts'
import type { Tensor } from './index.ts'

const parameter = (values: number[]): Tensor => tensor(values, { dtype: 'float64', requiresGrad: true })
const give = (p: Tensor, values: number[]): void =>
  scope(() => void (p.grad = tensor(values, { dtype: 'float64' })))

describe('optimizers', () => {
  test('SGD with momentum follows its formula by hand', () => {
    scope(() => {
      const p = parameter([1])
      const sgd = new optim.SGD([p], { lr: 0.1, momentum: 0.9 })
      give(p, [2])
      sgd.step() // v = 2, p = 1 - 0.2
      expect(p.item()).toBeCloseTo(0.8, 12)
      sgd.step() // v = 3.8, p = 0.8 - 0.38
      expect(p.item()).toBeCloseTo(0.42, 12)
      sgd.lr = 1
      expect(sgd.lr).toBe(1)
      sgd.step() // v = 5.42
      expect(p.item()).toBeCloseTo(-5, 12)
      sgd.zeroGrad()
      expect(p.grad).toBeNull()
      sgd.step() // no gradient, no change
      expect(p.item()).toBeCloseTo(-5, 12)
      sgd.dispose()
      expect(() => sgd.step()).toThrow('[optim] the optimizer was disposed')
    })
  })

  test('Adam takes a first step of lr, AdamW shrinks the weight as well', () => {
    scope(() => {
      const p = parameter([1])
      const q = parameter([1])
      const adam = new optim.Adam([p], { lr: 0.1 })
      const adamw = new optim.AdamW([q], { lr: 0.1, weightDecay: 0.5 })
      give(p, [3])
      give(q, [3])
      adam.step()
      adamw.step()
      expect(p.item()).toBeCloseTo(0.9, 8)
      expect(q.item()).toBeCloseTo(0.85, 8)
      adam.dispose()
      adamw.dispose()
    })
  })

  test('a stored state makes the next steps the same to the last bit', () => {
    const before = liveTensors()
    scope(() => {
      manualSeed(3)
      const x = randn([16, 4])
      const y = tensor(Int32Array.from({ length: 16 }, (_, i) => i % 3))
      const train = (w: Tensor, o: optim.Optimizer, steps: number): void => {
        for (let i = 0; i < steps; i++)
          scope(() => {
            o.zeroGrad()
            F.crossEntropy(F.linear(x, w), y).backward()
            o.step()
          })
      }
      const w = zeros([3, 4], { requiresGrad: true })
      const first = new optim.Adam([w], { lr: 0.05 })
      train(w, first, 5)
      const state = first.state()
      const copy = w.detach().clone().requiresGrad_()
      train(w, first, 5)

      const second = new optim.Adam([copy], { lr: 0.05 })
      second.loadState(state)
      train(copy, second, 5)
      expect(copy.toTypedArray()).toEqual(w.toTypedArray())
      expect(Object.keys(state.tensors)).toEqual(['exp_avg.0', 'exp_avg_sq.0'])
      expect(() => second.loadState({ steps: 1, tensors: {} })).toThrow(
        '[optim] the state has no tensor exp_avg.0',
      )
      first.dispose()
      second.dispose()
    })
    expect(liveTensors()).toBe(before)
  })

  test('refuses what it cannot train', () => {
    scope(() => {
      expect(() => new optim.SGD([], { lr: 0.1 })).toThrow('[SGD] got no parameters')
      expect(() => new optim.SGD([parameter([1]).mul(2)], { lr: 0.1 })).toThrow(
        '[SGD] parameter 0 (1) is the result of a recorded op, only leaves can be trained',
      )
      expect(() => new optim.Adam([parameter([1])], { lr: -1 })).toThrow(
        '[Adam] lr must not be negative, got -1',
      )
    })
  })
})
