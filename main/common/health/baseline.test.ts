import { expect, it } from 'vitest'
import { exampleDataset } from '../data/datasetFixture.ts'
import { chain } from '../templates.ts'
import { defaultTrainConfig } from '../training.ts'
import { baselineOf } from './baseline.ts'

const data = (counts: number[], task: 'classify' | 'regress' = 'classify') =>
  exampleDataset({
    task,
    sampleShape: [3],
    classes: counts.map((train, i) => ({ name: `c${i}`, train, validation: 0 })),
    trainCount: counts.reduce((a, b) => a + b, 0),
    validationCount: 0,
  })
const model = (labelSmoothing: number) =>
  chain('m', [
    ['input', 'input'],
    ['output', 'output', { labelSmoothing }],
  ])

it('is the entropy of the classes as they are trained', () => {
  const entropy = -(0.95 * Math.log(0.95) + 0.05 * Math.log(0.05))
  expect(baselineOf(data([95, 5]), defaultTrainConfig, model(0))).toBeCloseTo(entropy)
  expect(baselineOf(data([95, 5]), { ...defaultTrainConfig, balance: 'weights' }, model(0))).toBeCloseTo(
    Math.LN2,
  )
})

it('is not known where the loss is of more than classes', () => {
  expect(baselineOf(data([95, 5]), defaultTrainConfig, model(0.1))).toBeNull()
  expect(baselineOf(data([], 'regress'), defaultTrainConfig, model(0))).toBeNull()
  expect(baselineOf(data([9]), defaultTrainConfig, model(0))).toBeNull()
})
