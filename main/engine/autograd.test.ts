import { describe, expect, test } from 'vitest'
import { Function, grad, gradcheck, isGradEnabled, liveTensors, memoryStats, noGrad, ones } from './index.ts'
import { scope, tensor, zeros } from './index.ts'
import type { FunctionContext, Tensor } from './index.ts'

const variable = (data: number[]): Tensor => tensor(data, { dtype: 'float64', requiresGrad: true })

describe('backward', () => {
  test('fills .grad, which belongs to its tensor', () => {
    const before = liveTensors()
    const x = variable([1, 2])
    scope(() => x.square().sum().backward())
    const first = x.grad
    expect(first?.toArray()).toEqual([2, 4])
    expect(x.grad).toBe(first)
    scope(() => x.square().sum().backward())
    // Accumulated in place: the same tensor, seen through the same object.
    expect(first?.toArray()).toEqual([4, 8])
    x.grad = null
    expect(x.grad).toBeNull()
    expect(first?.isDisposed).toBe(true)
    x.dispose()
    expect(liveTensors()).toBe(before)
  })

  test('leaves no node behind', () => {
    const nodes = memoryStats().liveNodes
    const x = variable([1, 2])
    scope(() => x.mul(3).exp().sum().backward())
    expect(memoryStats().liveNodes).toBe(nodes)
    x.dispose()
  })

  test('a gradient that holds its own tensor goes with the tensor', () => {
    const state = () => {
      const { liveTensors: tensors, liveNodes } = memoryStats()
      return { handles: liveTensors(), tensors, liveNodes }
    }
    const before = state()
    // Recorded: the derivative of a square holds what was squared.
    scope(() => variable([1, 2]).square().sum().backward(null, { createGraph: true }))
    expect(state()).toEqual(before)
    // Made by hand: with a history, as a view, in a ring, and that of a result.
    scope(() => {
      const x = variable([1, 2])
      x.grad = x.square()
      const plain = tensor([1, 2])
      plain.grad = plain.view([2])
      const [first, second] = [tensor([1]), tensor([2])]
      first.grad = second
      second.grad = first
      const result = variable([3]).exp()
      result.retainGrad()
      result.square().backward(null, { createGraph: true })
      expect(result.grad?.requiresGrad).toBe(true)
    })
    expect(state()).toEqual(before)
    // Changed in place by what was computed from it: no backward can pass, and nothing stays.
    scope(() => {
      const base = variable([1, 2]).mul(2)
      const view = base.view([2])
      view.add_(view.square())
      expect(() => base.sum().backward()).toThrow('[square] a tensor saved for backward (float64 2, input) was changed in place') // prettier-ignore
    })
    expect(state()).toEqual(before)
    // A leaf, detached and then changed by what was computed from it.
    scope(() => {
      const leaf = variable([1, 2])
      const twice = leaf.mul(2)
      leaf.detach_()
      leaf.add_(twice)
    })
    expect(state()).toEqual(before)
    // A hook's tensor is another name for the leaf: the leaf keeps its gradient when that name goes.
    const x = variable([3])
    scope(() => {
      x.registerPostAccumulateGradHook(() => undefined)
      x.square().sum().backward(null, { createGraph: true })
    })
    expect(x.grad?.toArray()).toEqual([6])
    x.dispose()
    expect(state()).toEqual(before)
  })

  test('refuses a second time without retainGraph', () => {
    scope(() => {
      const y = variable([1, 2]).square().sum()
      y.backward(null, { retainGraph: true })
      y.backward()
      expect(() => y.backward()).toThrow('[square] backward a second time')
    })
  })

  test('noGrad stops recording and restores it, whatever happens', () => {
    scope(() => {
      const x = variable([1])
      expect(noGrad(() => [isGradEnabled(), x.mul(2).requiresGrad])).toEqual([false, false])
      expect(() =>
        noGrad(() => {
          throw new Error('stop')
        }),
      ).toThrow('stop')
      expect(isGradEnabled()).toBe(true)
      expect(x.mul(2).gradFn).toBe('mul')
      expect(x.gradFn).toBe('')
      expect(x.mul(2).detach().requiresGrad).toBe(false)
    })
  })

  test('grad differentiates twice with createGraph', () => {
    scope(() => {
      const x = variable([2])
      const [first] = grad(x.pow(3).sum(), [x], { createGraph: true }) as [Tensor]
      const [second] = grad(first.sum(), [x]) as [Tensor]
      expect(first.toArray()).toEqual([12])
      expect(second.toArray()).toEqual([12])
      expect(x.grad).toBeNull()
      expect(() => grad(x.sum(), [variable([1])])).toThrow('[grad] input 0 (1) is not used by the outputs')
      expect(grad(x.sum(), [variable([1])], { allowUnused: true })).toEqual([null])
    })
  })
})

describe('custom functions', () => {
  class ScaleAndCount extends Function {
    static forward(ctx: FunctionContext, x: Tensor, factor: number): Tensor[] {
      const y = x.mul(factor)
      const positive = y.gt(0)
      ctx.markNonDifferentiable(positive)
      ctx.saveForBackward(y)
      return [y, positive]
    }
    static backward(ctx: FunctionContext, grad: Tensor): (Tensor | null)[] {
      expect(ctx.needsInputGrad).toEqual([true, false])
      expect(ctx.savedTensors[0]?.shape).toEqual([2])
      return [grad.mul(2), null]
    }
  }

  test('take numbers, save outputs, and have outputs without gradients', () => {
    const before = liveTensors()
    const nodes = memoryStats().liveNodes
    scope(() => {
      const x = variable([1, -1])
      const [y, positive] = ScaleAndCount.apply(x, 2) as [Tensor, Tensor]
      expect(y.requiresGrad).toBe(true)
      expect(y.gradFn).toBe('ScaleAndCount')
      expect(positive.requiresGrad).toBe(false)
      y.sum().backward()
      expect(x.grad?.toArray()).toEqual([2, 2])
    })
    expect(liveTensors()).toBe(before)
    expect(memoryStats().liveNodes).toBe(nodes)
  })

  const returning = (make: (grad: Tensor) => Tensor | null | (Tensor | null)[]) =>
    class Wrong extends Function {
      static forward(_ctx: FunctionContext, x: Tensor, y: Tensor): Tensor {
        return x.add(y)
      }
      static backward(_ctx: FunctionContext, grad: Tensor) {
        return make(grad)
      }
    }

  test('wrong number, shape or dtype of gradients is an error naming the function', () => {
    const attempt = (make: (grad: Tensor) => Tensor | null | (Tensor | null)[]) => () =>
      scope(() =>
        returning(make)
          .apply(variable([1, 2]), variable([3, 4]))
          .sum()
          .backward(),
      )
    expect(attempt((g) => g)).toThrow(
      '[Wrong] backward must return one gradient for each of the 2 inputs, got 1',
    )
    expect(attempt(() => [zeros([3], { dtype: 'float64' }), null])).toThrow(
      '[Wrong] gradient of input 0 has shape 3, expected 2',
    )
    expect(attempt((g) => [g, zeros([2])])).toThrow(
      '[Wrong] gradient of input 1 is float32, expected float64',
    )
  })

  test('an exception in backward comes out as it is', () => {
    const fail = returning(() => {
      throw new RangeError('mine')
    })
    scope(() => {
      const y = fail.apply(variable([1]), variable([2])).sum()
      expect(() => y.backward()).toThrow(new RangeError('mine'))
    })
  })

  test('what was saved must not be changed', () => {
    class Square extends Function {
      static forward(ctx: FunctionContext, x: Tensor): Tensor {
        ctx.saveForBackward(x)
        return x.mul(x)
      }
      static backward(ctx: FunctionContext, grad: Tensor): Tensor {
        return grad.mul(ctx.savedTensors[0] as Tensor).mul(2)
      }
    }
    scope(() => {
      const x = variable([1, 2]).mul(1)
      const y = Square.apply(x).sum()
      x.add_(1)
      expect(() => y.backward()).toThrow(
        '[Square] a tensor saved for backward (float64 2, input) was changed in place: it is at version 1, expected version 0',
      )
    })
  })
})

describe('gradcheck', () => {
  test('wants float64 inputs that require gradients', () => {
    scope(() => {
      expect(() => gradcheck((x) => x.mul(2), [ones([2])])).toThrow('[gradcheck] no input requires gradients')
      expect(() => gradcheck((x) => x.mul(2), [ones([2], { requiresGrad: true })])).toThrow(
        '[gradcheck] input 0 is float32, finite differences need float64',
      )
      expect(gradcheck((x, y) => x.mul(y).tanh(), [variable([1, 2]), variable([0.5, -1])])).toBe(true)
    })
  })
})
