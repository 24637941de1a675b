import { describe, expect, test } from 'vitest'
import { arange, F, liveTensors, ones, randn, scope, tensor, zeros } from './index.ts'
import type { Tensor } from './index.ts'

/** Runs `body` and asserts that it left no tensor behind. */
function leakless(body: () => void): void {
  const before = liveTensors()
  scope(body)
  expect(liveTensors()).toBe(before)
}

const plane = (height: number, width: number): Tensor =>
  arange(0, height * width, 1, { dtype: 'float64' }).reshape([1, 1, height, width])
const kernel = (height: number, width: number): Tensor => ones([1, 1, height, width], { dtype: 'float64' })

describe('convolutions', () => {
  test('every option reaches the op', () => {
    leakless(() => {
      const x = plane(3, 3)
      const w = kernel(2, 2)
      const line = tensor([[[1, 2, 3, 4]]])
      const pair = ones([1, 1, 2])
      const bias = tensor([10])
      const two = tensor([[[1, 2], [3, 4]]]) // prettier-ignore
      const cases: [string, Tensor, number[]][] = [
        ['conv2d', F.conv2d(x, w), [8, 12, 20, 24]],
        ['conv2d bias', F.conv2d(x, w, ones([1], { dtype: 'float64' })), [9, 13, 21, 25]],
        ['conv2d stride', F.conv2d(x, w, null, { stride: 2 }), [8]],
        ['conv2d stride by direction', F.conv2d(x, w, null, { stride: [1, 2] }), [8, 20]],
        ['conv2d padding', F.conv2d(x, w, null, { padding: 1, stride: 3 }), [0, 2, 6, 8]],
        ['conv2d same', F.conv2d(x, w, null, { padding: 'same' }), [8, 12, 7, 20, 24, 13, 13, 15, 8]],
        ['conv2d valid', F.conv2d(x, w, null, { padding: 'valid' }), [8, 12, 20, 24]],
        ['conv2d dilation', F.conv2d(x, w, null, { dilation: 2 }), [16]],
        ['conv2dRelu', F.conv2dRelu(x.sub(5), w), [0, 0, 0, 4]],
        ['conv1d', F.conv1d(line, pair, bias), [13, 15, 17]],
        ['conv1d groups', F.conv1d(two, ones([2, 1, 2]), null, { groups: 2 }), [3, 7]],
        ['convTranspose1d', F.convTranspose1d(line, pair, bias, { stride: 2 }), [11, 11, 12, 12, 13, 13, 14, 14]],
        ['outputPadding', F.convTranspose1d(line, pair, null, { stride: 2, padding: 1, outputPadding: 1 }), [1, 2, 2, 3, 3, 4, 4]],
        ['convTranspose2d', F.convTranspose2d(plane(1, 2), w, null, { dilation: 2 }), [0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1]],
      ] // prettier-ignore
      for (const [name, result, expected] of cases) expect(result.toArray(), name).toEqual(expected)
      expect(F.conv2d(zeros([3, 8, 8]), zeros([4, 3, 3, 3])).shape).toEqual([4, 6, 6])
    })
  })

  test('a result lies channels-last and gradients reach input, weight and bias', () => {
    leakless(() => {
      const x = randn([2, 3, 8, 8], { requiresGrad: true })
      const w = randn([4, 3, 3, 3], { requiresGrad: true })
      const b = zeros([4], { requiresGrad: true })
      const y = F.conv2d(x, w, b, { padding: 1 })
      expect(y.strides).toEqual([256, 1, 32, 4])
      y.sum().backward()
      expect(b.grad?.toArray()).toEqual([128, 128, 128, 128])
      expect([x.grad?.shape, w.grad?.shape]).toEqual([x.shape, w.shape])
    })
  })

  test('refusals name the sizes', () => {
    expect(() => scope(() => F.conv2d(zeros([8, 4, 32, 32]), zeros([16, 3, 3, 3])))).toThrow(
      '[conv2d] weight expects 3 input channels, got 4 (input 8x4x32x32)',
    )
    expect(() =>
      scope(() => F.conv1d(zeros([1, 1, 4]), zeros([1, 1, 2]), null, { padding: 'full' as 'same' })),
    ).toThrow("[conv1d] unknown padding full, use a number, 'same' or 'valid'")
  })
})

describe('pooling', () => {
  test('every option reaches the op', () => {
    leakless(() => {
      const x = plane(4, 4)
      const line = arange(0, 5, 1, { dtype: 'float32' }).reshape([1, 1, 5])
      const cases: [string, Tensor, number[]][] = [
        ['maxPool2d', F.maxPool2d(x, 2), [5, 7, 13, 15]],
        ['maxPool2d stride', F.maxPool2d(x, 2, { stride: [1, 2] }), [5, 7, 9, 11, 13, 15]],
        ['maxPool2d padding', F.maxPool2d(x, [2, 4], { stride: 4, padding: [1, 0] }), [3, 15]],
        ['maxPool2d dilation', F.maxPool2d(x, 2, { dilation: 3 }), [15]],
        ['maxPool1d', F.maxPool1d(line, 2), [1, 3]],
        ['maxPool1d ceilMode', F.maxPool1d(line, 2, { ceilMode: true }), [1, 3, 4]],
        ['avgPool2d', F.avgPool2d(x, 2), [2.5, 4.5, 10.5, 12.5]],
        ['avgPool1d', F.avgPool1d(line, 3, { stride: 2 }), [1, 3]],
        ['avgPool1d padding', F.avgPool1d(line, 2, { padding: 1 }), [0, 1.5, 3.5]],
        ['avgPool1d ceilMode', F.avgPool1d(line, 2, { ceilMode: true }), [0.5, 2.5, 4]],
        ['countIncludePad', F.avgPool1d(line, 4, { padding: 2, countIncludePad: false }), [0.5, 3]],
        ['adaptiveMaxPool1d', F.adaptiveMaxPool1d(line, 2), [2, 4]],
        ['adaptiveMaxPool2d', F.adaptiveMaxPool2d(x, [1, 2]), [13, 15]],
        ['adaptiveAvgPool1d', F.adaptiveAvgPool1d(line, 2), [1, 3]],
        ['adaptiveAvgPool2d', F.adaptiveAvgPool2d(x, [1, null]), [6, 7, 8, 9]],
      ]
      for (const [name, result, expected] of cases) expect(result.toArray(), name).toEqual(expected)
    })
  })

  test('a network with global pooling takes images of any size', () => {
    leakless(() => {
      const w = randn([5, 3, 3, 3])
      for (const [height, width] of [
        [8, 8],
        [17, 9],
        [3, 40],
      ] as const)
        // prettier-ignore
        expect(F.adaptiveAvgPool2d(F.conv2d(randn([2, 3, height, width]), w), 1).shape).toEqual([2, 5, 1, 1])
    })
  })
})

describe('padding, upsampling, batch normalisation', () => {
  test('every option reaches the op', () => {
    leakless(() => {
      const line = tensor([[[1, 2, 3]]])
      const square = tensor([[[[1, 2], [3, 4]]]]) // prettier-ignore
      const cases: [string, Tensor, number[]][] = [
        ['pad', F.pad(line, [1, 2], { value: 9 }), [9, 1, 2, 3, 9, 9]],
        ['pad crops', F.pad(line, [-1, 1]), [2, 3, 0]],
        ['pad reflect', F.pad(line, [2, 1], { mode: 'reflect' }), [3, 2, 1, 2, 3, 2]],
        ['pad replicate', F.pad(line, [2, 1], { mode: 'replicate' }), [1, 1, 1, 2, 3, 3]],
        ['pad circular', F.pad(line, [2, 1], { mode: 'circular' }), [2, 3, 1, 2, 3, 1]],
        ['pad 2d', F.pad(square, [1, 0, 0, 1], { mode: 'replicate' }), [1, 1, 2, 3, 3, 4, 3, 3, 4]],
        ['nearest', F.interpolate(line, { size: 6 }), [1, 1, 2, 2, 3, 3]],
        ['scale', F.interpolate(square, { scaleFactor: [1, 2] }), [1, 1, 2, 2, 3, 3, 4, 4]],
        ['linear', F.interpolate(line, { size: 5, mode: 'linear', alignCorners: true }), [1, 1.5, 2, 2.5, 3]],
        ['bilinear', F.interpolate(square, { size: [1, 4], mode: 'bilinear' }), [2, 2.25, 2.75, 3]],
      ]
      for (const [name, result, expected] of cases) expect(result.toArray(), name).toEqual(expected)
      expect(() => F.pad(line, [1, 1], { mode: 'mirror' as 'reflect' })).toThrow('[pad] unknown mode mirror')
      expect(() => F.interpolate(line, { mode: 'cubic' as 'linear' })).toThrow(
        '[interpolate] unknown mode cubic',
      )
    })
  })

  test('batchNorm trains on the batch, evaluates with what it kept', () => {
    leakless(() => {
      const x = tensor([[1, 10], [3, 30]], { dtype: 'float64' }) // prettier-ignore
      const runningMean = zeros([2], { dtype: 'float64' })
      const runningVar = ones([2], { dtype: 'float64' })
      const y = F.batchNorm(x, { runningMean, runningVar, training: true, momentum: 0.5, eps: 0 })
      expect(y.toArray()).toEqual([-1, -1, 1, 1])
      expect(runningMean.toArray()).toEqual([1, 10])
      expect(runningVar.toArray()).toEqual([1.5, 100.5])
      const weight = tensor([2, 1], { dtype: 'float64' })
      const bias = tensor([0, 5], { dtype: 'float64' })
      const variance = ones([2], { dtype: 'float64' })
      const same = F.batchNorm(x, { runningMean, runningVar: variance, weight, bias, eps: 0 })
      expect(same.toArray()).toEqual([0, 5, 4, 25])
      expect(() => F.batchNorm(x, {})).toThrow(
        '[batchNorm] evaluation uses the running statistics, pass runningMean and runningVar or training',
      )
    })
  })
})
