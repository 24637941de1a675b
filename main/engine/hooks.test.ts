import { describe, expect, test } from 'vitest'
import {
  autocast,
  checkpoint,
  detectAnomaly,
  F,
  grad,
  isGradEnabled,
  keep,
  liveTensors,
  manualSeed,
  memoryStats,
  noGrad,
  ones,
  randn,
  resetPeakMemory,
  scope,
  tensor,
  zeros,
} from './index.ts'
import type { Tensor } from './index.ts'

const variable = (data: number[]): Tensor => tensor(data, { dtype: 'float64', requiresGrad: true })

/** Runs `body` and asserts that it left no tensor and no node behind. */
function leakless(body: () => void): void {
  const before = [liveTensors(), memoryStats().liveNodes]
  scope(body)
  expect([liveTensors(), memoryStats().liveNodes]).toEqual(before)
}

describe('hooks', () => {
  test('see and replace gradients of leaves and results, until they are removed', () => {
    leakless(() => {
      const x = variable([1, 2])
      const y = x.mul(2)
      const seen: number[][] = []
      y.registerHook((g) => g.mul(10))
      const handle = y.registerHook((g) => void seen.push(g.toArray()))
      x.registerHook((g) => void seen.push(g.toArray()))
      y.sum().backward(null, { retainGraph: true })
      expect(seen).toEqual([
        [10, 10],
        [20, 20],
      ])
      expect(x.grad?.toArray()).toEqual([20, 20])
      handle.remove()
      handle.remove()
      y.sum().backward()
      expect(seen.length).toBe(3)
    })
  })

  test('may keep the gradient, and throw: the error comes out as it is and the graph stays usable', () => {
    leakless(() => {
      const x = variable([1, 2])
      let held: Tensor | null = null
      x.registerHook((g) => void (held = keep(g)))
      x.mul(3).sum().backward()
      expect((held as Tensor | null)?.toArray()).toEqual([3, 3])
      ;(held as Tensor | null)?.dispose()

      const y = x.mul(2)
      const loss = y.square().sum()
      const angry = y.registerHook(() => {
        throw new RangeError('mine')
      })
      expect(() => loss.backward(null, { retainGraph: true })).toThrow(new RangeError('mine'))
      angry.remove()
      x.grad = null
      held = null
      loss.backward()
      expect(x.grad).not.toBeNull()
      ;(held as Tensor | null)?.dispose()
    })
  })

  test('after accumulation a leaf can be updated and its gradient dropped', () => {
    leakless(() => {
      const x = variable([1, 2])
      x.registerPostAccumulateGradHook((leaf) => {
        noGrad(() => leaf.sub_((leaf.grad as Tensor).mul(0.1)))
        leaf.grad = null
      })
      x.mul(5).sum().backward()
      expect(x.toArray()).toEqual([0.5, 1.5])
      expect(x.grad).toBeNull()
    })
  })

  test('retainGrad keeps the gradient of a result', () => {
    leakless(() => {
      const x = variable([1, 2])
      const y = x.mul(2)
      y.retainGrad()
      y.square().sum().backward()
      expect(y.grad?.toArray()).toEqual([4, 8])
      expect(y.detach_().requiresGrad).toBe(false)
    })
  })

  test('removing many hooks leaves none of them behind', () => {
    leakless(() => {
      const x = variable([1])
      for (let i = 0; i < 1000; i++) x.registerHook(() => null).remove()
      x.mul(2).sum().backward()
      expect(x.grad?.item()).toBe(2)
    })
  })
})

describe('checkpoint', () => {
  test('gives the same gradients with a fraction of the memory, dropout included', () => {
    manualSeed(3)
    const weights = Array.from({ length: 16 }, () => randn([64, 64]).mul(0.2).requiresGrad_())
    const x = randn([256, 64])
    const block = (input: Tensor, first: number): Tensor => {
      let y = input
      for (let i = first; i < first + 4; i++)
        y = F.dropout(y.matmul(weights[i] as Tensor).tanh(), 0.3, isGradEnabled())
      return y
    }
    const run = (checkpointed: boolean): { grads: number[][]; peak: number } => {
      manualSeed(4)
      for (const w of weights) w.grad = null
      const before = memoryStats().activeBytes
      resetPeakMemory()
      scope(() => {
        let y = x
        for (let first = 0; first < 16; first += 4)
          y = checkpointed ? checkpoint(block, y, first) : block(y, first)
        y.square().sum().backward()
      })
      const peak = memoryStats().peakBytes - before
      return { grads: weights.map((w) => w.grad?.toArray() ?? []), peak }
    }
    const plain = run(false)
    const cheap = run(true)
    expect(cheap.grads).toEqual(plain.grads)
    // 16 layers of three results of 64 KiB against four inputs and one block of four layers.
    expect(cheap.peak).toBeLessThan(plain.peak * 0.6)
    for (const t of [...weights, x]) t.dispose()
  })

  test('takes several tensors and other arguments, returns several, and works with createGraph', () => {
    leakless(() => {
      const x = variable([0.5, 1])
      const outside = variable([2, 3])
      const both = (a: Tensor, factor: number, b: Tensor): { sum: Tensor; product: Tensor } => ({
        sum: a.mul(factor).add(b).exp(),
        product: a.mul(b).mul(outside).tanh(),
      })
      const y = x.mul(2)
      const plain = both(y, 3, x)
      const [a, b] = grad([plain.sum.sum(), plain.product.sum()], [x, outside], { createGraph: true })
      const [aa] = grad((a as Tensor).sum(), [x])
      const cheap = checkpoint(both, y, 3, x)
      const [c, d] = grad([cheap.sum.sum(), cheap.product.sum()], [x, outside], { createGraph: true })
      const [cc] = grad((c as Tensor).sum(), [x])
      expect(c?.toArray()).toEqual(a?.toArray())
      expect(d?.toArray()).toEqual(b?.toArray())
      expect(cc?.toArray()).toEqual(aa?.toArray())
    })
  })

  test('runs again in the dtype it first ran in', () => {
    leakless(() => {
      const x = ones([2, 3]).mul(0.7)
      const w = ones([4, 3]).mul(0.3).requiresGrad_()
      const layer = (input: Tensor): Tensor => F.linear(input, w).tanh()
      const losses = [false, true].map((checkpointed) =>
        autocast('bfloat16', () => (checkpointed ? checkpoint(layer, x) : layer(x)).to('float32').sum()),
      )
      const gradients = losses.map((loss) => grad(loss, [w])[0]?.toArray())
      expect(gradients[1]).toEqual(gradients[0])
    })
  })

  test('an exception in either run comes out, and the engine stays usable', () => {
    leakless(() => {
      const x = variable([1])
      let runs = 0
      const fails = (at: number) => (input: Tensor) => {
        if (++runs === at) throw new RangeError(`run ${at}`)
        return input.exp()
      }
      expect(() => checkpoint(fails(1), x)).toThrow(new RangeError('run 1'))
      runs = 0
      const y = checkpoint(fails(2), x.mul(1))
      expect(() => y.backward()).toThrow(new RangeError('run 2'))
      y.backward()
      expect(x.grad?.item()).toBeCloseTo(Math.E)
      expect(() => checkpoint((input) => input.mul_(2), x.mul(1))).toThrow(
        '[checkpoint] the function changed its input 0 (1) in place, let it change a clone()',
      )
      expect(() =>
        checkpoint((input) => {
          const y = input.exp()
          y.backward()
          return y
        }, x.mul(1)),
      ).toThrow('[checkpoint] backward inside a checkpointed function is not supported')
      expect(noGrad(() => checkpoint((input) => input.mul(2), x)).requiresGrad).toBe(false)
      expect(checkpoint((input) => checkpoint((i) => i.exp(), input.mul(2)), x).requiresGrad).toBe(true)
    })
  })
})

describe('detectAnomaly', () => {
  const fault = (body: () => void): Error & { code?: string } => {
    try {
      scope(body)
    } catch (error) {
      return error as Error
    }
    throw new Error('no error')
  }

  test('names the op that made the first NaN in forward', () => {
    leakless(() => {
      const x = variable([-1, 4])
      const error = fault(() => detectAnomaly(() => x.mul(2).sqrt().mul(3).sum().backward()))
      expect(error.code).toBe('TAPE_ANOMALY')
      expect(error.message).toBe(
        '[anomaly] sqrt made 1 NaN in forward: output float64 2 (min 2.82843 max 2.82843 mean 2.82843, 1 NaN, 0 inf), ' +
          'input 0 float64 2 (min -2 max 8 mean 3, 0 NaN, 0 inf)',
      )
      // Off again: nothing is looked at.
      expect(x.sqrt().toArray()[0]).toBeNaN()
    })
  })

  test('and the derivative that made it in backward, with the place it was recorded', () => {
    leakless(() => {
      const x = variable([0, 4])
      const error = fault(() => detectAnomaly(() => x.sqrt().sum().backward(), { trace: true }))
      expect(error.code).toBe('TAPE_ANOMALY')
      expect(error.message).toMatch(
        /^\[anomaly\] the derivative of sqrt made 1 inf: gradient of input 0 float64 2 .*, incoming gradient float64 2/,
      )
      expect(error.message).toContain('hooks.test.ts')
      expect(error.message).not.toContain('tensor.ts')
      x.grad = null
    })
  })

  test('lets healthy numbers pass', () => {
    leakless(() => {
      const x = variable([1, 2])
      expect(detectAnomaly(() => detectAnomaly(() => x.log().sum()).item())).toBeCloseTo(Math.LN2)
      detectAnomaly(() =>
        F.where(tensor([true, false]), x, zeros([2], { dtype: 'float64' }))
          .sum()
          .backward(),
      )
      expect(x.grad?.toArray()).toEqual([1, 0])
    })
  })
})
