/**
 * A line chart of traces. Recharts lays out axes, grid and marks; the lines themselves are one SVG path each,
 * so a redraw costs the same for ten points and for ten thousand.
 */
import { useElementSize } from '@mantine/hooks'
import { memo, useEffect, useMemo, type ReactNode } from 'react'
import type { XAxis as XQuantity } from '../state/preferences.ts'
import { Axes, axisHeight, axisWidth, margin, type Mark } from './Axes.tsx'
import { Cursor } from './Cursor.tsx'
import classes from './LineChart.module.css'
import { Lines } from './Lines.tsx'
import { valueDomain, type Domain } from './ticks.ts'
import { placeX, placeY, type Plot, type Trace } from './trace.ts'

export type { Mark }

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

const endLabels = { character: 6.4, most: 10 }

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
  const labelled = traces.length > 0 && traces.length <= endLabels.most && width > 420
  const longest = Math.max(0, ...traces.map((t) => t.endLabel.length))
  const right = labelled ? Math.max(34, 14 + longest * endLabels.character) : 34
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
    const ends = traces.flatMap((t) => (t.x.length > 0 ? [t.x[t.x.length - 1] as number] : []))
    const xDomain: Domain = [0, Math.max(0, ...ends) || 1]
    const yDomain = valueDomain(extremes(traces), log, bounds)
    return { xDomain, yDomain, toX: placeX(plot, xDomain), toY: placeY(plot, yDomain, log) }
  }, [traces, log, bounds, plot])

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
        marks={props.marks}
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
      <Cursor traces={traces} plot={plot} xDomain={xDomain} toX={toX} toY={toY} format={props.format} />
    </>
  )
}

function* extremes(traces: readonly Trace[]): Iterable<readonly [number, number]> {
  for (const { buckets } of traces) for (const bucket of buckets) yield [bucket.min, bucket.max]
}
