/**
 * A line chart of traces. Recharts lays out axes, grid and marks; the lines themselves are one SVG path each,
 * so a redraw costs the same for ten points and for ten thousand.
 */
import { useElementSize } from '@mantine/hooks'
import { memo, useEffect, useId, useMemo, type ReactNode } from 'react'
import { CartesianGrid, ComposedChart, ReferenceLine, XAxis, YAxis } from 'recharts'
import type { XAxis as XQuantity } from '../state/preferences.ts'
import { count, duration, tickLabel } from '../ui/format.ts'
import { Cursor } from './Cursor.tsx'
import classes from './LineChart.module.css'
import { linearTicks, logTicks, spread, timeTicks, valueDomain, type Domain } from './ticks.ts'
import { linePath, placeX, placeY, rawPath, type Plot, type Trace } from './trace.ts'

export interface Mark {
  x: number
  label: string
}

export interface LineChartProps {
  /** Read out by screen readers. */
  label: string
  testId?: string
  traces: readonly Trace[]
  marks?: readonly Mark[]
  xQuantity: XQuantity
  log: boolean
  /** Hard limits of the quantity, such as 0 and 1 for accuracy. */
  bounds?: Domain
  format: (value: number) => string
  onWidth?: (pixels: number) => void
  /** Shown in the middle while there is nothing to draw. */
  empty: ReactNode
}

const axisWidth = 46
const axisHeight = 22
const margin = { top: 10, bottom: 2, left: 0 }
const endLabels = { character: 6.4, gap: 13, most: 10 }
const axisName: Record<XQuantity, string> = { step: 'step', epoch: 'epoch', time: 'trained' }

const formatX: Record<XQuantity, (value: number, step: number) => string> = {
  step: (value, step) => (value >= 10_000 ? tickLabel(value, step) : count(value)),
  epoch: (value, step) => tickLabel(value, step),
  time: (value) => (value === 0 ? '0' : duration(value)),
}

export const LineChart = memo(function LineChart(props: LineChartProps) {
  const { ref, width, height } = useElementSize()
  const { onWidth } = props
  useEffect(() => {
    if (width > 0) onWidth?.(Math.max(50, Math.round(width - axisWidth)))
  }, [width, onWidth])
  return (
    <div ref={ref} className={classes.frame} data-testid={props.testId}>
      {width > 0 && height > 40 && (
        <Drawing {...props} width={Math.floor(width)} height={Math.floor(height)} />
      )}
    </div>
  )
})

function Drawing(props: LineChartProps & { width: number; height: number }) {
  const { traces, xQuantity, log, width, height, bounds } = props
  const clip = useId()
  const labelled = traces.length > 0 && traces.length <= endLabels.most && width > 420
  const longest = Math.max(0, ...traces.map((t) => t.endLabel.length))
  const right = labelled ? Math.max(34, 14 + longest * endLabels.character) : 34
  const plot: Plot = {
    left: axisWidth,
    top: margin.top,
    width: Math.max(1, width - axisWidth - right),
    height: Math.max(1, height - margin.top - margin.bottom - axisHeight),
  }

  const drawn = useMemo(() => {
    const ends = traces.flatMap((t) => (t.x.length > 0 ? [t.x[t.x.length - 1] as number] : []))
    const xDomain: Domain = [0, Math.max(0, ...ends) || 1]
    const yDomain = valueDomain(extremes(traces), log, bounds)
    const toX = placeX(plot, xDomain)
    const toY = placeY(plot, yDomain, log)
    const lines = traces.map((t) => ({
      trace: t,
      raw: t.raw ? rawPath(t, toX, toY) : '',
      line: linePath(t.x, t.y, toX, toY),
      dots: t.x.length <= 40 && !t.raw,
    }))
    return { xDomain, yDomain, toX, toY, lines }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- plot is made of width, height and labels
  }, [traces, log, bounds, width, height, right])

  const { xDomain, yDomain, toX, toY, lines } = drawn
  const wantedX = Math.max(2, Math.floor(plot.width / 90))
  const wantedY = Math.max(2, Math.floor(plot.height / 38))
  const anything = traces.some((t) => t.x.length > 0)
  const none = { values: [], step: 1 }
  const xTicks = !anything
    ? none
    : xQuantity === 'time'
      ? timeTicks(xDomain, wantedX)
      : linearTicks(xDomain, wantedX, xQuantity === 'step')
  const yTicks = !anything ? none : log ? logTicks(yDomain, wantedY) : linearTicks(yDomain, wantedY)

  return (
    <>
      <ComposedChart
        width={width}
        height={height}
        margin={{ ...margin, right }}
        data={[{ x: xDomain[0] }, { x: xDomain[1] }]}
        title={props.label}
        role="img"
        accessibilityLayer={false}
      >
        <CartesianGrid vertical={false} syncWithTicks stroke="var(--td-grid)" />
        <XAxis
          dataKey="x"
          type="number"
          domain={[...xDomain]}
          ticks={xTicks.values}
          tickFormatter={(value: number) => formatX[xQuantity](value, xTicks.step)}
          height={axisHeight}
          tickLine={false}
          axisLine={{ stroke: 'var(--td-line)' }}
          tick={{ fill: 'var(--td-faint)', fontSize: 11 }}
          interval={0}
          allowDataOverflow
        />
        <YAxis
          type="number"
          domain={[...yDomain]}
          scale={log ? 'log' : 'linear'}
          ticks={yTicks.values}
          tickFormatter={(value: number) => tickLabel(value, log ? value : yTicks.step)}
          width={axisWidth}
          tickLine={false}
          axisLine={false}
          tick={{ fill: 'var(--td-faint)', fontSize: 11 }}
          interval={0}
          allowDataOverflow
        />
        <defs>
          <clipPath id={clip}>
            <rect x={plot.left} y={plot.top - 2} width={plot.width + 3} height={plot.height + 4} />
          </clipPath>
        </defs>
        {props.marks?.map((mark, i) => (
          <ReferenceLine
            key={`${mark.x} ${i}`}
            x={mark.x}
            stroke="var(--td-warn)"
            strokeDasharray="3 3"
            label={{
              value: mark.label,
              position: toX(mark.x) > plot.left + plot.width * 0.75 ? 'insideTopRight' : 'insideTopLeft',
              fill: 'var(--td-warn)',
              fontSize: 11,
            }}
          />
        ))}
        <g clipPath={`url(#${clip})`} fill="none" strokeLinejoin="round" aria-hidden>
          {lines.map(
            ({ trace, raw }) => raw && <path key={trace.id} d={raw} stroke={trace.colour} opacity={0.32} />,
          )}
          {lines.map(({ trace, line }) => (
            <path
              key={trace.id}
              d={line}
              stroke={trace.colour}
              strokeWidth={1.8}
              strokeDasharray={trace.dash || undefined}
              data-trace={trace.id}
            />
          ))}
          {lines.map(({ trace, dots }) =>
            dots
              ? trace.x.map((x, i) => {
                  const y = toY(trace.y[i] as number)
                  return Number.isFinite(y) ? (
                    <circle key={`${trace.id} ${i}`} cx={toX(x)} cy={y} r={2.4} fill={trace.colour} />
                  ) : null
                })
              : null,
          )}
        </g>
        {anything && (
          <text x={width - 4} y={height - 8} textAnchor="end" className={classes.axisName}>
            {axisName[xQuantity]}
          </text>
        )}
        {labelled && <EndLabels traces={traces} plot={plot} toX={toX} toY={toY} />}
      </ComposedChart>
      {anything ? (
        <Cursor traces={traces} plot={plot} xDomain={xDomain} toX={toX} toY={toY} format={props.format} />
      ) : (
        <div className={classes.empty}>{props.empty}</div>
      )}
    </>
  )
}

function EndLabels(props: {
  traces: readonly Trace[]
  plot: Plot
  toX: (x: number) => number
  toY: (y: number) => number
}) {
  const { plot, toX, toY } = props
  const ends = props.traces.flatMap((trace) => {
    const last = trace.x.length - 1
    const y = toY(trace.y[last] as number)
    return last >= 0 && Number.isFinite(y) ? [{ trace, x: toX(trace.x[last] as number), y }] : []
  })
  const placed = spread(
    ends.map((end) => end.y),
    endLabels.gap,
    [plot.top + 4, plot.top + plot.height - 2],
  )
  const left = plot.left + plot.width + 8
  return ends.map(({ trace }, i) => (
    <text key={trace.id} x={left} y={(placed[i] ?? 0) + 3.5} fill={trace.colour} className={classes.endLabel}>
      {trace.endLabel}
      <title>{trace.label}</title>
    </text>
  ))
}

function* extremes(traces: readonly Trace[]): Iterable<readonly [number, number]> {
  for (const { buckets } of traces) for (const bucket of buckets) yield [bucket.min, bucket.max]
}
