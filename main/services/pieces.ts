/** Points cut into pieces that are each written in a few milliseconds. */
import type { Point } from '../store/index.ts'

/** About 5 ms on two slow cores. */
const most = 1500

/** Points that cost as much as a metric's summary and levels, which a piece writes once for each of its metrics. */
const perMetric = 20

/** A metric's points stand together, for that, and in the order in which they came. */
export function* pieces(points: readonly Point[]): Generator<Point[]> {
  const byMetric = new Map<string, Point[]>()
  for (const point of points) {
    const same = byMetric.get(point.metric)
    if (same) same.push(point)
    else byMetric.set(point.metric, [point])
  }
  let piece: Point[] = []
  let cost = 0
  for (const all of byMetric.values())
    for (let from = 0; from < all.length;) {
      if (cost + perMetric >= most) {
        yield piece
        piece = []
        cost = 0
      }
      const some = all.slice(from, from + most - cost - perMetric)
      piece.push(...some)
      cost += some.length + perMetric
      from += some.length
    }
  if (piece.length > 0) yield piece
}
