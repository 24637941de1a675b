import { expect, it } from 'vitest'
import type { SweepDetail, Trial } from '../../main/common/sweeps/contract.ts'
import { sweepSpecSchema, type Choice, type Dimension } from '../../main/common/sweeps/spec.ts'
import { templates } from '../../main/common/templates.ts'
import { defaultTrainConfig } from '../../main/common/training.ts'
import { axisOf, bestSoFar, pointsOf } from './points.ts'

const document = templates().find(({ id }) => id === 'digits-mlp')!.document

function sweep(
  setting: string,
  values: Choice[],
  results: (number | null)[],
  dimension?: Dimension,
): SweepDetail {
  const objective = { metric: 'val/accuracy', direction: 'max', read: 'best' } as const
  const spec = sweepSpecSchema.parse({
    document,
    datasetId: 'd',
    config: defaultTrainConfig,
    dimensions: [dimension ?? { setting, values: { kind: 'list', values } }],
    method: { kind: 'grid' },
    objective,
  })
  const trials = values.map((value, i): Trial => {
    const result = results[i]
    return {
      number: i + 1,
      status: result === null ? 'failed' : result === undefined ? 'waiting' : 'finished',
      choices: { [setting]: value },
      seed: 1,
      runId: null,
      values: result === undefined ? [] : [result],
      error: result === null ? { code: 'x', what: 'It broke.', mend: '' } : null,
    }
  })
  return { spec, trials, objective } as unknown as SweepDetail
}

it('makes points of the trials that have ended, and says why one has no value', () => {
  const points = pointsOf(sweep('batchSize', [16, 32, 64], [0.5, null]), ({ number }) => number)
  expect(points).toEqual([
    { number: 1, x: 1, y: 0.5, title: 'Trial 1 · batch 16 · val/accuracy 0.5000', best: true },
    { number: 2, x: 2, y: null, title: 'Trial 2 · batch 32 · It broke.', best: false },
  ])
})

it('draws the best so far as a stair that a failure does not lower', () => {
  const points = pointsOf(sweep('batchSize', [1, 2, 3, 4], [0.5, null, 0.4, 0.9]), ({ number }) => number)
  expect(bestSoFar(points, 'max')).toEqual([
    { x: 1, y: 0.5 },
    { x: 2, y: 0.5 },
    { x: 3, y: 0.5 },
    { x: 4, y: 0.5 },
    { x: 4, y: 0.9 },
  ])
  expect(bestSoFar(points, 'min').at(-1)).toEqual({ x: 4, y: 0.4 })
})

it('stands few values beside each other in their order, off first', () => {
  expect(axisOf(sweep('batchSize', [64, 16], []), 'batchSize').places).toEqual(['16', '64'])
  expect(axisOf(sweep('clipNorm', [1, null], []), 'clipNorm').places).toEqual(['off', '1'])
  const optimizer = axisOf(sweep('optimizer', ['adamw', 'sgd'], []), 'optimizer')
  expect(optimizer.places).toEqual(['SGD', 'AdamW'])
  expect(optimizer.xOf({ choices: { optimizer: 'adamw' } } as unknown as Trial)).toBe(1)
})

it('reads many values by the scale that they were drawn on', () => {
  const values = [0.001, 0.002, 0.004, 0.01, 0.1, 0.2, 0.4]
  const range = (scale: 'linear' | 'log'): Dimension => ({
    setting: 'lr',
    values: { kind: 'range', low: 0.001, high: 1, scale, points: 5 },
  })
  expect(axisOf(sweep('learningRate', values, [], range('log')), 'learningRate')).toMatchObject({
    places: null,
    log: true,
  })
  expect(axisOf(sweep('learningRate', values, [], range('linear')), 'learningRate').log).toBe(false)
  expect(axisOf(sweep('learningRate', values, []), 'learningRate').log).toBe(true)
})
