/** From what was read of a run to the curve that is drawn of it. Pure. */
import type { Run } from '../../../main/common/schemas.ts'
import type { SeriesColumns } from '../../../main/common/packedSeries.ts'
import { runColour, runDash } from '../../charts/series.ts'
import { smooth, smoothWindow } from '../../charts/smoothing.ts'
import type { CompareX, CurveSmoothing } from '../../state/preferences.ts'
import { positions } from './axis.ts'
import { merge } from './data/columns.ts'
import type { Held } from './data/loader.ts'
import { isSmoothing } from './smoothing.ts'

/** One line of a chart. All arrays have one entry per bucket. */
export interface Curve {
  /** Of the run; of a group that of its oldest run: so it keeps its colour. */
  id: number
  /** The runs it is made of. */
  runIds: readonly number[]
  metric: string
  name: string
  /** With the number of the run. */
  label: string
  /** Written at the end of the line. */
  endLabel: string
  colour: string
  dash: string
  /** Ascending, in the unit of the axis. */
  x: ArrayLike<number>
  /** The line to follow: means of buckets, smoothed; of a group the mean of its runs. */
  y: ArrayLike<number>
  /** What is drawn faint behind it: the extremes of every bucket, of every run. */
  raw: readonly Raw[]
  /** Of the buckets of the line; of a group those of the run that its places come from. */
  columns: SeriesColumns
  /** Around the line of a group. */
  band: { low: ArrayLike<number>; high: ArrayLike<number>; count: ArrayLike<number> } | null
  /** Points in the store that are behind it. */
  total: number
  /** Whether every point is drawn for itself. */
  whole: boolean
}

export interface Raw {
  x: ArrayLike<number>
  min: ArrayLike<number>
  max: ArrayLike<number>
  columns: SeriesColumns
}

/** Fewer points than this are drawn as they are: smoothing them would only move them. */
const fewest = 24

export function smoothed(
  columns: SeriesColumns,
  { kind, weight, window }: CurveSmoothing,
): ArrayLike<number> {
  // Along steps whatever the axis, so that a curve keeps its form when the axis changes.
  const { lastStep: steps, mean } = columns
  const count = steps.length
  if (count < fewest) return mean
  const range = (steps[count - 1] as number) - (steps[0] as number)
  return kind === 'ema' ? smooth(steps, mean, weight, range) : smoothWindow(steps, mean, window * range, kind)
}

/** @returns null where there is nothing to draw on this axis. */
export function curveOf(
  run: Run,
  held: Held,
  x: CompareX,
  smoothing: CurveSmoothing,
  trainCount: number | null,
): Curve | null {
  const { whole, part, metric } = held
  if (!whole || whole.columns.step.length === 0) return null
  const columns = merge(whole.columns, part?.columns ?? null)
  const at = positions(columns, x, run, trainCount)
  if (!at) return null
  const { min, max } = columns
  const single = min.every((low, i) => low === max[i] || Number.isNaN(low))
  const behind = (isSmoothing(smoothing) && min.length >= fewest) || !single
  return {
    id: run.id,
    runIds: [run.id],
    metric,
    name: run.name,
    label: `${run.id}  ${run.name}`,
    endLabel: `run ${run.id}`,
    colour: runColour(run.id),
    dash: runDash(run.id),
    x: at,
    y: smoothed(columns, smoothing),
    raw: behind ? [{ x: at, min, max, columns }] : [],
    columns,
    band: null,
    total: whole.total,
    whole: single,
  }
}
