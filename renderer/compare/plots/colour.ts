/** Colour of a run by where it stands on an axis: from blue, low, to orange, high; faint where it stands nowhere, NaN. */
import type { Colours } from '../../charts/colours.ts'

/** Colours that are told apart. */
const steps = 64

export function rampOf(colourOf: Colours): (at: number) => string {
  const [low, high] = [colourOf('var(--td-series-0)').rgb, colourOf('var(--td-series-1)').rgb]
  const ramp = Array.from({ length: steps + 1 }, (_, i) => {
    const mixed = low.map((value, c) => Math.round(value + ((high[c] as number) - value) * (i / steps)))
    return `rgb(${mixed.join(' ')})`
  })
  const none = colourOf('var(--td-faint)').css
  return (at) => (Number.isNaN(at) ? none : (ramp[Math.round(steps * Math.min(1, Math.max(0, at)))] ?? none))
}
