/** Loss over the learning rate: what each batch had, the smoothed line, what is suggested; read off and picked from. */
import { useElementSize } from '@mantine/hooks'
import { useId, useMemo, useState, type KeyboardEvent, type PointerEvent } from 'react'
import type { RangePoint } from '../../../main/common/rangeTest.ts'
import { setting } from '../../../main/common/settings.ts'
import { Axes, axisHeight, axisWidth, margin, type PlacedMark } from '../../charts/Axes.tsx'
import type { Domain } from '../../charts/ticks.ts'
import { linePath, nearest, placeX, placeY, unplaceX, type Plot } from '../../charts/trace.ts'
import { measure } from '../../ui/format.ts'
import tip from '../../ui/Tip.module.css'
import classes from './range.module.css'

interface RangeChartProps {
  points: readonly RangePoint[]
  suggestion: number | null
  diverged: number | null
  picked: number | null
  /** Null while there is nothing to pick yet. */
  onPick: ((rate: number) => void) | null
}

const right = 34
/** A loss that blows up would flatten what is worth seeing: the axis ends at so many times the first losses. */
const tallest = 1.6
/** The axis reaches from the lowest rate to so many times it at least, and does not jump at first. */
const shortest = 1e4

export function RangeChart(props: RangeChartProps) {
  const { ref, width, height } = useElementSize()
  const { points } = props
  return (
    <div ref={ref} className={classes.frame} data-testid="range-chart">
      {points.length < 2 ? (
        <div className={classes.empty}>The loss at each rate is drawn here.</div>
      ) : (
        width > 0 && <Drawing {...props} width={Math.floor(width)} height={Math.floor(height)} />
      )}
    </div>
  )
}

function Drawing(props: RangeChartProps & { width: number; height: number }) {
  const { points, suggestion, diverged, picked, width, height, onPick } = props
  const clip = useId()
  const rates = useMemo(() => points.map(({ rate }) => rate), [points])
  const plot = useMemo<Plot>(
    () => ({
      left: axisWidth,
      top: margin.top,
      width: Math.max(1, width - axisWidth - right),
      height: Math.max(1, height - margin.top - margin.bottom - axisHeight),
    }),
    [width, height],
  )
  const xDomain = useMemo<Domain>(
    () => [rates[0] ?? 1, Math.max(rates.at(-1) ?? 1, diverged ?? 0, (rates[0] ?? 1) * shortest)],
    [rates, diverged],
  )
  const yDomain = useMemo(() => lossDomain(points), [points])
  const marks = useMemo<PlacedMark[]>(
    () => [
      ...(suggestion === null || picked !== null
        ? []
        : [mark(suggestion, `suggested ${setting(suggestion)}`)]),
      ...(picked === null ? [] : [mark(picked, `picked ${setting(picked)}`)]),
      ...(diverged === null ? [] : [{ ...mark(diverged, 'diverges'), quiet: true, foot: true }]),
    ],
    [suggestion, picked, diverged],
  )
  const toX = placeX(plot, xDomain, true)
  const toY = placeY(plot, yDomain, false)
  return (
    <>
      <Axes
        label="Loss by learning rate"
        width={width}
        height={height}
        right={right}
        plot={plot}
        xDomain={xDomain}
        yDomain={yDomain}
        xQuantity="rate"
        log={false}
        logX
        marks={marks}
      />
      <svg className={classes.lines} width={width} height={height} aria-hidden>
        <clipPath id={clip}>
          <rect x={plot.left} y={plot.top} width={plot.width + 2} height={plot.height} />
        </clipPath>
        <g clipPath={`url(#${clip})`} fill="none" strokeLinejoin="round" stroke="var(--td-series-0)">
          <path
            d={linePath(
              rates,
              points.map(({ loss }) => loss),
              toX,
              toY,
            )}
            opacity={0.35}
          />
          <path
            d={linePath(
              rates,
              points.map(({ smoothed }) => smoothed),
              toX,
              toY,
            )}
            strokeWidth={1.8}
            data-trace="smoothed"
          />
        </g>
      </svg>
      <Reader
        points={points}
        rates={rates}
        plot={plot}
        toX={toX}
        rateAt={unplaceX(plot, xDomain, true)}
        onPick={onPick}
      />
    </>
  )
}

interface ReaderProps {
  points: readonly RangePoint[]
  rates: readonly number[]
  plot: Plot
  toX: (rate: number) => number
  rateAt: (pixel: number) => number
  onPick: ((rate: number) => void) | null
}

/** Mouse or arrow keys read a point off; a click or Enter takes its rate. */
function Reader({ points, rates, plot, toX, rateAt, onPick }: ReaderProps) {
  const [at, setAt] = useState<number | null>(null)
  const point = at === null ? undefined : points[at]
  const follow = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect()
    setAt(nearest(rates, rateAt(event.clientX - box.left)))
  }
  const pick = (): void => {
    if (point) onPick?.(Number(point.rate.toPrecision(2)))
  }
  const key = (event: KeyboardEvent): void => {
    const here = at ?? Math.floor(points.length / 2)
    const last = points.length - 1
    const moves: Record<string, number> = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: last }
    const next = moves[event.key]
    if (next !== undefined) setAt(Math.max(0, Math.min(last, next)))
    else if (event.key === 'Enter') pick()
    else return
    event.preventDefault()
  }
  const px = point ? toX(point.rate) - plot.left : 0
  const flip = px > plot.width * 0.6
  return (
    <div
      className={classes.plot}
      style={{ left: plot.left, top: plot.top, width: plot.width, height: plot.height }}
      data-pickable={onPick ? true : undefined}
      tabIndex={0}
      role="application"
      aria-label="Read the loss off with the arrow keys; Enter takes the rate"
      onPointerMove={follow}
      onPointerLeave={() => setAt(null)}
      onBlur={() => setAt(null)}
      onClick={pick}
      onKeyDown={key}
    >
      {point && (
        <>
          <div className={tip.hair} style={{ left: px }} />
          <div
            className={tip.tip}
            role="status"
            style={{ top: 0, ...(flip ? { right: plot.width - px + 10 } : { left: px + 10 }) }}
          >
            <span>rate</span> <b>{setting(Number(point.rate.toPrecision(2)))}</b> <span>· loss</span>{' '}
            <b>{measure(point.smoothed)}</b> <span>· this batch {measure(point.loss)}</span>
          </div>
        </>
      )}
    </div>
  )
}

const mark = (rate: number, label: string): PlacedMark => ({ step: 0, x: rate, label })

function lossDomain(points: readonly RangePoint[]): Domain {
  const first = points.slice(0, 10).reduce((sum, { loss }) => sum + loss, 0) / Math.min(10, points.length)
  // What differs by less is noise between batches, and would fill the chart at first.
  const low = Math.min(0.9 * first, ...points.map(({ loss, smoothed }) => Math.min(loss, smoothed)))
  const high = Math.max(1.1 * first, ...points.map(({ loss }) => loss))
  const top = Math.min(high, low + tallest * Math.max(first - low, 0.2 * first))
  const air = (top - low) * 0.05 || 1
  return [Math.max(0, low - air), top + air]
}
