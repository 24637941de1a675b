/** Records of CSV and TSV text. */
import { basename } from 'node:path'
import { parse } from 'csv-parse'
import { fileErrorCode, figure, refuse } from '../refuse.ts'
import { delimiterNames, delimiterOf } from './delimiter.ts'
import { encodingOf, refuseMostlyOther, utf8Of } from './encoding.ts'
import type { Encoding } from './encoding.ts'
import {
  distinctNames,
  mode,
  mostColumns,
  mostRowBytes,
  notUtf8,
  numberedNames,
  sampleRows,
} from './format.ts'
import type { Limits, RecordRow, Records } from './format.ts'
import { guessHeader } from './header.ts'
import { projected } from './project.ts'

const sampleBytes = 1 << 20
const replacement = '\ufffd'

interface Dialect {
  path: string
  encoding: Encoding
  delimiter: string
  lineEnds: string[]
  /** Whether quotation marks are ordinary signs, as in a TSV. */
  literal: boolean
}

/** @throws UserError `data/encoding`, `data/table-empty`, `data/table-columns`, `data/table-quote`, `data/gzip` */
export async function openDelimited(path: string, limits: Limits): Promise<Records> {
  const name = basename(path)
  const encoding = await encodingOf(path)
  const start: Buffer[] = []
  for await (const part of utf8Of(path, encoding, 1 << 16)) start.push(part)
  const text = Buffer.concat(start).toString('utf8')
  const delimiter = delimiterOf(path.replace(/\.gz$/i, ''), text)
  // Both kinds of line ends may stand in one file; a lone return ends a line only where nothing else does.
  const lineEnds = text.includes('\n') || !text.includes('\r') ? ['\r\n', '\n'] : ['\r']
  const dialect = { path, encoding, delimiter, lineEnds, literal: delimiter === '\t' }

  const first: string[][] = []
  for await (const { cells } of rawRows(dialect, Math.min(sampleBytes, limits.bytes)))
    if (first.push(cells) === sampleRows) break
  // One row of more than the sample's bytes.
  if (first.length === 0)
    for await (const { cells } of rawRows(dialect, limits.bytes)) if (first.push(cells) === 1) break
  if (first.length === 0) refuse('table-empty', `${name} has no rows.`, 'Choose a file with data in it.')

  const guess = guessHeader(first[0]!, first.slice(1))
  const header = limits.header ?? guess.header
  const width = header ? first[0]!.length : mode(first.map((row) => row.length))
  if (width > mostColumns)
    refuse(
      'table-columns',
      `${name} has ${figure(width)} columns.`,
      `At most ${figure(mostColumns)} columns are read.`,
    )
  const columns = header ? distinctNames(first[0]!) : numberedNames(width)
  const rows = (): AsyncGenerator<RecordRow> => rowsOf(dialect, limits, header, width)
  return {
    format: 'delimited',
    columns,
    header,
    delimiter,
    ...(await projected(path, rows, limits)),
    reasons: [
      ...(encoding.reason ? [encoding.reason] : []),
      ...(delimiter === (/\.csv(\.gz)?$/i.test(path) ? ',' : '\t')
        ? []
        : [`Its cells are separated by ${delimiterNames[delimiter] ?? delimiter}.`]),
      ...(limits.header === null
        ? [`The first row ${header ? 'names the columns' : 'is data, not names'}: ${guess.reason}.`]
        : []),
    ],
    rows,
  }
}

async function* rowsOf(
  dialect: Dialect,
  { bytes, rows }: Limits,
  header: boolean,
  width: number,
): AsyncGenerator<RecordRow> {
  let skip = header
  let given = 0
  let bad = 0
  const name = basename(dialect.path)
  for await (const { number, cells } of rawRows(dialect, bytes)) {
    if (skip) {
      skip = false
      continue
    }
    if (given === rows) return
    given += 1
    const problem = problemOf(cells, width)
    if (problem === notUtf8) {
      bad += 1
      if (given >= 1000) refuseMostlyOther(bad, given, name)
    }
    yield { number, cells, problem }
  }
  refuseMostlyOther(bad, given, name)
}

function problemOf(cells: readonly string[], width: number): string | null {
  for (const cell of cells) {
    if (cell.includes(replacement)) return notUtf8
    if (cell.includes('\0')) return 'it has a zero byte'
  }
  return cells.length === width ? null : `${figure(cells.length)} of ${figure(width)} columns`
}

/** Every row that is not empty, with its number; the empty ones are counted. A row cut at `most` bytes is left out. */
async function* rawRows(
  { path, encoding, delimiter, lineEnds, literal }: Dialect,
  most: number,
): AsyncGenerator<{ number: number; cells: string[] }> {
  let batch: string[][] = []
  const parser = parse({
    delimiter,
    record_delimiter: lineEnds,
    quote: literal ? null : '"',
    relax_quotes: true,
    relax_column_count: true,
    max_record_size: mostRowBytes,
    // Taken here and not from the stream, which would cost as much as parsing.
    on_record: (record: string[]) => {
      batch.push(record)
      return null
    },
  })
  const failed = new Promise<never>((_, reject) => parser.once('error', reject))
  failed.catch(() => undefined)
  let number = 0
  function* taken(): Generator<{ number: number; cells: string[] }> {
    const records = batch
    batch = []
    for (const cells of records) {
      number += 1
      if (cells.length === 1 && cells[0] === '') continue
      yield { number, cells: literal ? cells.map(unquote) : cells }
    }
  }
  try {
    let read = 0
    for await (const part of utf8Of(path, encoding, most)) {
      read += part.length
      await new Promise<void>((resolve, reject) =>
        parser.write(part, (error) => (error ? reject(error) : resolve())),
      )
      yield* taken()
    }
    if (read >= most) return
    await Promise.race([failed, new Promise<void>((resolve) => parser.end(() => resolve()))])
    yield* taken()
  } catch (error) {
    if (fileErrorCode(error)?.startsWith('CSV_')) {
      yield* taken()
      refuseParse(error as Error, path, number + 1)
    }
    throw error
  } finally {
    parser.destroy()
  }
}

/**
 * In a TSV a quotation mark is an ordinary sign (message 5 of many a data set begins with one and never
 * closes it); a cell that is quoted as a whole is unquoted. In a CSV, quotes are syntax.
 */
function unquote(cell: string): string {
  return cell.charCodeAt(0) === 34 && /^"(?:[^"]|"")*"$/.test(cell)
    ? cell.slice(1, -1).replaceAll('""', '"')
    : cell
}

function refuseParse(error: Error, path: string, row: number): never {
  const code = fileErrorCode(error)
  const name = basename(path)
  const close = 'Close the quotation mark, or save the file as .tsv, where quotes are ordinary signs.'
  if (code === 'CSV_QUOTE_NOT_CLOSED')
    refuse(
      'table-quote',
      `Row ${figure(row)} of ${name} opens a quoted cell that is never closed.`,
      close,
      error,
    )
  if (code === 'CSV_MAX_RECORD_SIZE')
    refuse(
      'table-quote',
      `Row ${figure(row)} of ${name} is longer than ${mostRowBytes >> 20} MB: probably a quoted cell begins there that is never closed.`,
      close,
      error,
    )
  refuse(
    'table-damaged',
    `Row ${figure(row)} of ${name} cannot be read: ${error.message}.`,
    'Mend that row.',
    error,
  )
}
