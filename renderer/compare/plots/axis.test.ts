import { expect, it } from 'vitest'
import { Fields } from '../../../main/common/filter/fields/index.ts'
import { exampleRun } from '../../../main/common/runFixture.ts'
import { defaultTrainConfig } from '../../../main/common/training.ts'
import { axisOf, runsWithin } from './axis.ts'

const rates = [1e-4, 1e-3, 1e-1]
const runs = rates.map((learningRate, id) =>
  exampleRun({
    id,
    modelName: ['MLP', 'CNN', 'MLP'][id]!,
    config: { ...defaultTrainConfig, learningRate, batchSize: 32 * (id + 1) },
    note: id === 0 ? '' : 'seen',
  }),
)
const axis = (name: string, log: boolean | null = null) => axisOf(new Fields(runs).find(name)!, runs, log)
const places = (name: string, log: boolean | null = null) => [...axis(name, log).places]

it('is logarithmic where values span much, and otherwise when asked', () => {
  expect(axis('lr').kind).toBe('log')
  const [a, b, c] = places('lr')
  expect((c! - b!) / (b! - a!)).toBeCloseTo(2, 6)
  expect(axis('batch').kind).toBe('linear')
  expect(axis('batch', true).kind).toBe('log')
  expect(axis('lr', false).kind).toBe('linear')
  for (const at of places('lr', false)) {
    expect(at).toBeGreaterThanOrEqual(0)
    expect(at).toBeLessThanOrEqual(1)
  }
})

it('of words has a place for each; what is missing has none', () => {
  expect(places('model')).toEqual([0.75, 0.25, 0.75])
  expect(axis('model').ticks.map(({ text }) => text)).toEqual(['CNN', 'MLP'])
  expect(places('note')).toEqual([NaN, 0.5, 0.5])
})

it('is not logarithmic where a value is not positive', () => {
  expect(axis('run', true).kind).toBe('linear')
})

it('of runs that are all alike has them in the middle', () => {
  const alike = runs.map(({ id }) => exampleRun({ id }))
  expect([...axisOf(new Fields(alike).find('lr')!, alike).places]).toEqual([0.5, 0.5, 0.5])
})

it('brushes what lies in all brushes', () => {
  const whole = { from: 0, to: 1 }
  expect(runsWithin(runs, [])).toBeNull()
  expect(runsWithin(runs, [{ axis: axis('lr'), brush: { from: 0, to: 0.5 } }])).toEqual([0, 1])
  expect(
    runsWithin(runs, [
      { axis: axis('lr'), brush: { from: 0, to: 0.5 } },
      { axis: axis('note'), brush: whole },
    ]),
  ).toEqual([1])
})
