import { expect, it } from 'vitest'
import { metrics, type Series } from '../schemas.ts'
import { curvesOf } from './curves.ts'

const series = (metric: string, values: readonly number[]): Series => ({
  runId: 1,
  metric,
  total: values.length,
  buckets: values.map((value, i) => ({
    step: i + 1,
    lastStep: i + 1,
    epoch: 0,
    seconds: i,
    min: value,
    max: value,
    mean: value,
    last: value,
  })),
})

it('reads the loss, and by how many powers of ten a schedule has lowered the rate', () => {
  const both = [series(metrics.batchLoss, [2, 1]), series(metrics.learningRate, [0.001, 0.1, 0.0001])]
  expect(curvesOf(both)).toEqual({
    loss: [
      { step: 1, mean: 2 },
      { step: 2, mean: 1 },
    ],
    rateLowered: 3,
  })
})

it('takes a rate that has come down to nothing, and none at all', () => {
  expect(curvesOf([series(metrics.learningRate, [0.1, 0])]).rateLowered).toBe(Infinity)
  expect(curvesOf([])).toEqual({ loss: [], rateLowered: 0 })
})
