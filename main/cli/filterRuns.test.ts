import { expect, it } from 'vitest'
import { exampleRun } from '../common/runFixture.ts'
import { UsageError } from './errors.ts'
import { filterRuns } from './filterRuns.ts'

const runs = [exampleRun({ id: 2, status: 'failed' }), exampleRun({ id: 1, tags: ['good'] })]

it('keeps the runs of which the filter holds, in their order', () => {
  expect(filterRuns(runs, 'status = failed or tag = good').map(({ id }) => id)).toEqual([2, 1])
  expect(filterRuns(runs, 'not failed').map(({ id }) => id)).toEqual([1])
})

it('names the place of a mistake', () => {
  expect(() => filterRuns(runs, 'lr < 1 and statsu = x')).toThrow(UsageError)
  expect(() => filterRuns(runs, 'lr < 1 and statsu = x')).toThrow(
    '--filter, position 12: No run has anything called “statsu”.',
  )
})
