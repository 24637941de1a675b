import type { Domain } from '../../charts/ticks.ts'
import { lowerBound } from './axis.ts'
import type { Curve } from './curve.ts'

/** Of all that is drawn between the ends of an axis, as far as it has a place. */
export function extremes(curves: readonly Curve[], [from, to]: Domain, log: boolean): Domain {
  let low = Infinity
  let high = -Infinity
  const see = (x: ArrayLike<number>, least: ArrayLike<number>, most: ArrayLike<number>): void => {
    for (let i = lowerBound(x, from); i < x.length && (x[i] as number) <= to; i++) {
      const [down, up] = [least[i] as number, most[i] as number]
      if (Number.isFinite(up) && up > high) high = up
      const lowest = log && down <= 0 ? up : down
      if (Number.isFinite(lowest) && lowest < low && (!log || lowest > 0)) low = lowest
    }
  }
  for (const { x, y, raw, band } of curves) {
    for (const { x, min, max } of raw) see(x, min, max)
    if (raw.length === 0) see(x, y, y)
    if (band) see(x, band.low, band.high)
  }
  return [low, high]
}
