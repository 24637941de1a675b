/** Which part of the horizontal axis is shown, in the axis's own unit, and how gestures change it. Pure. */
import type { Domain } from '../../charts/ticks.ts'
import type { Zooming } from '../../charts/useGestures.ts'

/** Null is everything. */
export type View = Domain | null

/** A linear or logarithmic axis, straightened: gestures move as much of it wherever they are. */
export const straight = (value: number, log: boolean): number => (log ? Math.log10(value) : value)
export const bent = (value: number, log: boolean): number => (log ? 10 ** value : value)

/**
 * @param whole from the first to the last point of what is drawn
 * @param least nothing shorter is shown: as much as a few points take
 */
export function zooming(whole: Domain, log: boolean, least: number): Zooming<View> {
  const [first, last] = [straight(whole[0], log), straight(whole[1], log)]
  const ends = (view: View): Domain =>
    view === null ? [first, last] : [straight(Math.max(view[0], whole[0]), log), straight(view[1], log)]
  const within = (from: number, to: number, otherwise: View): View => {
    if (!(to - from < last - first)) return null
    const low = bent(from, log)
    const high = bent(to, log)
    return high - low < least ? otherwise : [low, high]
  }
  return {
    whole: null,
    between: (view, a, b) => {
      const [low, high] = ends(view)
      return within(low + a * (high - low), low + b * (high - low), view)
    },
    by: (view, factor, at) => {
      const [low, high] = ends(view)
      const span = (high - low) * factor
      if (span >= last - first) return null
      const from = Math.max(first, Math.min(last - span, low + at * (high - low - span)))
      return within(from, from + span, view)
    },
    moved: (view, share) => {
      if (view === null) return null
      const [low, high] = ends(view)
      const span = high - low
      const from = Math.max(first, Math.min(last - span, low + share * span))
      return within(from, from + span, view)
    },
  }
}
