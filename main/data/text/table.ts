/** Rows of label and text from a TSV or CSV file. */
import { basename } from 'node:path'
import { figure, refuse } from '../refuse.ts'
import { readRecords } from '../table/records.ts'
import { findColumns } from './columns.ts'
import type { Columns } from './columns.ts'

const sampleRows = 1000

export interface TableRow {
  label: string
  text: string
  /** 1-based row of the table. */
  number: number
  /** Why the row cannot be used; null when it can. */
  problem: string | null
}

/**
 * @param most bytes to read; Infinity for all
 * @throws UserError `data/table-columns`, `data/table-quote`, `data/encoding`
 */
export async function* readTable(
  path: string,
  onColumns: (columns: Columns) => void = () => undefined,
  most = Infinity,
): AsyncGenerator<TableRow> {
  const { literal, records } = await readRecords(path, most)
  let columns: Columns | null = null
  let number = 0
  function* rowsOf(some: string[][], known: Columns): Generator<TableRow> {
    for (const record of some) {
      number += 1
      if (number > 1 || !known.header) yield rowOf(record, known, number, literal)
    }
  }
  const first: string[][] = []
  for await (const record of records) {
    if (columns) {
      yield* rowsOf([record], columns)
    } else if (first.push(record) === sampleRows) {
      columns = findColumns(first, basename(path))
      onColumns(columns)
      yield* rowsOf(first, columns)
    }
  }
  if (!columns) {
    if (first.length === 0)
      refuse('table-empty', `${basename(path)} has no rows.`, 'Choose a file with data in it.')
    columns = findColumns(first, basename(path))
    onColumns(columns)
    yield* rowsOf(first, columns)
  }
}

function rowOf(record: string[], columns: Columns, number: number, literal: boolean): TableRow {
  if (record.length <= Math.max(columns.label, columns.text))
    return { label: '', text: '', number, problem: `${figure(record.length)} of ${columns.width} columns` }
  // In a table of two columns, a delimiter inside the text belongs to the text.
  const whole = columns.width === 2 && columns.text === 1
  const text = (whole ? record.slice(1).join(literal ? '\t' : ',') : record[columns.text]!).trim()
  const label = record[columns.label]!.trim()
  const problem = label === '' ? 'the label is empty' : text === '' ? 'the text is empty' : null
  return { label, text, number, problem }
}
