// The programs a newcomer writes first, looked at closely; README.md shows them whole.
import { expect, test } from 'vitest'
import {
  F,
  Function,
  gradcheck,
  liveTensors,
  manualSeed,
  memoryStats,
  optim,
  rand,
  randn,
  scope,
} from './index.ts'
import { randperm, tensor, zeros } from './index.ts'
import type { FunctionContext, Tensor } from './index.ts'

class Multiply extends Function {
  static forward(ctx: FunctionContext, x: Tensor, y: Tensor): Tensor {
    ctx.saveForBackward(x, y)
    return x.mul(y)
  }
  static backward(ctx: FunctionContext, grad: Tensor): (Tensor | null)[] {
    const [x, y] = ctx.savedTensors as [Tensor, Tensor]
    return [grad.mul(y), grad.mul(x)]
  }
}

/** As it is often published: the gradient of x is multiplied by x itself, and y gets none. */
class PublishedMultiply extends Function {
  static forward(ctx: FunctionContext, x: Tensor, y: Tensor): Tensor {
    ctx.saveForBackward(x, y)
    return x.mul(y)
  }
  static backward(ctx: FunctionContext, grad: Tensor): (Tensor | null)[] {
    const [x] = ctx.savedTensors as [Tensor, Tensor]
    return [grad.mul(x), null]
  }
}

const inputs = (): [Tensor, Tensor] => [
  tensor([1, 2, 3], { dtype: 'float64', requiresGrad: true }),
  tensor([4, 5, 6], { dtype: 'float64', requiresGrad: true }),
]

test('a custom function z = x * y has the gradients of a product', () => {
  scope(() => {
    const [x, y] = inputs()
    const z = Multiply.apply(x, y)
    z.sum().backward()
    expect(z.toArray()).toEqual([4, 10, 18])
    expect(x.grad?.toArray()).toEqual([4, 5, 6])
    expect(y.grad?.toArray()).toEqual([1, 2, 3])
    expect(gradcheck((a, b) => Multiply.apply(a, b), inputs())).toBe(true)
  })
})

test('the commonly published backward of x * y is rejected, naming the input', () => {
  scope(() => {
    expect(() => gradcheck((a, b) => PublishedMultiply.apply(a, b), inputs())).toThrow(
      /^\[gradcheck\] input 0: analytical 1 numerical 4 /,
    )
    // With the gradient of x put right, the missing one of y is the next to be found.
    class Half extends Multiply {
      static override backward(ctx: FunctionContext, grad: Tensor): (Tensor | null)[] {
        return [grad.mul(ctx.savedTensors[1] as Tensor), null]
      }
    }
    expect(() => gradcheck((a, b) => Half.apply(a, b), inputs())).toThrow(
      /^\[gradcheck\] input 1: analytical 0 numerical 1 /,
    )
    expect(gradcheck((a, b) => PublishedMultiply.apply(a, b), inputs(), { raise: false })).toBe(false)
  })
})

test('x.sum() has a gradient of ones', () => {
  scope(() => {
    const x = rand([3, 4], { requiresGrad: true })
    const total = x.sum()
    total.backward()
    expect(total.shape).toEqual([])
    expect(total.item()).toBeCloseTo(
      x.toArray().reduce((sum, value) => sum + value, 0),
      4,
    )
    expect(x.grad?.toArray()).toEqual(new Array(12).fill(1))
  })
})

/** 640 points of 784 numbers around ten centres: small, deterministic, and not separable by luck. */
function clusters(): { x: Tensor; y: Tensor } {
  return scope(() => {
    const centres = randn([10, 784])
    const y = tensor(Int32Array.from({ length: 640 }, (_, i) => i % 10))
    return { x: centres.indexSelect(0, y).add(randn([640, 784]).mul(4)), y }
  })
}

function trainNetwork(seed: number, epochs: number): { losses: number[]; accuracy: number } {
  manualSeed(seed)
  const uniform = (shape: number[], bound: number): Tensor =>
    rand(shape)
      .mul_(2 * bound)
      .sub_(bound)
      .requiresGrad_()
  return scope(() => {
    const { x, y } = clusters()
    const w1 = uniform([256, 784], 1 / Math.sqrt(784))
    const b1 = zeros([256], { requiresGrad: true })
    const w2 = uniform([10, 256], 1 / Math.sqrt(256))
    const b2 = zeros([10], { requiresGrad: true })
    const forward = (batch: Tensor): Tensor => F.linear(F.linear(batch, w1, b1).relu(), w2, b2)
    const sgd = new optim.SGD([w1, b1, w2, b2], { lr: 0.05 })
    const losses: number[] = []
    for (let epoch = 0; epoch < epochs; epoch++) {
      let total = 0
      scope(() => {
        const order = randperm(640)
        for (let start = 0; start < 640; start += 32)
          total += scope(() => {
            const rows = order.narrow(0, start, 32)
            const loss = F.crossEntropy(forward(x.indexSelect(0, rows)), y.indexSelect(0, rows))
            sgd.zeroGrad()
            loss.backward()
            sgd.step()
            return loss.item()
          })
      })
      losses.push(total / 20)
    }
    const accuracy = scope(() => forward(x).argmax(1).eq(y).sum().item() / 640)
    sgd.dispose()
    return { losses, accuracy }
  })
}

test('the 784-256-10 network learns in ten epochs of SGD, the same way every time', () => {
  const before = liveTensors()
  const nodes = memoryStats().liveNodes
  const { losses, accuracy } = trainNetwork(1, 10)
  // An untrained network knows nothing: ln 10, and a little.
  expect(losses[0]).toBeGreaterThan(0.5)
  expect(losses[0]).toBeLessThan(Math.log(10) + 0.5)
  for (let epoch = 1; epoch < 10; epoch++) expect(losses[epoch]).toBeLessThan((losses[epoch - 1] ?? 0) + 0.02)
  expect(losses[9]).toBeLessThan(0.05)
  expect(accuracy).toBeGreaterThan(0.99)
  expect(trainNetwork(1, 2).losses).toEqual(losses.slice(0, 2))
  expect(trainNetwork(2, 1).losses).not.toEqual(losses.slice(0, 1))
  expect(liveTensors()).toBe(before)
  expect(memoryStats().liveNodes).toBe(nodes)
})
