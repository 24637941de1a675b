/** The rows of a CSV file or of JSON lines. */
import { parse, type CsvError } from 'csv-parse'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { linesOf } from '../lines.ts'
import { damaged, fileError, reasonOf } from '../refuse.ts'
import { UserError } from '../../common/errors.ts'
import type { Cell, Row } from './cell.ts'
import { headOf, type End, type Start } from './head.ts'
import { parseLine } from './line.ts'

export type TableForm = 'csv' | 'lines'

export interface TableRows {
  /** Of a CSV file its header; of JSON lines those seen so far, in their order. */
  columns: readonly string[]
  rows: AsyncGenerator<Row>
  /** Lines that could not be read; and whether one of them was the last. */
  skipped: { count: number; last: boolean }
  /** What the first line that is no row says of the run, and how it ended where nothing follows that. */
  said: { start: Start | null; end: End | null }
}

const longestLine = 8 << 20
const mostColumns = 20_000

/**
 * @param onRead how many bytes were read so far
 * @param onStart rows that follow are of a run that went on after this step
 * @throws UserError `exchange/damaged`, `exchange/file`
 */
export async function openRows(
  path: string,
  form: TableForm,
  onRead: (bytes: number) => void,
  onStart: (step: number) => void = () => undefined,
): Promise<TableRows> {
  return form === 'lines' ? openLines(path, onRead, onStart) : openCsv(path, onRead)
}

async function* bytesOf(path: string, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  let read = 0
  try {
    for await (const part of createReadStream(path, { highWaterMark: 1 << 18 })) {
      yield part as Buffer
      onRead((read += (part as Buffer).length))
    }
  } catch (error) {
    throw error instanceof UserError ? error : fileError(path, error)
  }
}

// ---------------------------------------------------------------- JSON lines

function openLines(
  path: string,
  onRead: (bytes: number) => void,
  onStart: (step: number) => void,
): TableRows {
  const columns: string[] = []
  const known = new Set<string>()
  const skipped = { count: 0, last: false }
  const said: TableRows['said'] = { start: null, end: null }
  async function* rows(): AsyncGenerator<Row> {
    for await (const line of linesOf(bytesOf(path, onRead), path, longestLine)) {
      if (line.trim() === '') continue
      const cells = parseLine(line)
      skipped.last = cells === null
      if (cells === null) {
        skipped.count++
        continue
      }
      const head = headOf(cells)
      said.end = head?.kind === 'end' ? head : null
      if (head?.kind === 'start') {
        said.start ??= head
        onStart(head.step)
      }
      if (head) continue
      for (const name of cells.keys())
        if (!known.has(name) && known.size < mostColumns) {
          known.add(name)
          columns.push(name)
        }
      yield (column) => cells.get(column)
    }
  }
  return { columns, rows: rows(), skipped, said }
}

// ---------------------------------------------------------------- CSV

async function openCsv(path: string, onRead: (bytes: number) => void): Promise<TableRows> {
  const parser = parse({
    bom: true,
    delimiter: await delimiterOf(path),
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: longestLine,
  })
  const source = bytesOf(path, onRead)
  const records = pumped(source, parser)[Symbol.asyncIterator]()
  const described = (error: unknown): unknown =>
    error instanceof UserError ? error : damaged(`${path} is not a CSV file: ${csvReason(error)}`, error)
  const next = async (): Promise<IteratorResult<string[]>> => {
    try {
      return await records.next()
    } catch (error) {
      throw described(error)
    }
  }
  const header = await next()
  if (header.done) throw damaged(`${path} is empty`)
  if (header.value.length > mostColumns) throw damaged(`${path} has ${header.value.length} columns`)
  const columns = unique(header.value)
  const places = new Map(columns.map((name, i) => [name, i]))
  async function* rows(): AsyncGenerator<Row> {
    try {
      for (let record = await next(); !record.done; record = await next()) {
        const cells: readonly Cell[] = record.value
        yield (column) => cells[places.get(column) ?? -1]
      }
    } finally {
      await records.return?.(undefined)
      parser.destroy()
    }
  }
  return { columns, rows: rows(), skipped: { count: 0, last: false }, said: { start: null, end: null } }
}

async function* pumped(
  source: AsyncIterable<Buffer>,
  parser: ReturnType<typeof parse>,
): AsyncGenerator<string[]> {
  const pumping = (async () => {
    for await (const part of source)
      if (!parser.write(part)) await new Promise((resolve) => parser.once('drain', resolve))
    parser.end()
  })().catch((error: Error) => parser.destroy(error))
  for await (const record of parser) yield record as string[]
  await pumping
}

const csvReason = (error: unknown): string => {
  const { lines } = error as Partial<CsvError> & { lines?: number }
  return `${reasonOf(error).split(',')[0]}${lines === undefined ? '' : `, line ${lines}`}`
}

/** Names in the header, each once: a second `loss` is `loss (2)`. */
export function unique(names: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return names.map((given, i) => {
    const name = given.trim() === '' ? `column ${i + 1}` : given.trim()
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name} (${times})`
  })
}

async function delimiterOf(path: string): Promise<string> {
  const file = await open(path).catch((error: unknown) => {
    throw fileError(path, error)
  })
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1 << 16))
    const [line = ''] = buffer.toString('utf8', 0, bytesRead).split('\n', 1)
    return delimiterIn(line)
  } finally {
    await file.close()
  }
}

/** The one of comma, semicolon and tab that a line has most. */
export function delimiterIn(line: string): string {
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: line.split(delimiter).length }))
  return counts.reduce((most, one) => (one.count > most.count ? one : most)).delimiter
}
