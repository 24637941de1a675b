import { expect, test } from 'vitest'
import { F, liveTensors, scope, tensor } from '../index.ts'

test('norms take shapes as numbers or lists, with and without weight and bias', () => {
  const before = liveTensors()
  scope(() => {
    const x = tensor([[1, 3], [2, 6]], { dtype: 'float64' }) // prettier-ignore
    const weight = tensor([2, 10], { dtype: 'float64' })
    const bias = tensor([0, 1], { dtype: 'float64' })
    const near = (got: number[], expected: number[]): void => {
      expect(got.length).toBe(expected.length)
      got.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 12))
    }
    near(F.layerNorm(x, 2, null, null, { eps: 0 }).toArray(), [-1, 1, -1, 1])
    near(F.layerNorm(x, [2], weight, bias, { eps: 0 }).toArray(), [-2, 11, -2, 11])
    near(F.layerNorm(x, 2, null, bias, { eps: 0 }).toArray(), [-1, 2, -1, 2])
    near(F.rmsNorm(x, 2, weight, { eps: 0 }).toArray(), [2 / Math.sqrt(5), 30 / Math.sqrt(5), 4 / Math.sqrt(20), 60 / Math.sqrt(20)]) // prettier-ignore
    near(F.groupNorm(x, 1, weight, bias, { eps: 0 }).toArray(), [-2, 11, -2, 11])
    near(F.groupNorm(x, 2).toArray(), [0, 0, 0, 0])
    expect(() => F.layerNorm(x, 3)).toThrow(
      '[layerNorm] normalizedShape 3 must be the last dimensions of the input, got input 2x2',
    )
  })
  expect(liveTensors()).toBe(before)
})
