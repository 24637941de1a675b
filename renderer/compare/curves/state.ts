/** What is drawn, in words. Pure. */
import { count, counted } from '../../ui/format.ts'
import { lowerBound } from './axis.ts'
import type { Curve } from './curve.ts'
import type { View } from './view.ts'

/**
 * "12,480 points, min–max per pixel". Of what is zoomed into, those within; about how many where only buckets are known.
 *
 * @param width of the plot in pixels
 */
export function statePoints(curves: readonly Curve[], view: View, width: number): string {
  let points = 0
  let single = true
  let widest = 0
  for (const { x, raw, total, whole } of curves)
    for (const one of raw.length > 0 ? raw : [{ x, columns: null }]) {
      const from = view === null ? 0 : lowerBound(one.x, view[0])
      let to = view === null ? one.x.length : lowerBound(one.x, view[1])
      if (view !== null && one.x[to] === view[1]) to++
      const shown = to - from
      const everyPoint = whole || allSingle(one.columns, from, to)
      if (everyPoint) points += shown
      else {
        single = false
        points += view === null ? total / Math.max(1, raw.length) : within(one.columns, from, to)
        if (shown > 0) widest = Math.max(widest, width / shown)
      }
    }
  if (points === 0) return 'no points yet'
  if (single) return `${counted(points, 'point')}, every one drawn`
  const about = view === null ? '' : 'about '
  const pixels = Math.round(widest)
  return `${about}${count(points)} points, min–max per ${pixels > 1 ? `${pixels} pixels` : 'pixel'}`
}

type Columns = Curve['raw'][number]['columns'] | null

const allSingle = (columns: Columns, from: number, to: number): boolean => {
  if (columns === null) return true
  for (let i = from; i < to; i++) if (columns.step[i] !== columns.lastStep[i]) return false
  return true
}

/** Steps that buckets span; a metric that is logged at each of them has as many points. */
function within(columns: Columns, from: number, to: number): number {
  let steps = 0
  if (columns)
    for (let i = from; i < to; i++) steps += (columns.lastStep[i] as number) - (columns.step[i] as number) + 1
  return steps
}
