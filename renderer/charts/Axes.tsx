/**
 * Axes, grid and marks of a chart; drawn anew only when one of their values changes. Plain SVG: every chart of every page
 * opens with them, and a charting library took longer for them than all else of a chart together.
 */
import { memo } from 'react'
import type { CompareX } from '../state/preferences.ts'
import { setting } from '../../main/common/settings.ts'
import { clockLabel, count, duration, tickLabel } from '../ui/format.ts'
import { clockTicks, linearTicks, logTicks, timeTicks, type Domain, type Ticks } from './ticks.ts'
import classes from './LineChart.module.css'
import { placeX, placeY, type Plot } from './trace.ts'

/** What stands on the horizontal axis: where runs are, or learning rates that were tried. */
export type XQuantity = CompareX | 'rate'

export interface Mark {
  step: number
  label: string
  /** A quiet one is there to be seen, not to be looked at: a pause. */
  quiet?: boolean
  /** Label at the foot of its line instead of the top: where the curves rise. */
  foot?: boolean
}

export interface PlacedMark extends Mark {
  /** In the quantity of the axis. */
  x: number
}

/** Right of the plot: the last label reaches out half its width, the name of the axis stands behind it. */
export const nameRoom = (quantity: XQuantity): number => 24 + 6.2 * axisName[quantity].length

export const axisWidth = 46
export const axisHeight = 22
export const margin = { top: 10, bottom: 2, left: 0 }

interface AxesProps {
  label: string
  width: number
  height: number
  plot: Plot
  xDomain: Domain
  yDomain: Domain
  xQuantity: XQuantity
  log: boolean
  logX: boolean
  marks: readonly PlacedMark[]
}

export const axisName: Record<XQuantity, string> = {
  step: 'step',
  epoch: 'epoch',
  samples: 'samples',
  time: 'trained',
  wall: 'clock',
  rate: 'rate',
}

const ticksAlong: Record<XQuantity, (domain: Domain, wanted: number) => Ticks> = {
  step: (domain, wanted) => linearTicks(domain, wanted, true),
  epoch: linearTicks,
  samples: (domain, wanted) => linearTicks(domain, wanted, true),
  time: timeTicks,
  wall: clockTicks,
  rate: linearTicks,
}

const counts = (value: number, step: number): string =>
  value >= 10_000 ? tickLabel(value, step) : count(value)

const formatX: Record<XQuantity, (value: number, step: number) => string> = {
  step: counts,
  epoch: tickLabel,
  samples: counts,
  time: (value) => (value === 0 ? '0' : duration(value)),
  wall: clockLabel,
  rate: (value) => setting(value),
}

/** Ticks of either axis and how they are written; as many as fit. */
export function xTicks(quantity: XQuantity, domain: Domain, log: boolean, width: number) {
  const wanted = Math.max(2, Math.floor(width / 90))
  const ticks = log ? logTicks(domain, wanted) : ticksAlong[quantity](domain, wanted)
  return {
    values: ticks.values,
    write: (value: number) => formatX[quantity](value, log ? value : ticks.step),
  }
}

export function yTicks(domain: Domain, log: boolean, height: number) {
  const wanted = Math.max(2, Math.floor(height / 38))
  const ticks = log ? logTicks(domain, wanted) : linearTicks(domain, wanted)
  return { values: ticks.values, write: (value: number) => tickLabel(value, log ? value : ticks.step) }
}

const text = { fill: 'var(--td-faint)', fontSize: 11 }
/** Pixels between the plot and what is written beside it, and from the top of a letter to its foot. */
const gap = 8
const ascent = 8

export const Axes = memo(function Axes(props: AxesProps) {
  const { width, height, plot, xDomain, yDomain, xQuantity, log, logX } = props
  const across = xTicks(xQuantity, xDomain, logX, plot.width)
  const up = yTicks(yDomain, log, plot.height)
  const toX = placeX(plot, xDomain, logX)
  const toY = placeY(plot, yDomain, log)
  const right = plot.left + plot.width
  const bottom = plot.top + plot.height
  return (
    <svg className={classes.axes} width={width} height={height} role="img" aria-label={props.label}>
      <g stroke="var(--td-grid)">
        {up.values.map((value) => (
          <path key={value} d={`M${plot.left} ${toY(value)}H${right}`} />
        ))}
      </g>
      <path d={`M${plot.left} ${bottom}H${right}`} stroke="var(--td-line)" />
      <g {...text} textAnchor="end">
        {up.values.map((value) => (
          <text key={value} x={plot.left - gap} y={toY(value) + ascent / 2}>
            {up.write(value)}
          </text>
        ))}
      </g>
      <g {...text} textAnchor="middle" data-testid="x-axis">
        {across.values.map((value) => (
          <text key={value} x={toX(value)} y={bottom + gap + ascent}>
            {across.write(value)}
          </text>
        ))}
      </g>
      {props.marks.map((mark, i) => (
        <MarkLine
          key={`${mark.x} ${i}`}
          mark={mark}
          x={toX(mark.x)}
          plot={plot}
          late={isLate(mark.x, xDomain, logX)}
        />
      ))}
      <text x={width - 4} y={height - 8} textAnchor="end" {...text}>
        {axisName[xQuantity]}
      </text>
    </svg>
  )
}, sameAxes)

function MarkLine({ mark, x, plot, late }: { mark: PlacedMark; x: number; plot: Plot; late: boolean }) {
  const bottom = plot.top + plot.height
  const colour = mark.quiet ? 'var(--td-faint)' : 'var(--td-warn)'
  return (
    <g>
      <path d={`M${x} ${plot.top}V${bottom}`} stroke={colour} strokeDasharray="3 3" />
      <text
        x={x + (late ? -markGap : markGap)}
        y={mark.foot ? bottom - markGap : plot.top + markGap + ascent}
        textAnchor={late ? 'end' : 'start'}
        fill={colour}
        fontSize={11}
      >
        {mark.label}
      </text>
    </g>
  )
}

const markGap = 5

/** Fresh data mostly leaves the axes as they are; equal numbers need no new layout. */
function sameAxes(a: AxesProps, b: AxesProps): boolean {
  const same = (x: Domain, y: Domain): boolean => x[0] === y[0] && x[1] === y[1]
  return (
    a.label === b.label &&
    a.plot === b.plot &&
    a.xQuantity === b.xQuantity &&
    a.log === b.log &&
    a.logX === b.logX &&
    sameMarks(a.marks, b.marks) &&
    same(a.xDomain, b.xDomain) &&
    same(a.yDomain, b.yDomain)
  )
}

/** Where a mark stands so far to the right that its label goes to its left. */
export const isLate = (x: number, [low, high]: Domain, log: boolean): boolean =>
  log ? x > low * (high / low) ** 0.75 : x > low + (high - low) * 0.75

const sameMarks = (a: readonly PlacedMark[], b: readonly PlacedMark[]): boolean =>
  a.length === b.length && a.every((mark, i) => mark.x === b[i]?.x && mark.label === b[i]?.label)
