/** From where to where the horizontal axis runs when nothing is zoomed into. Pure. */
import type { Domain } from '../../charts/ticks.ts'
import type { CompareX } from '../../state/preferences.ts'
import type { Curve } from './curve.ts'

/** From the beginning of a run, of a clock from the first point; a logarithmic axis begins at the first point above 0. */
export function wholeDomain(curves: Iterable<Curve>, x: CompareX, log: boolean): Domain {
  let first = Infinity
  let last = -Infinity
  for (const { x: at } of curves) {
    if (at.length === 0) continue
    last = Math.max(last, at[at.length - 1] as number)
    for (let i = 0; i < at.length; i++)
      if (!log || (at[i] as number) > 0) {
        first = Math.min(first, at[i] as number)
        break
      }
  }
  if (!(last >= first)) return log ? [1, 10] : [0, 1]
  const low = log || x === 'wall' ? first : 0
  if (last > low) return [low, last]
  return log ? [low, low * 10] : [low, low + 1]
}
