import { describe, expect, test } from 'vitest'
import { F, Function, gradcheck, gradgradcheck, liveTensors, memoryStats, rngState } from './index.ts'
import { scope, tensor, zeros } from './index.ts'
import type { FunctionContext, Tensor } from './index.ts'

const variable = (data: number[] | number[][]): Tensor =>
  tensor(data, { dtype: 'float64', requiresGrad: true })

/** x * factor, with whatever backward is given. */
const scaled = (backward: (gradient: Tensor) => Tensor) =>
  class Scaled extends Function {
    static forward(_ctx: FunctionContext, x: Tensor): Tensor {
      return x.mul(3)
    }
    static backward(_ctx: FunctionContext, gradient: Tensor): Tensor {
      return backward(gradient)
    }
  }

describe('gradcheck', () => {
  test('passes what is right, in full and along random directions, and leaves nothing behind', () => {
    const before = [liveTensors(), memoryStats().liveNodes, JSON.stringify(rngState())]
    scope(() => {
      const x = variable([[1, 2], [0.5, -1]]) // prettier-ignore
      const y = variable([0.3, -2])
      const outputs = (a: Tensor, b: Tensor): Tensor[] => [a.mul(b).tanh(), a.matmul(a).t(), a.sum()]
      for (const fast of [false, true]) {
        expect(gradcheck(outputs, [x, y], { fast })).toBe(true)
        expect(gradgradcheck(outputs, [x, y], { fast })).toBe(true)
      }
      expect(gradcheck((a) => a.mul(tensor([1, 2], { dtype: 'float64' })), [x])).toBe(true)
    })
    expect([liveTensors(), memoryStats().liveNodes, JSON.stringify(rngState())]).toEqual(before)
  })

  test('names input, output and element of the first difference', () => {
    scope(() => {
      const x = variable([[1, 2], [3, 4]]) // prettier-ignore
      const off = scaled((g) => {
        const wrong = g.mul(3)
        wrong.select(0, 1).select(0, 0).fill_(7)
        return wrong
      })
      expect(() => gradcheck((a) => off.apply(a), [x])).toThrow(
        '[gradcheck] input 0: analytical 7 numerical 0 (d output 0[0,0] / d input 0[1,0]), check what backward returns for input 0',
      )
      expect(() => gradcheck((a) => off.apply(a), [x], { fast: true })).toThrow(
        /^\[gradcheck\] input 0: analytical .* along a random direction of output 0, run it without fast/,
      )
      expect(gradcheck((a) => off.apply(a), [x], { raise: false })).toBe(false)
    })
  })

  test('finds a backward that changes from run to run', () => {
    scope(() => {
      let calls = 0
      const restless = scaled((g) => g.mul(3 + 1e-7 * (++calls % 2)))
      expect(() => gradcheck((a) => restless.apply(a), [variable([1, 2])])).toThrow(
        '[gradcheck] backward is not deterministic: a second run gives',
      )
      expect(gradcheck((a) => restless.apply(a), [variable([1, 2])], { nondetTol: 1e-6 })).toBe(true)
    })
  })

  test('finds a wrong second derivative, and NaN', () => {
    scope(() => {
      const cut = scaled((g) => g.detach().mul(3))
      const x = variable([1, 2])
      expect(gradcheck((a) => cut.apply(a), [x])).toBe(true)
      expect(() => gradgradcheck((a) => cut.apply(a), [x])).toThrow('[gradgradcheck] input 1: analytical')
      expect(gradcheck((a) => a.sqrt(), [variable([-1])], { raise: false })).toBe(false)
    })
  })

  test('wants float64 inputs that require gradients, and works inside the other modes', () => {
    scope(() => {
      expect(() => gradcheck((x) => x.mul(2), [zeros([2])])).toThrow(
        '[gradcheck] no input requires gradients',
      )
      expect(() => gradcheck((x) => x.mul(2), [zeros([2], { requiresGrad: true })])).toThrow(
        '[gradcheck] input 0 is float32, finite differences need float64',
      )
      // An input that is only looked up in takes no part.
      const logits = variable([[1, 2, 3], [0, 1, 0]]) // prettier-ignore
      const target = tensor([2, 0], { dtype: 'int64' })
      expect(gradcheck((a, t) => F.crossEntropy(a, t), [logits, target])).toBe(true)
    })
  })
})
