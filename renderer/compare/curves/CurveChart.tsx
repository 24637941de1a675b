/**
 * One metric of many runs. Recharts lays out axes and grid; the curves are painted on a canvas, since fifty of a thousand
 * points each, as SVG, take 60 to 100 ms at every frame of a pan (Chromium 156, two cores, no GPU).
 */
import { useElementSize } from '@mantine/hooks'
import { memo, useDeferredValue, useEffect, useMemo, type ReactNode } from 'react'
import { Axes, axisHeight, axisWidth, margin, nameRoom } from '../../charts/Axes.tsx'
import { endLabels, EndLabels, roomFor } from '../../charts/EndLabels.tsx'
import line from '../../charts/LineChart.module.css'
import { valueDomain, type Domain } from '../../charts/ticks.ts'
import type { Plot } from '../../charts/trace.ts'
import type { Zooming } from '../../charts/useGestures.ts'
import type { CompareX } from '../../state/preferences.ts'
import { useRuns } from '../../state/runs.ts'
import type { Curve } from './curve.ts'
import { extremes } from './extremes.ts'
import { CurveReading } from './CurveReading.tsx'
import { CurveCanvas } from './draw/CurveCanvas.tsx'
import { placer, shownOf, type Scale } from './draw/scale.ts'
import type { View } from './view.ts'

export interface CurveChartProps {
  metric: string
  /** Read out by screen readers. */
  label: string
  curves: readonly Curve[]
  x: CompareX
  xDomain: Domain
  /** Of the horizontal axis, with nothing zoomed into. */
  limits: Domain
  /** What the vertical axis is laid out for: it does not jump about while a person pans. */
  yOver: Domain
  log: boolean
  logX: boolean
  zooming: Zooming<View>
  view: View
  onView: (view: View) => void
  /** Hard limits of the quantity, such as 0 and 1 for accuracy. */
  bounds?: Domain
  format: (value: number) => string
  onWidth: (pixels: number) => void
  /** Everything that is wanted of the curves has been read. */
  settled: boolean
  /** Shown in the middle while there is nothing to draw. */
  empty: ReactNode
}

export const CurveChart = memo(function CurveChart(props: CurveChartProps) {
  const { ref, width, height } = useElementSize()
  const { onWidth, curves, metric, settled } = props
  useEffect(() => {
    if (width > 0) onWidth(Math.max(50, Math.round(width - axisWidth)))
  }, [width, onWidth])
  return (
    <div
      ref={ref}
      className={line.frame}
      data-testid="curve-chart"
      data-metric={metric}
      data-curves={curves.length}
      data-settled={settled || undefined}
    >
      {curves.length === 0 ? (
        <div className={line.empty}>{props.empty}</div>
      ) : (
        width > 0 &&
        height > 40 && <Drawing {...props} width={Math.floor(width)} height={Math.floor(height)} />
      )}
    </div>
  )
})

function Drawing(props: CurveChartProps & { width: number; height: number }) {
  const { curves, width, height, xDomain, yOver, log, logX, bounds } = props
  const labelled = curves.length <= endLabels.most && width > endLabels.leastWidth
  const names = labelled ? roomFor(curves.map(({ endLabel }) => endLabel)) : 0
  const right = Math.max(nameRoom(props.x), names)
  const plot = useMemo<Plot>(
    () => ({
      left: axisWidth,
      top: margin.top,
      width: Math.max(1, width - axisWidth - right),
      height: Math.max(1, height - margin.top - margin.bottom - axisHeight),
    }),
    [width, height, right],
  )
  const yDomain = useMemo(
    () => valueDomain([extremes(curves, yOver, log)], log, bounds),
    [curves, yOver, log, bounds],
  )
  const x = useMemo<Scale>(
    () => ({ domain: xDomain, log: logX, size: plot.width, up: false }),
    [xDomain, logX, plot],
  )
  const y = useMemo<Scale>(
    () => ({ domain: yDomain, log, size: plot.height, up: true }),
    [yDomain, log, plot],
  )
  // The labels may come a frame later than the curves: laying them out is what takes longest.
  const written = useDeferredValue(xDomain)
  const hovered = useRuns((s) => s.hovered)
  const risen = hovered === null ? undefined : curves.find(({ runIds }) => runIds.includes(hovered))

  return (
    <>
      <Axes
        label={props.label}
        width={width}
        height={height}
        right={right}
        plot={plot}
        xDomain={written}
        yDomain={yDomain}
        xQuantity={props.x}
        log={log}
        logX={logX}
        marks={noMarks}
      />
      <CurveCanvas curves={curves} risen={risen ?? null} x={x} y={y} plot={plot} limits={props.limits} />
      {labelled && (
        <svg className={line.lines} width={width} height={height} aria-hidden>
          <EndLabels ends={endsOf(curves, x, y, plot, risen)} plot={plot} />
        </svg>
      )}
      <CurveReading {...props} x={x} y={y} plot={plot} />
    </>
  )
}

const noMarks: never[] = []

function endsOf(curves: readonly Curve[], x: Scale, y: Scale, plot: Plot, risen: Curve | undefined) {
  const toY = placer(y)
  return curves.flatMap((curve) => {
    const [from, to] = shownOf(curve.x, x)
    // The last point within; the one beyond where the line leaves the plot.
    const last = to > from && (curve.x[to] as number) > x.domain[1] ? to - 1 : to
    if (last < 0 || (curve.x[last] as number) < x.domain[0]) return []
    const { id, endLabel: text, colour } = curve
    const at = toY(curve.y[last] as number)
    return [{ id, text, colour, y: plot.top + at, dimmed: risen !== undefined && risen !== curve }]
  })
}
