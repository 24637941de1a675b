/** Reads a table of metrics as pieces. */
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { UserError } from '../../common/errors.ts'
import type { TableReading } from '../../common/exchange/exchange.ts'
import type { Curve } from '../curve.ts'
import { curveOf, piecesOf } from '../curves.ts'
import type { Piece, ReadTask } from '../piece.ts'
import { fileError } from '../refuse.ts'
import { isMissing, numberIn, timeIn, type Cell, type Row } from './cell.ts'
import { guessReading } from './guess.ts'
import { openRows, type TableForm } from './rows.ts'

/** Rows that a guess looks at. */
const sampled = 500

export interface TableLook {
  columns: string[]
  rows: string[][]
  reading: TableReading
  reasons: string[]
}

/** Its columns, its first rows and how it would be read. @throws UserError `exchange/damaged`, `exchange/file` */
export async function lookAtTable(path: string, form: TableForm): Promise<TableLook> {
  const { columns, rows } = await openRows(path, form, () => undefined)
  const sample: Row[] = []
  for await (const row of rows) if (sample.push(row) >= sampled) break
  const cells = sample.map((row) => columns.map((column) => row(column)))
  return {
    columns: [...columns],
    rows: cells
      .slice(0, 20)
      .map((row) => row.map((cell) => (cell == null ? '' : String(cell).slice(0, 200)))),
    ...guessReading(columns, cells),
  }
}

interface TableRun {
  name: string
  curves: Map<string, Curve>
  /** Seconds since 1970. */
  began: number | null
  ended: number | null
  /** Rows so far: steps where no column has them. */
  rows: number
  epoch: number
}

/**
 * @param reading null: as guessed
 * @throws UserError `exchange/nothing`, `exchange/column`, `exchange/damaged`, `exchange/file`
 */
export async function* readTable(
  path: string,
  form: TableForm,
  reading: TableReading | null,
  { signal, onProgress }: ReadTask,
): AsyncGenerator<Piece> {
  const chosen = reading ?? (await lookAtTable(path, form)).reading
  const { mtimeMs, size } = await stat(path).catch((error: unknown) => {
    throw fileError(path, error)
  })
  const name = ownName(path)
  const table = await openRows(path, form, (bytes) => onProgress(bytes, size, name))
  if (form === 'csv') refuseUnknown(chosen, table.columns)
  const runs = new Map<string, TableRun>()
  const left = { step: 0, metric: 0 }
  for await (const row of table.rows) {
    signal.throwIfAborted()
    take(row, chosen, runs, name, left)
  }
  const filled = [...runs.values()].filter(({ curves }) => curves.size > 0)
  if (filled.length === 0)
    throw new UserError({
      code: 'exchange/nothing',
      what: `No metrics were found in ${path}: ${table.columns.slice(0, 12).join(', ') || 'it has no columns'}.`,
      mend: 'It needs a header row and numbers: step, loss, ...; or run, metric, step, value. Say which column is which.',
    })
  if (left.step > 0)
    yield note(`${left.step} rows without a whole number from 0 on in “${chosen.step}” were left out.`)
  if (left.metric > 0) yield note(`${left.metric} rows without a metric’s name or a number were left out.`)
  const { count, last } = table.skipped
  if (count === 1 && last)
    yield note('The last line is incomplete and was left out, as while a program still writes.')
  else if (count > 0) yield note(`${count} lines are no JSON objects and were left out.`)
  for (const { name: key, curves, began, ended } of filled)
    yield* piecesOf({
      key,
      name: key.slice(0, 120),
      origin: { kind: 'csv', path, name: key, settings: {} },
      curves,
      began,
      ended,
      otherwise: Math.round(mtimeMs),
    })
}

const note = (text: string): Piece => ({ kind: 'note', note: text })

function take(
  row: Row,
  { step, epoch, time, run, metric, value, metrics }: TableReading,
  runs: Map<string, TableRun>,
  fallback: string,
  left: { step: number; metric: number },
): void {
  const key = run === null || isMissing(row(run)) ? fallback : String(row(run)).trim()
  let into = runs.get(key)
  if (!into)
    runs.set(key, (into = { name: key, curves: new Map(), began: null, ended: null, rows: 0, epoch: 0 }))
  const at = step === null ? into.rows++ : numberIn(row(step))
  if (at === null || !Number.isSafeInteger(at) || at < 0) {
    left.step++
    return
  }
  // Rows between two epochs may leave it out.
  const epochs = epoch === null ? null : numberIn(row(epoch))
  if (epochs !== null && Number.isFinite(epochs)) into.epoch = epochs
  const when = time === null ? null : timeIn(row(time))
  if (when?.absolute) {
    into.began = Math.min(into.began ?? Infinity, when.seconds)
    into.ended = Math.max(into.ended ?? -Infinity, when.seconds)
  }
  const seconds = when?.seconds ?? into.ended ?? 0
  if (metric !== null && value !== null) {
    const name: Cell | undefined = row(metric)
    const number = numberIn(row(value))
    if (isMissing(name) || number === null) left.metric++
    else curveOf(into.curves, String(name).trim()).add(at, number, into.epoch, seconds)
    return
  }
  for (const name of metrics) {
    const number = numberIn(row(name))
    if (number !== null) curveOf(into.curves, name).add(at, number, into.epoch, seconds)
  }
}

function refuseUnknown(reading: TableReading, columns: readonly string[]): void {
  const { metrics, ...roles } = reading
  const unknown = [...Object.values(roles), ...metrics].find(
    (name) => name !== null && !columns.includes(name),
  )
  if (unknown == null) return
  throw new UserError({
    code: 'exchange/column',
    what: `There is no column “${unknown}”.`,
    mend: `The columns are ${columns.slice(0, 30).join(', ')}.`,
  })
}

/** The file's name; of one that everybody calls metrics, the folder's. */
function ownName(path: string): string {
  const name = basename(path).replace(/\.(csv|tsv|jsonl|ndjson|json|txt|log)$/i, '')
  return /^(metrics|progress|log|history|results)$/i.test(name) ? basename(dirname(path)) || name : name
}
