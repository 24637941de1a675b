/** A small chart of one quantity: its line, its extremes, the cursor that all charts of a page share. */
import { useElementSize } from '@mantine/hooks'
import { memo, useMemo } from 'react'
import { xDomainOf } from './LineChart.tsx'
import classes from './MiniChart.module.css'
import { useCursor } from './sharedCursor.ts'
import { valueDomain, type Domain } from './ticks.ts'
import {
  linePath,
  nearest,
  placeX,
  placeY,
  rawPath,
  unplaceX,
  type Place,
  type Plot,
  type Trace,
} from './trace.ts'
import { stepToX, xToStep, type Zoom } from './zoom.ts'

interface MiniChartProps {
  label: string
  traces: readonly Trace[]
  zoom: Zoom
  logX: boolean
  log?: boolean
  format: (value: number) => string
  onZoom: (zoom: Zoom) => void
}

const gridLines = 2

export const MiniChart = memo(function MiniChart(props: MiniChartProps) {
  const { label, traces, zoom, logX, log = false, format } = props
  const { ref, width, height } = useElementSize()
  const drawn = useMemo(() => {
    const plot: Plot = { left: 0, top: 4, width: Math.floor(width), height: Math.floor(height) - 8 }
    if (plot.width < 20 || plot.height < 16 || !traces.some((one) => one.x.length > 0)) return null
    const xDomain = xDomainOf(traces, zoom, logX)
    const seen = traces.flatMap(({ buckets, x }) =>
      buckets.flatMap(({ min, max }, i) => {
        const at = x[i] as number
        return at >= xDomain[0] && at <= xDomain[1] ? [[min, max] as const] : []
      }),
    )
    const yDomain = valueDomain(seen, log)
    const toX = placeX(plot, xDomain, logX)
    const toY = placeY(plot, yDomain, log)
    const high = Math.max(...seen.map(([, max]) => max))
    const low = Math.min(...seen.map(([min]) => min))
    return { plot, xDomain, toX, toY, high, low }
  }, [traces, zoom, logX, log, width, height])
  return (
    <div ref={ref} className={classes.frame}>
      {drawn && (
        <svg
          width={drawn.plot.width}
          height={Math.floor(height)}
          role="img"
          aria-label={label}
          onPointerMove={(event) => {
            const box = event.currentTarget.getBoundingClientRect()
            const x = unplaceX(drawn.plot, drawn.xDomain, logX)(event.clientX - box.left)
            useCursor.setState({ step: xToStep(traces, x) })
          }}
          onPointerLeave={() => useCursor.setState({ step: null })}
          onDoubleClick={() => props.onZoom(null)}
        >
          <Lines traces={traces} plot={drawn.plot} toX={drawn.toX} toY={drawn.toY} />
          <Reading {...drawn} traces={traces} format={format} />
        </svg>
      )}
    </div>
  )
})

interface LinesProps {
  traces: readonly Trace[]
  plot: Plot
  toX: Place
  toY: Place
}

/** Drawn anew with new data only, not where the cursor moves; and never searched for what is beneath the pointer. */
const Lines = memo(function Lines({ traces, plot, toX, toY }: LinesProps) {
  return (
    <g fill="none" strokeLinejoin="round" pointerEvents="none">
      {Array.from({ length: gridLines + 1 }, (_, i) => {
        const y = 4 + (i * plot.height) / gridLines
        return <line key={i} x2={plot.width} y1={y} y2={y} stroke="var(--td-grid)" />
      })}
      {traces.map(
        (one) =>
          one.raw && (
            <path key={`raw ${one.id}`} d={rawPath(one, toX, toY)} stroke={one.colour} opacity={0.35} />
          ),
      )}
      {traces.map((one) => (
        <path
          key={one.id}
          d={linePath(one.x, one.y, toX, toY)}
          stroke={one.colour}
          strokeWidth={1.5}
          strokeDasharray={one.dash || undefined}
        />
      ))}
    </g>
  )
})

interface ReadingProps extends LinesProps {
  xDomain: Domain
  high: number
  low: number
  format: (value: number) => string
}

/** The values at the cursor; without one, the extremes. */
function Reading({ traces, plot, xDomain, toX, toY, high, low, format }: ReadingProps) {
  const shared = useCursor((s) => s.step)
  const at = shared === null ? null : stepToX(traces, shared)
  if (at === null)
    return (
      <g pointerEvents="none">
        <text x={plot.width - 2} y={13} className={classes.extreme}>
          {format(high)}
        </text>
        {low < high && (
          <text x={plot.width - 2} y={plot.height + 2} className={classes.extreme}>
            {format(low)}
          </text>
        )}
      </g>
    )
  if (at < xDomain[0] || at > xDomain[1]) return null
  const px = toX(at)
  const flip = px > plot.width * 0.6
  return (
    <g pointerEvents="none">
      <line x1={px} x2={px} y1={4} y2={4 + plot.height} stroke="var(--td-faint)" />
      {traces.map((one, i) => {
        const value = one.y[nearest(one.x, at)]
        if (value === undefined || !Number.isFinite(toY(value))) return null
        return (
          <g key={one.id}>
            <circle cx={px} cy={toY(value)} r={3} fill={one.colour} />
            <text
              x={px + (flip ? -6 : 6)}
              y={15 + 14 * i}
              textAnchor={flip ? 'end' : 'start'}
              className={classes.reading}
            >
              {format(value)}
            </text>
          </g>
        )
      })}
    </g>
  )
}
