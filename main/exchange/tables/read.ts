/** Reads a table of metrics as pieces. */
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { UserError } from '../../common/errors.ts'
import type { TableReading } from '../../common/exchange/exchange.ts'
import type { Curve } from '../curve.ts'
import { curveOf, piecesOf } from '../curves.ts'
import type { Piece, ReadTask } from '../piece.ts'
import { fileError } from '../refuse.ts'
import type { Row } from './cell.ts'
import { guessReading } from './guess.ts'
import { aboutOf, endingOf } from './head.ts'
import { openRows, type TableForm } from './rows.ts'
import { newRun, runIn, takeRow, type RunSoFar } from './take.ts'

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

interface TableRun extends RunSoFar {
  name: string
  curves: Map<string, Curve>
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
  const runs = new Map<string, TableRun>()
  const table = await openRows(
    path,
    form,
    (bytes) => onProgress(bytes, size, name),
    // What was there after that step was made again.
    (step) => runs.forEach(({ curves }) => curves.forEach((curve) => curve.dropFrom(step + 1))),
  )
  if (form === 'csv') refuseUnknown(chosen, table.columns)
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
  const { start, end } = table.said
  for (const { name: key, curves, began, ended } of filled) {
    const called = start?.name && filled.length === 1 ? start.name : key
    yield* piecesOf({
      key,
      name: called.slice(0, 120),
      origin: { kind: 'csv', path, name: called, settings: start?.settings ?? {} },
      about: { ...(start && aboutOf(start)), ...(end && filled.length === 1 && endingOf(end)) },
      curves,
      began,
      ended,
      otherwise: start?.createdAt ?? Math.round(mtimeMs),
    })
  }
}

const note = (text: string): Piece => ({ kind: 'note', note: text })

function take(
  row: Row,
  reading: TableReading,
  runs: Map<string, TableRun>,
  fallback: string,
  left: { step: number; metric: number },
): void {
  const key = runIn(row, reading) ?? fallback
  let into = runs.get(key)
  if (!into) runs.set(key, (into = { ...newRun(), name: key, curves: new Map() }))
  const taken = takeRow(row, reading, reading.metrics, into)
  if (typeof taken === 'string') {
    left[taken]++
    return
  }
  for (const [metric, value] of taken.values)
    curveOf(into.curves, metric).add(taken.step, value, taken.epoch, taken.time)
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
export function ownName(path: string): string {
  const name = basename(path).replace(/\.(csv|tsv|jsonl|ndjson|json|txt|log)$/i, '')
  return /^(metrics|progress|log|history|results)$/i.test(name) ? basename(dirname(path)) || name : name
}
