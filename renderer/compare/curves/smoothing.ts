/** How the lines are smoothed, in words. Pure. */
import type { CurveSmoothing } from '../../state/preferences.ts'
import { percent } from '../../ui/format.ts'

export const isSmoothing = ({ kind, weight, window }: CurveSmoothing): boolean =>
  kind === 'ema' ? weight > 0 : window > 0

/** In short, as it stands on the button and in a figure. */
export const smoothingTitle = (smoothing: CurveSmoothing): string =>
  !isSmoothing(smoothing)
    ? 'not smoothed'
    : smoothing.kind === 'ema'
      ? `smoothing ${smoothing.weight.toFixed(2)}`
      : `${smoothing.kind} over ${percent(smoothing.window)}`
