/** Rows of label and text from a TSV or CSV file. */
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { parse } from 'csv-parse'
import { extension, firstBytes } from '../files.ts'
import { fileErrorCode, figure, refuse, refuseFileError } from '../refuse.ts'
import { findColumns } from './columns.ts'
import type { Columns } from './columns.ts'
import { checkEncoding } from './encoding.ts'

const sampleRows = 1000

export interface TableRow {
  label: string
  text: string
  /** 1-based row of the table. */
  number: number
  /** Why the row cannot be used; null when it can. */
  problem: string | null
}

/** A tab, unless a .csv has more commas (or semicolons) in its first line. */
async function delimiterOf(path: string): Promise<string> {
  if (extension(path) !== '.csv') return '\t'
  const [line = ''] = (await firstBytes(path, 4096)).toString('utf8').split('\n')
  const count = (sign: string): number => line.split(sign).length - 1
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best))
}

/**
 * In a TSV a quotation mark is an ordinary sign (message 5 of many a data set begins with one and never
 * closes it); a cell that is quoted as a whole is unquoted. In a CSV, quotes are syntax.
 */
function unquote(cell: string): string {
  return /^"(?:[^"]|"")*"$/.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell
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
  await checkEncoding(path)
  const delimiter = await delimiterOf(path)
  const literal = delimiter === '\t'
  const input = createReadStream(path, { end: most === Infinity ? undefined : most - 1 })
  const parser = input.pipe(
    parse({
      delimiter,
      bom: true,
      quote: literal ? null : '"',
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }),
  )
  input.on('error', (error) => parser.destroy(error))
  let columns: Columns | null = null
  let number = 0
  function* rowsOf(records: string[][], known: Columns): Generator<TableRow> {
    for (const record of records) {
      number += 1
      if (number > 1 || !known.header) yield rowOf(record, known, number, literal)
    }
  }
  const first: string[][] = []
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      if (columns) {
        yield* rowsOf([record], columns)
      } else if (first.push(record) === sampleRows) {
        columns = findColumns(first, basename(path))
        onColumns(columns)
        yield* rowsOf(first, columns)
      }
    }
  } catch (error) {
    // A part of a file may end inside a quoted cell; that is no fault of the file.
    if (most === Infinity || fileErrorCode(error) !== 'CSV_QUOTE_NOT_CLOSED') refuseParse(error, path)
  } finally {
    input.destroy()
    parser.destroy()
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
  const clean = literal ? unquote : (cell: string): string => cell
  if (record.length <= Math.max(columns.label, columns.text))
    return { label: '', text: '', number, problem: `${figure(record.length)} of ${columns.width} columns` }
  // In a table of two columns, a delimiter inside the text belongs to the text.
  const whole = columns.width === 2 && columns.text === 1
  const text = clean(whole ? record.slice(1).join(literal ? '\t' : ',') : record[columns.text]!).trim()
  const label = clean(record[columns.label]!).trim()
  const problem = label === '' ? 'the label is empty' : text === '' ? 'the text is empty' : null
  return { label, text, number, problem }
}

function refuseParse(error: unknown, path: string): never {
  const code = fileErrorCode(error)
  if (code === 'CSV_QUOTE_NOT_CLOSED')
    refuse(
      'table-quote',
      `${basename(path)} opens a quoted cell that is never closed.`,
      'Close the quotation mark, or save the file as .tsv, where quotes are ordinary signs.',
      error,
    )
  if (code?.startsWith('CSV_'))
    refuse(
      'table-damaged',
      `${basename(path)} cannot be read as a table: ${(error as Error).message}.`,
      'Mend that row.',
      error,
    )
  refuseFileError(error, path)
}
