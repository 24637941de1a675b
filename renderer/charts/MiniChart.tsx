/** A small chart of one quantity: its line, its extremes, the cursor that all charts of a page share. */
import { useElementSize } from '@mantine/hooks'
import { memo, useMemo } from 'react'
import { xDomainOf } from './LineChart.tsx'
import classes from './MiniChart.module.css'
import { useCursor } from './sharedCursor.ts'
import { valueDomain } from './ticks.ts'
import { linePath, nearest, placeX, placeY, rawPath, unplaceX, type Plot, type Trace } from './trace.ts'
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

const lines = 2

export const MiniChart = memo(function MiniChart(props: MiniChartProps) {
  const { label, traces, zoom, logX, log = false, format } = props
  const { ref, width, height } = useElementSize()
  const shared = useCursor((s) => s.step)
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
  const at = shared === null ? null : stepToX(traces, shared)
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
          {Array.from({ length: lines + 1 }, (_, i) => {
            const y = 4 + (i * drawn.plot.height) / lines
            return <line key={i} x2={drawn.plot.width} y1={y} y2={y} stroke="var(--td-grid)" />
          })}
          <g fill="none" strokeLinejoin="round">
            {traces.map(
              (one) =>
                one.raw && (
                  <path
                    key={`raw ${one.id}`}
                    d={rawPath(one, drawn.toX, drawn.toY)}
                    stroke={one.colour}
                    opacity={0.35}
                  />
                ),
            )}
            {traces.map((one) => (
              <path
                key={one.id}
                d={linePath(one.x, one.y, drawn.toX, drawn.toY)}
                stroke={one.colour}
                strokeWidth={1.5}
                strokeDasharray={one.dash || undefined}
              />
            ))}
          </g>
          {at === null && (
            <>
              <text x={drawn.plot.width - 2} y={13} className={classes.extreme}>
                {format(drawn.high)}
              </text>
              {drawn.low < drawn.high && (
                <text x={drawn.plot.width - 2} y={Math.floor(height) - 6} className={classes.extreme}>
                  {format(drawn.low)}
                </text>
              )}
            </>
          )}
          {at !== null && at >= drawn.xDomain[0] && at <= drawn.xDomain[1] && (
            <Reading
              traces={traces}
              at={at}
              toX={drawn.toX}
              toY={drawn.toY}
              plot={drawn.plot}
              format={format}
            />
          )}
        </svg>
      )}
    </div>
  )
})

interface ReadingProps {
  traces: readonly Trace[]
  at: number
  toX: (value: number) => number
  toY: (value: number) => number
  plot: Plot
  format: (value: number) => string
}

function Reading({ traces, at, toX, toY, plot, format }: ReadingProps) {
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
