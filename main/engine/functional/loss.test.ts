import { describe, expect, test } from 'vitest'
import { F, liveTensors, scope, tensor } from '../index.ts'
import type { Tensor } from '../index.ts'

const f64 = (data: number[] | number[][]): Tensor => tensor(data, { dtype: 'float64' })
const ints = (data: number[] | number[][]): Tensor => tensor(data, { dtype: 'int64' })

function near(name: string, got: Tensor, expected: number[]): void {
  const values = got.toArray()
  expect(values.length, name).toBe(expected.length)
  values.forEach((value, i) => expect(value, name).toBeCloseTo(expected[i] ?? NaN, 10))
}

describe('losses', () => {
  test('every function reaches its op with its options', () => {
    const before = liveTensors()
    scope(() => {
      const even = f64([[0, 0], [0, 0]]) // prettier-ignore
      const x = f64([1, -2])
      const t = f64([0, 1])
      const log2 = Math.log(2)
      const options = { reduction: 'none' } as const
      near('crossEntropy', F.crossEntropy(even, ints([0, 1])), [log2])
      near('crossEntropy none', F.crossEntropy(even, ints([0, 1]), options), [log2, log2])
      near('ignoreIndex', F.crossEntropy(even, ints([0, 7]), { ignoreIndex: 7, reduction: 'sum' }), [log2])
      near('weight', F.crossEntropy(even, ints([0, 1]), { weight: f64([3, 1]), reduction: 'sum' }), [
        4 * log2,
      ])
      near('labelSmoothing', F.crossEntropy(f64([[1, 1]]), ints([0]), { labelSmoothing: 0.5 }), [log2])
      near('probabilities', F.crossEntropy(even, f64([[0.3, 0.7], [1, 0]])), [log2]) // prettier-ignore
      near('nllLoss', F.nllLoss(f64([[-1, -2]]), ints([1]), { weight: f64([1, 5]) }), [2])
      near('mseLoss', F.mseLoss(x, t, options), [1, 9])
      near('l1Loss', F.l1Loss(x, t, { reduction: 'sum' }), [4])
      near('huberLoss', F.huberLoss(x, t, { delta: 2, ...options }), [0.5, 4])
      near('smoothL1Loss', F.smoothL1Loss(x, t, { beta: 2, ...options }), [0.25, 2])
      near('bceWithLogits', F.bceWithLogits(f64([0]), f64([1])), [log2])
      near('posWeight', F.bceWithLogits(f64([0, 0]), t, { posWeight: f64([9, 3]), weight: f64([2]), ...options }), [2 * log2, 6 * log2]) // prettier-ignore
      near('klDiv', F.klDiv(f64([[0, 0]]), f64([[1, 1]]), options), [0, 0])
      near('klDiv batchmean', F.klDiv(f64([[-1, -1], [-1, -1]]), f64([[0, 0], [0, 0]]), { reduction: 'batchmean', logTarget: true }), [2]) // prettier-ignore
      near('cosineSimilarity', F.cosineSimilarity(f64([[3, 4]]), f64([[4, 3]])), [24 / 25])
      near('embedding', F.embedding(ints([[1], [0]]), f64([[1, 2], [3, 4]])), [3, 4, 1, 2]) // prettier-ignore
      near('oneHot', F.oneHot(ints([1, 0])), [0, 1, 1, 0])
      near('oneHot classes', F.oneHot(ints([1]), 3), [0, 1, 0])
      near('lengthsMask', F.lengthsMask(ints([1, 2]), 2), [1, 0, 1, 1])
      near(
        'maskedMean',
        F.maskedMean(
          tensor([
            [[1], [9]],
            [[1], [9]],
          ]),
          ints([1, 2]),
        ),
        [1, 5],
      )
      near(
        'maskedMax',
        F.maskedMax(
          tensor([
            [[1], [9]],
            [[1], [9]],
          ]),
          ints([1, 2]),
        ),
        [1, 9],
      )
    })
    expect(liveTensors()).toBe(before)
  })

  test('the padding row of a table gets no gradient', () => {
    scope(() => {
      const weight = tensor([[1], [2], [3]], { requiresGrad: true })
      const index = ints([0, 2, 2])
      F.embedding(index, weight, { paddingIndex: 0 }).sum().backward()
      expect(weight.grad?.toArray()).toEqual([0, 0, 2])
    })
  })

  test('mistakes are named', () => {
    scope(() => {
      expect(() => F.embedding(ints([3]), f64([[1], [2]]))).toThrow(
        '[embedding] index 3 at position [0] is outside 0..1, the table has 2 rows (weight 2x1)',
      )
      expect(() => F.crossEntropy(f64([[0, 0]]), ints([0]), { reduction: 'max' as 'sum' })).toThrow(
        '[loss] unknown reduction max, use mean, sum or none',
      )
      expect(() => F.maskedMean(tensor([[[1], [9]]]), ints([0]))).toThrow(
        '[maskedMean] length 0 of sequence 0 is outside 1..2 (2 steps)',
      )
    })
  })
})
