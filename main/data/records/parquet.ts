/**
 * Records of a Parquet file, read in a process of its own: decoding a row group can take seconds and cannot be
 * interrupted, and a damaged file may make it run wild. The two speak JSON lines.
 */
import { spawn } from 'node:child_process'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'
import { projectRoot } from '../../paths.ts'
import { firstBytes } from '../files.ts'
import { nodeBinary } from '../nodeBinary.ts'
import { figure, refuse } from '../refuse.ts'
import { distinctNames, mostColumns, sampleRows } from './format.ts'
import type { Limits, RecordRow, Records } from './format.ts'
import type { Ask, Said } from './parquetProcess.ts'

/** Without a word for so long, something is wrong with the file, or the machine. */
const patience = 120_000 // ms

/** @throws UserError `data/parquet`, `data/table-columns`, `data/table-empty` */
export async function openParquet(path: string, limits: Limits): Promise<Records> {
  const name = basename(path)
  if ((await firstBytes(path, 4)).toString('latin1') !== 'PAR1')
    refuse('parquet', `${name} is no Parquet file: it does not begin with PAR1.`, 'Choose another file.')
  let head: Extract<Said, { columns: unknown }> | null = null
  const sample: (string | null)[][] = []
  for await (const said of conversation({ path, only: null, rows: sampleRows })) {
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
    approximateRows: Math.min(limits.rows, known.rowCount),
    exact: true,
    reasons: [
      `${name} is Parquet: ${figure(known.rowCount)} rows in ${figure(known.groups)} row group${known.groups === 1 ? '' : 's'}.`,
    ],
    sample,
    rows: () => rowsOf(path, limits),
  }
}

async function* rowsOf(path: string, { rows, only }: Limits): AsyncGenerator<RecordRow> {
  let number = 0
  for await (const said of conversation({ path, only, rows: rows === Infinity ? null : rows })) {
    if (!('rows' in said)) continue
    for (const cells of said.rows) {
      number += 1
      yield { number, cells, problem: problemOf(cells) }
    }
  }
}

const problemOf = (cells: readonly (string | null)[]): string | null =>
  cells.some((cell) => cell?.includes('\0')) ? 'it has a zero byte' : null

/** What the process says, until it has said everything. Leaving early ends it. @throws UserError `data/parquet` */
async function* conversation(ask: Ask): AsyncGenerator<Said> {
  const script = join(projectRoot(), 'main', 'data', 'records', 'parquetProcess.ts')
  const child = spawn(nodeBinary(), ['--max-old-space-size=1536', script, JSON.stringify(ask)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const over = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(code === 0 ? '' : `the reader ended with ${signal ?? code}`))
  })
  let late: NodeJS.Timeout | undefined
  const wait = (): void => {
    clearTimeout(late)
    late = setTimeout(() => child.kill('SIGKILL'), patience)
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
    for await (const line of linesFrom(child.stdout)) {
      wait()
      const said = JSON.parse(line) as Said
      if ('error' in said) failed(said.error)
      if ('done' in said) done = true
      else yield said
    }
    if (!done) failed((await over) || 'the reader ended early')
  } finally {
    clearTimeout(late)
    if (child.exitCode === null) child.kill('SIGKILL')
  }
}

async function* linesFrom(from: Readable): AsyncGenerator<string> {
  let held: Buffer[] = []
  for await (const chunk of from as AsyncIterable<Buffer>) {
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
