import { expect, it } from 'vitest'
import { exampleRun } from '../../../main/common/runFixture.ts'
import { defaultTrainConfig } from '../../../main/common/training.ts'
import { plotFieldsOf } from './plotFields.ts'

const runs = [1, 2, 3].map((id) =>
  exampleRun({ id, config: { ...defaultTrainConfig, learningRate: 0.1 * id, batchSize: id < 3 ? 32 : 64 } }),
)
const offered = (name: string): boolean =>
  plotFieldsOf(runs).offered.some(({ items }) => items.some(({ value }) => value === name))

it('shows the settings in which runs differ, then what they are judged by', () => {
  const { usual, judged } = plotFieldsOf(runs)
  expect(usual).toEqual(['lr', 'batch', judged])
})

it('shows the usual settings of runs that are all alike', () => {
  expect(plotFieldsOf(runs.slice(0, 1)).usual.slice(0, 3)).toEqual(['lr', 'batch', 'epochs'])
})

it('offers what any run has a value of', () => {
  expect(offered('seed')).toBe(true)
  expect(offered('patience')).toBe(false)
})
