import { describe, expect, test } from 'vitest'
import {
  enableGrad,
  Function,
  grad,
  gradcheck,
  gradgradcheck,
  liveTensors,
  memoryStats,
  randn,
  scope,
  tensor,
  zeros,
} from './index.ts'
import type { FunctionContext, Tensor } from './index.ts'

const variable = (data: number[]): Tensor => tensor(data, { dtype: 'float64', requiresGrad: true })

function leakless(body: () => void): void {
  const before = [liveTensors(), memoryStats().liveNodes]
  scope(body)
  expect([liveTensors(), memoryStats().liveNodes]).toEqual(before)
}

describe('custom functions', () => {
  test('several outputs, numbers as arguments, values for backward, saved outputs', () => {
    class SinCosLike extends Function {
      static forward(ctx: FunctionContext, x: Tensor, factor: number, y: Tensor): Tensor[] {
        ctx.values.factor = factor
        const product = x.mul(factor).mul(y)
        const e = x.exp()
        ctx.saveForBackward(x, y, e)
        return [product, e]
      }
      static backward(ctx: FunctionContext, byProduct: Tensor, byExp: Tensor): (Tensor | null)[] {
        expect(ctx.needsInputGrad).toEqual([true, false, true])
        const [x, y, e] = ctx.savedTensors as [Tensor, Tensor, Tensor]
        const factor = ctx.values.factor as number
        return [byProduct.mul(y).mul(factor).add(byExp.mul(e)), null, byProduct.mul(x).mul(factor)]
      }
    }
    leakless(() => {
      const x = variable([0.5, -1])
      const y = variable([2, 3])
      expect(gradcheck((a, b) => SinCosLike.apply(a, 2, b), [x, y])).toBe(true)
      expect(gradgradcheck((a, b) => SinCosLike.apply(a, 2, b), [x, y])).toBe(true)
    })
  })

  test('an output nothing depends on comes as zeros, or as null when asked for', () => {
    const seen: (number[] | null)[] = []
    const make = (materialize: boolean) =>
      class Two extends Function {
        static forward(ctx: FunctionContext, x: Tensor): Tensor[] {
          ctx.setMaterializeGrads(materialize)
          return [x.mul(1), x.mul(2)]
        }
        static backward(_ctx: FunctionContext, a: Tensor, b: Tensor | null): Tensor {
          seen.push(b ? b.toArray() : null)
          return a
        }
      }
    leakless(() => {
      const x = variable([1])
      for (const materialize of [true, false]) make(materialize).apply(x)[0]?.sum().backward()
      expect(seen).toEqual([[0], null])
    })
  })

  test('markDirty: a change in place with a gradient of its own', () => {
    class Double extends Function {
      static forward(ctx: FunctionContext, x: Tensor): Tensor {
        ctx.markDirty(x)
        return x.mul_(2)
      }
      static backward(_ctx: FunctionContext, gradient: Tensor): Tensor {
        return gradient.mul(2)
      }
    }
    class Forgets extends Function {
      static forward(ctx: FunctionContext, x: Tensor): Tensor {
        ctx.markDirty(x)
        return x.add_(1).mul(1)
      }
      static backward(_ctx: FunctionContext, gradient: Tensor): Tensor {
        return gradient
      }
    }
    leakless(() => {
      const x = variable([1, 2])
      const y = x.mul(3)
      const z = Double.apply(y)
      expect(z).toBe(y)
      expect(y.gradFn).toBe('Double')
      y.square().sum().backward()
      expect(x.grad?.toArray()).toEqual([72, 144])
      expect(() => Double.apply(variable([1]))).toThrow(
        '[Double] a leaf that requires gradients cannot be changed in place (shape 1)',
      )
      expect(() => Forgets.apply(x.mul(1))).toThrow(
        '[Forgets] an input given to markDirty (2) must be returned by forward',
      )
      expect(() => Double.apply(x.mul(1).narrow(0, 0, 1))).toThrow('[Double] markDirty of a view (1)')
    })
  })

  test('an input may be returned as it is, and an output twice', () => {
    class Pass extends Function {
      static forward(_ctx: FunctionContext, x: Tensor): Tensor[] {
        const y = x.mul(2)
        return [x, y, y]
      }
      static backward(_ctx: FunctionContext, a: Tensor, b: Tensor, c: Tensor): Tensor {
        return a.add(b.mul(2)).add(c.mul(2))
      }
    }
    leakless(() => {
      const x = variable([1])
      const [a, b, c] = Pass.apply(x) as [Tensor, Tensor, Tensor]
      expect(x.isLeaf).toBe(true)
      expect([a.gradFn, b.gradFn, c.gradFn]).toEqual(['Pass', 'Pass', 'Pass'])
      a.add(b.mul(10)).add(c.mul(100)).sum().backward()
      expect(x.grad?.toArray()).toEqual([221])
    })
  })

  test('onceDifferentiable refuses createGraph plainly', () => {
    class Once extends Function {
      static readonly onceDifferentiable = true
      static forward(_ctx: FunctionContext, x: Tensor): Tensor {
        return x.mul(2)
      }
      static backward(_ctx: FunctionContext, gradient: Tensor): Tensor {
        return gradient.mul(2)
      }
    }
    leakless(() => {
      const x = variable([1])
      expect(() => grad(Once.apply(x), [x], { createGraph: true })).toThrow(
        '[Once] its backward is marked onceDifferentiable, createGraph cannot pass',
      )
      expect(grad(Once.apply(x), [x])[0]?.item()).toBe(2)
    })
  })

  test('what forward or backward returns is checked, by the place of the argument', () => {
    const custom = (forward: unknown, backward: unknown) =>
      class Odd extends Function {
        static forward(_ctx: FunctionContext, _n: number, _x: Tensor): Tensor {
          return forward as Tensor
        }
        static backward(): Tensor[] {
          return backward as Tensor[]
        }
      }
    leakless(() => {
      const x = variable([1, 2])
      expect(() => custom(3, null).apply(1, x)).toThrow(
        '[Odd] forward must return a Tensor or an array of Tensors, got number',
      )
      const attempt = (backward: unknown) => () => custom(randn([2], { dtype: 'float64' }), backward).apply(1, x).sum().backward() // prettier-ignore
      expect(attempt([null, 'text'])).toThrow(
        '[Odd] gradient of input 1 must be a Tensor or null, got string',
      )
      expect(attempt([null, zeros([2])])).toThrow('[Odd] gradient of input 1 is float32, expected float64')
      expect(attempt([null, zeros([3], { dtype: 'float64' })])).toThrow(
        '[Odd] gradient of input 1 has shape 3, expected 2',
      )
      expect(attempt([null])).toThrow(
        '[Odd] backward must return one gradient for each of the 2 inputs, got 1',
      )
    })
  })

  test('throwing midway leaves the engine usable, also from a backward inside backward', () => {
    class Inner extends Function {
      static forward(_ctx: FunctionContext, x: Tensor): Tensor {
        return x.mul(2)
      }
      static backward(_ctx: FunctionContext, gradient: Tensor): Tensor {
        const leaf = variable([3])
        // Backward itself is not recorded: a graph made inside asks for it.
        enableGrad(() => leaf.square().sum().backward())
        expect(leaf.grad?.toArray()).toEqual([6])
        if (gradient.item() > 1) throw new Error('too much')
        return gradient.mul(2)
      }
    }
    class Breaks extends Function {
      static forward(_ctx: FunctionContext, x: Tensor): Tensor {
        x.exp()
        throw new Error('midway')
      }
      static backward(_ctx: FunctionContext, gradient: Tensor): Tensor {
        return gradient
      }
    }
    leakless(() => {
      const x = variable([1])
      expect(() => Breaks.apply(x)).toThrow('midway')
      expect(x.mul(2).requiresGrad).toBe(true)
      const y = Inner.apply(x)
      expect(() => y.mul(2).backward(null, { retainGraph: true })).toThrow('too much')
      y.mul(1).backward()
      expect(x.grad?.toArray()).toEqual([2])
    })
  })
})
