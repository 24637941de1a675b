import { expect, it } from 'vitest'
import { plainOptions, plainTable, type ImportOptions } from '../../../main/common/data/options.ts'
import { type Glimpse } from '../../../main/common/data/guess.ts'
import { withHeader } from './header.ts'

const column = (name: string): Glimpse['columns'][number] => ({
  name,
  kind: 'number',
  distinct: 2,
  missing: 0,
  reason: '',
  examples: [],
})

const options: ImportOptions = {
  ...plainOptions,
  kind: 'table',
  name: 'houses',
  split: { ...plainOptions.split, by: 'group', groupColumn: 'town' },
  columns: { header: true, input: 'area', label: 'price' },
  table: { ...plainTable, target: 'price', task: 'regress', leaveOut: ['town'], kinds: { area: 'category' } },
}
const named = { columns: ['area', 'town', 'price'].map(column), rows: [['1', 'Ulm', '3']] }
const numbered = {
  columns: ['column 1', 'column 2', 'column 3'].map(column),
  rows: [['area', 'town', 'price']],
}

it('keeps every choice at its place when the first row turns out to be a sample, and back', () => {
  const without = withHeader(options, false, named)
  expect(without.columns).toEqual({ header: false, input: 'column 1', label: 'column 3' })
  expect(without.table).toMatchObject({
    header: false,
    target: 'column 3',
    leaveOut: ['column 2'],
    kinds: { 'column 1': 'category' },
  })
  expect(without.split.groupColumn).toBe('column 2')
  expect(withHeader(without, true, numbered)).toEqual(options)
})

it('numbers a column that the first row leaves without a name', () => {
  const without = withHeader(options, false, named)
  const gap = { ...numbered, rows: [['area', 'town', ' ']] }
  expect(withHeader(without, true, gap).table?.target).toBe('column 3')
})
