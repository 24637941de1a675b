/** From the buckets of the store to what is drawn: positions, a smoothed line, SVG paths. Pure. */
import type { Bucket, Series } from '../../main/common/schemas.ts'
import type { XAxis } from '../state/preferences.ts'
import { count } from '../ui/format.ts'
import { smooth } from './smoothing.ts'
import type { Domain } from './ticks.ts'

/** One line of a chart. All arrays have one entry per bucket. */
export interface Trace {
  id: string
  label: string
  /** Written at the end of the line. */
  endLabel: string
  colour: string
  dash: string
  buckets: readonly Bucket[]
  x: readonly number[]
  /** The line to follow: the bucket means, smoothed. */
  y: readonly number[]
  /** True where the raw values are drawn thin beneath the smoothed line. */
  raw: boolean
}

const position: Record<XAxis, (bucket: Bucket) => number> = {
  step: (bucket) => bucket.lastStep,
  epoch: (bucket) => bucket.epoch,
  time: (bucket) => bucket.seconds,
}

/** Fewer points than this are drawn as they are: smoothing them would only move them. */
const fewest = 24

export function trace(
  series: Series,
  look: { label: string; endLabel?: string; colour: string; dash: string; smoothing: number; x: XAxis },
): Trace {
  const { buckets } = series
  const steps = buckets.map(position.step)
  const means = buckets.map((bucket) => bucket.mean)
  const smoothed = look.smoothing > 0 && buckets.length >= fewest
  return {
    id: `${series.runId}/${series.metric}`,
    label: look.label,
    endLabel: look.endLabel ?? look.label,
    colour: look.colour,
    dash: look.dash,
    buckets,
    x: look.x === 'step' ? steps : buckets.map(position[look.x]),
    // Smoothed along steps whatever the axis, so that a curve keeps its form when the axis changes.
    y: smoothed ? smooth(steps, means, look.smoothing) : means,
    raw: smoothed || buckets.some((bucket) => bucket.min < bucket.max),
  }
}

export interface Plot {
  left: number
  top: number
  width: number
  height: number
}

export type Place = (value: number) => number

/** NaN where a value has no place on a logarithmic axis. */
export function placeX(plot: Plot, [low, high]: Domain, log = false): Place {
  if (log) {
    const from = Math.log10(low)
    const perDecade = plot.width / (Math.log10(high) - from)
    return (value) => (value > 0 ? plot.left + (Math.log10(value) - from) * perDecade : NaN)
  }
  const perUnit = high > low ? plot.width / (high - low) : 0
  return (value) => plot.left + (value - low) * perUnit
}

/** The value at a pixel from the left of the plot. */
export const unplaceX =
  (plot: Plot, [low, high]: Domain, log: boolean) =>
  (pixel: number): number => {
    const part = pixel / plot.width
    return log ? low * (high / low) ** part : low + part * (high - low)
  }

/** NaN where a value has no place on a logarithmic axis. */
export function placeY(plot: Plot, [low, high]: Domain, log: boolean): Place {
  const bottom = plot.top + plot.height
  if (!log) return (value) => bottom - ((value - low) / (high - low)) * plot.height
  const from = Math.log10(low)
  const perDecade = plot.height / (Math.log10(high) - from)
  return (value) => (value > 0 ? bottom - (Math.log10(value) - from) * perDecade : NaN)
}

/** SVG path through the points; a value that has no place breaks the line. */
export function linePath(x: readonly number[], y: readonly number[], toX: Place, toY: Place): string {
  let path = ''
  let pen = 'M'
  for (let i = 0; i < x.length; i++) {
    const px = toX(x[i] as number)
    const py = toY(y[i] as number)
    if (!Number.isFinite(py) || !Number.isFinite(px)) {
      pen = 'M'
      continue
    }
    path += `${pen}${px.toFixed(1)} ${py.toFixed(1)}`
    pen = 'L'
  }
  return path
}

/** The raw values: through minimum and maximum of every bucket, so that a spike of one step is seen. */
export function rawPath(trace: Trace, toX: Place, toY: Place): string {
  const x: number[] = []
  const y: number[] = []
  trace.buckets.forEach((bucket, i) => {
    const at = trace.x[i] as number
    if (bucket.min === bucket.max) {
      x.push(at)
      y.push(bucket.last)
    } else {
      // Down then up in turn: neighbouring buckets join at like ends.
      x.push(at, at)
      if (i % 2 === 0) y.push(bucket.min, bucket.max)
      else y.push(bucket.max, bucket.min)
    }
  })
  return linePath(x, y, toX, toY)
}

/** Index of the value nearest to `at` in ascending `x`; -1 when there is none. */
export function nearest(x: ArrayLike<number>, at: number): number {
  let low = 0
  let high = x.length - 1
  if (high < 0) return -1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((x[middle] as number) < at) low = middle
    else high = middle
  }
  return Math.abs((x[low] as number) - at) <= Math.abs((x[high] as number) - at) ? low : high
}

/** What is drawn, stated: "12,480 points, min–max per pixel". */
export function statePoints(series: readonly Series[]): string {
  const total = series.reduce((sum, one) => sum + one.total, 0)
  if (total === 0) return 'no points yet'
  const whole = series.every((one) => one.buckets.length === one.total)
  const points = total === 1 ? '1 point' : `${count(total)} points`
  return whole ? `${points}, every one drawn` : `${points}, min–max per pixel`
}
