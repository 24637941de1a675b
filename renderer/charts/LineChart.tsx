/**
 * A line chart of traces. Recharts lays out axes, grid and marks; the lines themselves are one SVG path each,
 * so a redraw costs the same for ten points and for ten thousand.
 */
import { useElementSize } from '@mantine/hooks'
import { memo, useEffect, useMemo, type ReactNode } from 'react'
import type { XAxis as XQuantity } from '../state/preferences.ts'
import { Axes, isLate, axisHeight, axisWidth, margin, nameRoom, type Mark, type PlacedMark } from './Axes.tsx'
import { Cursor } from './Cursor.tsx'
import classes from './LineChart.module.css'
import { endLabels, roomFor } from './EndLabels.tsx'
import { Lines } from './Lines.tsx'
import { valueDomain, type Domain } from './ticks.ts'
import { placeX, placeY, unplaceX, type Plot, type Trace } from './trace.ts'
import { stepToX, type Zoom } from './zoom.ts'

export type { Mark }

export interface LineChartProps {
  /** Read out by screen readers. */
  label: string
  testId?: string
  traces: readonly Trace[]
  marks?: readonly Mark[]
  xQuantity: XQuantity
  log: boolean
  logX?: boolean
  /** Steps that are shown; the whole run unless given. */
  zoom?: Zoom
  /** Last step of the run: how far out one can zoom. */
  full?: number
  /** Dragging, the wheel and keys zoom where this is given. */
  onZoom?: (zoom: Zoom) => void
  /** Hard limits of the quantity, such as 0 and 1 for accuracy. */
  bounds?: Domain
  format: (value: number) => string
  onWidth?: (pixels: number) => void
  /** Shown in the middle while there is nothing to draw. */
  empty: ReactNode
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
  const { traces, xQuantity, log, width, height, bounds, zoom = null, logX = false } = props
  const labelled = traces.length > 0 && traces.length <= endLabels.most && width > endLabels.leastWidth
  const right = Math.max(nameRoom(xQuantity), labelled ? roomFor(traces.map((t) => t.endLabel)) : 0)
  const plot = useMemo<Plot>(
    () => ({
      left: axisWidth,
      top: margin.top,
      width: Math.max(1, width - axisWidth - right),
      height: Math.max(1, height - margin.top - margin.bottom - axisHeight),
    }),
    [width, height, right],
  )
  const { xDomain, yDomain, toX, toY } = useMemo(() => {
    const xDomain = xDomainOf(traces, zoom, logX)
    const yDomain = valueDomain(extremes(traces, xDomain), log, bounds)
    return { xDomain, yDomain, toX: placeX(plot, xDomain, logX), toY: placeY(plot, yDomain, log) }
  }, [traces, zoom, log, logX, bounds, plot])
  const full = props.full ?? Math.max(0, ...traces.map((t) => t.buckets.at(-1)?.lastStep ?? 0))
  const marks = useMemo(
    () => placed(props.marks ?? [], traces, xDomain, toX, logX),
    [props.marks, traces, xDomain, toX, logX],
  )

  if (!traces.some((t) => t.x.length > 0)) return <div className={classes.empty}>{props.empty}</div>
  return (
    <>
      <Axes
        label={props.label}
        width={width}
        height={height}
        right={right}
        plot={plot}
        xDomain={xDomain}
        yDomain={yDomain}
        xQuantity={xQuantity}
        log={log}
        logX={logX}
        marks={marks}
      />
      <Lines
        traces={traces}
        plot={plot}
        toX={toX}
        toY={toY}
        labelled={labelled}
        width={width}
        height={height}
      />
      <Cursor
        traces={traces}
        plot={plot}
        fromX={unplaceX(plot, xDomain, logX)}
        toX={toX}
        toY={toY}
        zoom={zoom}
        full={full}
        onZoom={props.onZoom}
        format={props.format}
      />
    </>
  )
}

/** From the run's beginning to its end, or what is zoomed into; a logarithmic axis begins at the first point. */
export function xDomainOf(traces: readonly Trace[], zoom: Zoom, log: boolean): Domain {
  const drawn = traces.filter((trace) => trace.x.length > 0)
  const first = Math.min(...drawn.map((trace) => trace.x.find((x) => x > 0) ?? Infinity))
  const least = Number.isFinite(first) ? first : 1
  if (zoom) {
    const [low, high] = zoom.map((step) => stepToX(traces, step)) as [number, number]
    return [log ? Math.max(low, least) : low, high > low ? high : low + 1]
  }
  const end = Math.max(0, ...drawn.map((trace) => trace.x.at(-1) ?? 0)) || 1
  return [log ? least : 0, log && end <= least ? least * 10 : end]
}

/** Of the points between the ends of the axis. */
function* extremes(traces: readonly Trace[], [low, high]: Domain): Iterable<readonly [number, number]> {
  for (const { buckets, x } of traces)
    for (const [i, bucket] of buckets.entries()) {
      const at = x[i] as number
      if (at >= low && at <= high) yield [bucket.min, bucket.max]
    }
}

/** Pixels of a letter of a mark's label, and of the air behind it. */
const mark = { letter: 5.8, air: 10 }

/**
 * Marks within the axis. A label that would run into another is left to the mark's line: what changed what is learned is
 * written first, pauses and checkpoints where there is room.
 */
function placed(
  marks: readonly Mark[],
  traces: readonly Trace[],
  [low, high]: Domain,
  toX: (value: number) => number,
  log: boolean,
): PlacedMark[] {
  const taken: (readonly [from: number, to: number])[] = []
  const written = new Set<Mark>()
  const shown = marks.flatMap((one) => {
    const x = stepToX(traces, one.step)
    return x < low || x > high ? [] : [{ one, x }]
  })
  for (const loud of [true, false])
    for (const { one, x } of shown) {
      if ((one.quiet ?? false) === loud || one.label === '') continue
      const width = one.label.length * mark.letter + mark.air
      const at = toX(x)
      const from = isLate(x, [low, high], log) ? at - width : at
      if (taken.some(([begin, end]) => from < end && from + width > begin)) continue
      taken.push([from, from + width])
      written.add(one)
    }
  return shown.map(({ one, x }) => ({ ...one, x, label: written.has(one) ? one.label : '' }))
}
