/** The lines of a chart: the raw values thin, the line to follow above them, and its name at its end. */
import { memo, useId } from 'react'
import { EndLabels, type LineEnd } from './EndLabels.tsx'
import classes from './LineChart.module.css'
import { linePath, rawPath, type Place, type Plot, type Trace } from './trace.ts'

interface LinesProps {
  traces: readonly Trace[]
  plot: Plot
  toX: Place
  toY: Place
  /** Whether there is room for names at the ends. */
  labelled: boolean
  width: number
  height: number
}

/** Up to this many points each one is marked by a dot. */
const fewPoints = 40

export const Lines = memo(function Lines({ traces, plot, toX, toY, labelled, width, height }: LinesProps) {
  const clip = useId()
  // Many raw lines over each other would hide the smoothed ones.
  const faint = traces.length > 4 ? 0.16 : 0.32
  return (
    <svg className={classes.lines} width={width} height={height} aria-hidden>
      <defs>
        <clipPath id={clip}>
          <rect x={plot.left} y={plot.top - 2} width={plot.width + 3} height={plot.height + 4} />
        </clipPath>
      </defs>
      <g clipPath={`url(#${clip})`} fill="none" strokeLinejoin="round">
        {traces.map(
          (trace) =>
            trace.raw && (
              <path key={trace.id} d={rawPath(trace, toX, toY)} stroke={trace.colour} opacity={faint} />
            ),
        )}
        {traces.map((trace) => (
          <path
            key={trace.id}
            d={linePath(trace.x, trace.y, toX, toY)}
            stroke={trace.colour}
            strokeWidth={1.8}
            strokeDasharray={trace.dash || undefined}
            data-trace={trace.id}
          />
        ))}
        {traces.map((trace) => !trace.raw && trace.x.length <= fewPoints && dots(trace, toX, toY))}
      </g>
      {labelled && <EndLabels ends={endsOf(traces, toY)} plot={plot} />}
    </svg>
  )
})

const dots = (trace: Trace, toX: Place, toY: Place) =>
  trace.x.map((x, i) => {
    const y = toY(trace.y[i] as number)
    if (!Number.isFinite(y)) return null
    return <circle key={`${trace.id} ${i}`} cx={toX(x)} cy={y} r={2.4} fill={trace.colour} />
  })

const endsOf = (traces: readonly Trace[], toY: Place): LineEnd[] =>
  traces.flatMap(({ id, endLabel, colour, y }) =>
    y.length > 0 ? [{ id, text: endLabel, colour, y: toY(y[y.length - 1] as number) }] : [],
  )
