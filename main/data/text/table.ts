/** Labelled texts from the records of a file. */
import { basename } from 'node:path'
import type { ImportOptions } from '../../common/data/options.ts'
import type { Split } from '../../common/data/dataset.ts'
import { openRecords } from '../records/index.ts'
import type { RecordRow, Records, RecordsOptions } from '../records/index.ts'
import { findColumns, splitOf } from './columns.ts'
import type { Columns } from './columns.ts'

export interface TableRow {
  label: string
  text: string
  split: Split | null
  group: string | null
  /** 1-based row of the file. */
  number: number
  /** Why the row cannot be used; null when it can. */
  problem: string | null
}

export interface TextTable {
  records: Records
  columns: Columns
  rows(): AsyncGenerator<TableRow>
}

/**
 * @param chosen null to guess everything
 * @throws UserError as `openRecords`, `data/table-columns`, `data/no-column`
 */
export async function openTable(
  path: string,
  chosen: Pick<ImportOptions, 'columns' | 'split'> | null,
  limits: Pick<RecordsOptions, 'bytes' | 'rows'> = {},
): Promise<TextTable> {
  const header = chosen?.columns?.header ?? null
  const looked = await openRecords(path, { ...limits, header })
  const columns = findColumns(looked, chosen, basename(path))
  const only = [columns.label, columns.text, columns.split, columns.group].flatMap((index) =>
    index === null ? [] : [looked.columns[index]!],
  )
  const records = looked.format === 'parquet' ? await openRecords(path, { ...limits, only }) : looked
  async function* rows(): AsyncGenerator<TableRow> {
    for await (const row of records.rows()) yield rowOf(row, columns, records)
  }
  return { records: looked, columns, rows }
}

function rowOf({ number, cells, problem }: RecordRow, columns: Columns, records: Records): TableRow {
  const width = records.columns.length
  // In a table of two columns, a delimiter inside the text belongs to the text.
  const whole = width === 2 && columns.text === 1 && cells.length > 2 && records.delimiter !== null
  const text = ((whole ? cells.slice(1).join(records.delimiter!) : cells[columns.text]) ?? '').trim()
  const label = cells[columns.label]?.trim() ?? ''
  const said = columns.split === null ? null : (cells[columns.split] ?? '')
  const split = said === null ? null : splitOf(said)
  const row = { label, text, split, group: groupOf(cells, columns.group), number }
  const mended = whole && problem?.endsWith('columns') ? null : problem
  if (mended !== null) return { ...row, problem: mended }
  if (label === '') return { ...row, problem: 'the label is empty' }
  if (text === '') return { ...row, problem: 'the text is empty' }
  if (said !== null && split === null)
    return { ...row, problem: `the split "${said.slice(0, 40)}" is none of train, validation, test` }
  return { ...row, problem: null }
}

function groupOf(cells: readonly (string | null)[], index: number | null): string | null {
  const group = index === null ? '' : (cells[index]?.trim() ?? '')
  return group === '' ? null : group
}
