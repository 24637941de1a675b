/** The reader of Parquet files: asked in JSON lines on stdin, answers in JSON lines on stdout. See parquet.ts. */
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import { parquetMetadataAsync, parquetRead, parquetSchema } from 'hyparquet'
import type { AsyncBuffer } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

export interface Ask {
  path: string
  /** Columns to read; the cells of the others are null. Null for all. */
  only: readonly string[] | null
  /** How many rows, from the first; null for all. */
  rows: number | null
}

export type Said =
  | { columns: string[]; rowCount: number; groups: number }
  | { rows: (string | null)[][] }
  /** Still decoding a group: said at most once a second, between its pages. */
  | { decoding: true }
  | { done: true }
  | { error: string }

/** Characters of a message, about: parsing one must not hold the thread on the other side. */
const messageLength = 1 << 18

async function answer({ path, only, rows }: Ask): Promise<void> {
  await using handle = await open(path, 'r')
  const file = await asBuffer(handle)
  const metadata = await parquetMetadataAsync(file)
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name)
  await say({ columns, rowCount: Number(metadata.num_rows), groups: metadata.row_groups.length })
  const wanted = only ? columns.filter((name) => only.includes(name)) : columns
  let begin = 0
  const end = Math.min(Number(metadata.num_rows), rows ?? Infinity)
  for (const group of metadata.row_groups) {
    if (begin >= end) break
    const size = Number(group.num_rows)
    const groupEnd = Math.min(end, begin + size)
    await sayGroup({ file, metadata, columns, wanted, begin, end: groupEnd })
    begin += size
  }
  await say({ done: true })
}

interface Group {
  file: AsyncBuffer
  metadata: Awaited<ReturnType<typeof parquetMetadataAsync>>
  columns: string[]
  wanted: string[]
  begin: number
  end: number
}

async function sayGroup({ file, metadata, columns, wanted, begin, end }: Group): Promise<void> {
  // By column, each in pieces: turning them into rows first would hold everything twice.
  const pieces = new Map<string, { begin: number; data: ArrayLike<unknown> }[]>(
    wanted.map((name) => [name, []]),
  )
  let spoke = performance.now()
  const decoding = (): void => {
    if (performance.now() - spoke < 1000) return
    spoke = performance.now()
    void say({ decoding: true })
  }
  await parquetRead({
    file,
    metadata,
    columns: wanted,
    rowStart: begin,
    rowEnd: end,
    compressors,
    onPage: decoding,
    onChunk: ({ columnName, columnData, rowStart }) =>
      pieces.get(columnName)?.push({ begin: rowStart, data: columnData }),
  })
  const read = columns.map((name) =>
    readerOf(
      (pieces.get(name) ?? []).sort((a, b) => a.begin - b.begin),
      begin,
      end,
    ),
  )
  let message: (string | null)[][] = []
  let length = 0
  for (let row = begin; row < end; row += 1) {
    const cells = read.map((of) => of(row))
    message.push(cells)
    for (const cell of cells) length += (cell?.length ?? 0) + 8
    if (length < messageLength) continue
    await say({ rows: message })
    message = []
    length = 0
  }
  if (message.length > 0) await say({ rows: message })
}

/** Cells of a column, asked in ascending order. @throws Error where the file has fewer than it says */
function readerOf(
  pieces: { begin: number; data: ArrayLike<unknown> }[],
  begin: number,
  end: number,
): (row: number) => string | null {
  if (pieces.length === 0) return () => null
  const last = pieces.at(-1)!
  if (pieces[0]!.begin > begin || last.begin + last.data.length < end)
    throw new Error(`a column has fewer values than the ${end - begin} rows of its group`)
  let at = 0
  return (row) => {
    while (at + 1 < pieces.length && pieces[at + 1]!.begin <= row) at += 1
    const { begin: first, data } = pieces[at]!
    return cellOf(data[row - first])
  }
}

/** Text as it is, numbers and truth values in words, dates in ISO form, what is nested as JSON. */
function cellOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (typeof value !== 'object') return String(value as number)
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'bigint'
      ? Number(inner)
      : inner instanceof Uint8Array
        ? `(${inner.length} bytes)`
        : inner,
  )
}

async function asBuffer(handle: FileHandle): Promise<AsyncBuffer> {
  const { size } = await handle.stat()
  return {
    byteLength: size,
    async slice(start, end = size) {
      if (!(start >= 0 && end >= start && end <= size))
        throw new Error(`it points at bytes ${start} to ${end} of a file of ${size} bytes`)
      const bytes = new Uint8Array(end - start)
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start)
      if (bytesRead < bytes.length) throw new Error('it ends early')
      return bytes.buffer
    },
  }
}

const say = (what: Said): Promise<void> =>
  new Promise((resolve, reject) =>
    process.stdout.write(`${JSON.stringify(what)}\n`, (error) => (error ? reject(error) : resolve())),
  )

new Worker(new URL('orphanWatch.ts', import.meta.url), { workerData: process.ppid }).unref()
// The other side may have heard enough.
process.stdout.on('error', () => process.exit(1))
for await (const line of createInterface({ input: process.stdin }))
  await answer(JSON.parse(line) as Ask).catch((error: unknown) =>
    say({ error: error instanceof Error ? error.message : String(error) }),
  )
