/** Which steps a chart shows, and how they stand on an axis of epochs or time. Pure. */
import type { Domain } from './ticks.ts'
import type { Trace } from './trace.ts'

/** Steps from and to; null is the whole run. */
export type Zoom = Domain | null

/** Fewer steps than this cannot be zoomed into. */
const fewest = 4

const longestOf = (traces: readonly Trace[]): Trace | null =>
  traces.reduce<Trace | null>((a, b) => (a === null || b.x.length > a.x.length ? b : a), null)

/** Where a step stands on the axis, between the points of the longest line; beyond its ends as they go on. */
export function stepToX(traces: readonly Trace[], step: number): number {
  const trace = longestOf(traces)
  if (!trace || trace.x.length === 0) return step
  return along(
    trace.buckets.map(({ lastStep }) => lastStep),
    trace.x,
    step,
  )
}

/** The step that stands at a place of the axis. */
export function xToStep(traces: readonly Trace[], x: number): number {
  const trace = longestOf(traces)
  if (!trace || trace.x.length === 0) return x
  return along(
    trace.x,
    trace.buckets.map(({ lastStep }) => lastStep),
    x,
  )
}

/** Linear between ascending points; the run began at 0 of everything. */
function along(from: readonly number[], to: readonly number[], at: number): number {
  const last = from.length - 1
  let high = from.findIndex((value) => value >= at)
  if (high === -1) high = last
  const low = high - 1
  const [x0, y0] = low >= 0 ? [from[low] as number, to[low] as number] : [0, 0]
  const x1 = from[high] as number
  const y1 = to[high] as number
  return x1 === x0 ? y1 : y0 + ((at - x0) / (x1 - x0)) * (y1 - y0)
}

/** Steps between two, in order, whole and within the run; null when they are all of it or too few to see. */
export function zoomTo(a: number, b: number, full: number): Zoom {
  const low = Math.max(0, Math.floor(Math.min(a, b)))
  const high = Math.min(full, Math.ceil(Math.max(a, b)))
  if (high - low < fewest || high - low >= full) return null
  return [low, high]
}

/** Nearer (factor below 1) or further from a step, which stays where it is on the screen. */
export function zoomBy(zoom: Zoom, factor: number, around: number, full: number): Zoom {
  const [low, high] = zoom ?? [0, full]
  const span = (high - low) * factor
  if (span >= full) return null
  if (span < fewest) return zoom
  const part = high > low ? (around - low) / (high - low) : 0.5
  const from = Math.max(0, Math.min(full - span, around - part * span))
  return zoomTo(from, from + span, full)
}

/** Moved by a share of what is shown, to the right when positive; never beyond the run. */
export function panBy(zoom: Zoom, share: number, full: number): Zoom {
  if (!zoom) return null
  const span = zoom[1] - zoom[0]
  const from = Math.max(0, Math.min(full - span, Math.round(zoom[0] + share * span)))
  return [from, from + span]
}
