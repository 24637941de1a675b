/** What one row of a table of metrics says, by which column means what. Pure. */
import type { TableReading } from '../../common/exchange/exchange.ts'
import { isMissing, numberIn, timeIn, type Row } from './cell.ts'

/** Of one run, what its later rows depend on. Plain data. */
export interface RunSoFar {
  /** Rows so far: steps where no column has them. */
  rows: number
  epoch: number
  /** Seconds since 1970 of its first row and its last; null where no column tells. */
  began: number | null
  ended: number | null
}

export const newRun = (): RunSoFar => ({ rows: 0, epoch: 0, began: null, ended: null })

export interface TakenRow {
  step: number
  epoch: number
  /** Since 1970 where the run has such times, else since its start. */
  time: number
  /** NaN and infinities among them. */
  values: [metric: string, value: number][]
}

/** Which run a row is of; null: the only one. */
export const runIn = (row: Row, { run }: TableReading): string | null =>
  run === null || isMissing(row(run)) ? null : String(row(run)).trim()

/**
 * @param into is brought up to the row
 * @param metrics columns that are metrics, in the wide form
 * @returns which column is at fault where the row says nothing
 */
export function takeRow(
  row: Row,
  { step, epoch, time, metric, value }: TableReading,
  metrics: Iterable<string>,
  into: RunSoFar,
): TakenRow | 'step' | 'metric' {
  const at = step === null ? into.rows++ : numberIn(row(step))
  if (at === null || !Number.isSafeInteger(at) || at < 0) return 'step'
  // Rows between two epochs may leave it out.
  const epochs = epoch === null ? null : numberIn(row(epoch))
  if (epochs !== null && Number.isFinite(epochs)) into.epoch = epochs
  const when = time === null ? null : timeIn(row(time))
  if (when?.absolute) {
    into.began = Math.min(into.began ?? Infinity, when.seconds)
    into.ended = Math.max(into.ended ?? -Infinity, when.seconds)
  }
  const taken: TakenRow = { step: at, epoch: into.epoch, time: when?.seconds ?? into.ended ?? 0, values: [] }
  if (metric !== null && value !== null) {
    const name = row(metric)
    const number = numberIn(row(value))
    if (isMissing(name) || number === null) return 'metric'
    taken.values.push([String(name).trim(), number])
    return taken
  }
  for (const name of metrics) {
    const number = numberIn(row(name))
    if (number !== null) taken.values.push([name, number])
  }
  return taken
}
