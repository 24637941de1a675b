/** Names of lines beside their ends, moved apart where they would stand on each other. For an `<svg>`. */
import classes from './LineChart.module.css'
import { spread } from './ticks.ts'
import type { Plot } from './trace.ts'

export interface LineEnd {
  id: string | number
  text: string
  colour: string
  /** In pixels; none is written where it is not finite. */
  y: number
  dimmed?: boolean
}

/** How many names fit, how wide their letters are, and the width of a chart that has room for them. */
export const endLabels = { most: 10, character: 6.4, leastWidth: 420 }
const lineHeight = 13

/** Pixels that the names take at the right of the plot. */
export const roomFor = (texts: readonly string[]): number =>
  14 + Math.max(0, ...texts.map(({ length }) => length)) * endLabels.character

export function EndLabels({ ends, plot }: { ends: readonly LineEnd[]; plot: Plot }) {
  const written = ends.filter(({ y }) => Number.isFinite(y))
  const places = spread(
    written.map(({ y }) => y),
    lineHeight,
    [plot.top + 4, plot.top + plot.height - 2],
  )
  return written.map(({ id, text, colour, dimmed }, i) => (
    <text
      key={id}
      x={plot.left + plot.width + 8}
      y={(places[i] ?? 0) + 3.5}
      fill={colour}
      opacity={dimmed ? 0.35 : undefined}
      className={classes.endLabel}
    >
      {text}
    </text>
  ))
}
