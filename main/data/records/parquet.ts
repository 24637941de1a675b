/**
 * Records of a Parquet file, read in a process of its own: decoding a row group can take seconds and cannot be
 * interrupted, and a damaged file may make it run wild. The two speak JSON lines.
 */
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import type { Socket } from 'node:net'
import { basename, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { projectRoot } from '../../paths.ts'
import { firstBytes } from '../files.ts'
import { nodeBinary } from '../nodeBinary.ts'
import { figure, refuse } from '../refuse.ts'
import { distinctNames, mostColumns, sampleRows } from './format.ts'
import type { Limits, RecordRow, Records } from './format.ts'
import type { Ask, Said } from './parquetProcess.ts'

/** A page takes milliseconds. Without a word for so long, damage sends the decoder round in circles. */
const usualPatience = 15_000 // ms

/** @throws UserError `data/parquet`, `data/table-columns`, `data/table-empty` */
export async function openParquet(path: string, limits: Limits, patience = usualPatience): Promise<Records> {
  const name = basename(path)
  if ((await firstBytes(path, 4)).toString('latin1') !== 'PAR1')
    refuse('parquet', `${name} is no Parquet file: it does not begin with PAR1.`, 'Choose another file.')
  let head: Extract<Said, { columns: unknown }> | null = null
  const sample: (string | null)[][] = []
  for await (const said of conversation({ path, only: null, rows: sampleRows }, patience)) {
    if ('columns' in said) head = said
    else if ('rows' in said) for (const cells of said.rows) sample.push(cells)
  }
  if (!head || head.columns.length === 0)
    refuse('table-empty', `${name} has no columns.`, 'Choose a file with data in it.')
  if (head.columns.length > mostColumns)
    refuse(
      'table-columns',
      `${name} has ${figure(head.columns.length)} columns.`,
      `At most ${figure(mostColumns)} columns are read.`,
    )
  const known = head
  if (known.rowCount === 0) refuse('table-empty', `${name} has no rows.`, 'Choose a file with data in it.')
  return {
    format: 'parquet',
    columns: distinctNames(known.columns),
    header: true,
    delimiter: null,
    approximateRows: known.rowCount,
    exact: true,
    reasons: [
      `${name} is Parquet: ${figure(known.rowCount)} rows in ${figure(known.groups)} row group${known.groups === 1 ? '' : 's'}.`,
    ],
    sample,
    rows: () => rowsOf(path, limits, patience),
  }
}

async function* rowsOf(path: string, { rows, only }: Limits, patience: number): AsyncGenerator<RecordRow> {
  let number = 0
  for await (const said of conversation({ path, only, rows: rows === Infinity ? null : rows }, patience)) {
    if (!('rows' in said)) continue
    for (const cells of said.rows) {
      number += 1
      yield { number, cells, problem: problemOf(cells) }
    }
  }
}

const problemOf = (cells: readonly (string | null)[]): string | null =>
  cells.some((cell) => cell?.includes('\0')) ? 'it has a zero byte' : null

/** What the reader says, until it has said everything. Leaving early ends it. @throws UserError `data/parquet` */
async function* conversation(ask: Ask, patience: number): AsyncGenerator<Said> {
  const reader = takeReader()
  let late: NodeJS.Timeout | undefined
  let ending = 'its reader came to an end'
  const wait = (): void => {
    clearTimeout(late)
    late = setTimeout(() => {
      ending = `decoding one page of it takes more than ${patience / 1000} seconds`
      reader.kill('SIGKILL')
    }, patience)
  }
  let done = false
  const failed = (reason: string): never =>
    refuse(
      'parquet',
      `${basename(ask.path)} cannot be read as Parquet: ${reason.slice(0, 300)}.`,
      'Fetch or write the file again; one that other programs read is worth a report.',
    )
  try {
    wait()
    reader.stdin.write(`${JSON.stringify(ask)}\n`)
    for await (const line of linesFrom(reader.stdout)) {
      wait()
      const said = JSON.parse(line) as Said
      done = 'done' in said || 'error' in said
      if ('error' in said) failed(said.error)
      if (done) break
      if (!('decoding' in said)) yield said
    }
    if (!done) failed(ending)
  } finally {
    clearTimeout(late)
    if (done) giveBack(reader)
    else reader.kill('SIGKILL')
  }
}

type Reader = ChildProcessByStdio<Writable, Readable, null>

/** Starting one takes longer than reading most files, so one waits for the next file. */
let idle: Reader | null = null

function takeReader(): Reader {
  const reader = idle ?? start()
  idle = null
  keepAlive(reader, true)
  return reader
}

function giveBack(reader: Reader): void {
  if (idle || reader.exitCode !== null || reader.signalCode !== null) {
    reader.kill('SIGKILL')
    return
  }
  idle = reader
  keepAlive(reader, false)
}

function start(): Reader {
  const script = join(projectRoot(), 'main', 'data', 'records', 'parquetProcess.ts')
  const reader = spawn(nodeBinary(), ['--max-old-space-size=1536', script], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  // Its end shows as the end of what it says.
  reader.on('error', () => undefined)
  reader.stdin.on('error', () => undefined)
  reader.once('exit', () => {
    if (idle === reader) idle = null
  })
  return reader
}

/** Whether our process waits for the reader. An idle one must not hold it; it ends when its stdin closes. */
function keepAlive(reader: Reader, on: boolean): void {
  // Pipes of a child are sockets, which the types do not say.
  for (const handle of [reader, reader.stdin as Socket, reader.stdout as unknown as Socket])
    if (on) handle.ref()
    else handle.unref()
}

async function* linesFrom(from: Readable): AsyncGenerator<string> {
  let held: Buffer[] = []
  for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    let begin = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, begin)) {
      held.push(chunk.subarray(begin, end))
      yield Buffer.concat(held).toString('utf8')
      held = []
      begin = end + 1
    }
    if (begin < chunk.length) held.push(chunk.subarray(begin))
  }
}
