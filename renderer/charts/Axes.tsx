/** Axes, grid and marks of a chart, laid out by Recharts; drawn anew only when one of their values changes. */
import { memo } from 'react'
import { CartesianGrid, ComposedChart, ReferenceLine, XAxis, YAxis } from 'recharts'
import type { CompareX } from '../state/preferences.ts'
import { setting } from '../../main/common/settings.ts'
import { clockLabel, count, duration, tickLabel } from '../ui/format.ts'
import { clockTicks, linearTicks, logTicks, timeTicks, type Domain, type Ticks } from './ticks.ts'
import type { Plot } from './trace.ts'

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
  right: number
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
const line = { stroke: 'var(--td-line)' }

export const Axes = memo(function Axes(props: AxesProps) {
  const { plot, xDomain, yDomain, xQuantity, log, logX } = props
  const across = xTicks(xQuantity, xDomain, logX, plot.width)
  const up = yTicks(yDomain, log, plot.height)
  return (
    <ComposedChart
      width={props.width}
      height={props.height}
      margin={{ ...margin, right: props.right }}
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
        scale={logX ? 'log' : 'linear'}
        ticks={across.values}
        tickFormatter={across.write}
        height={axisHeight}
        tickLine={false}
        axisLine={line}
        tick={text}
        interval={0}
        allowDataOverflow
      />
      <YAxis
        type="number"
        domain={[...yDomain]}
        scale={log ? 'log' : 'linear'}
        ticks={up.values}
        tickFormatter={up.write}
        width={axisWidth}
        tickLine={false}
        axisLine={false}
        tick={text}
        interval={0}
        allowDataOverflow
      />
      {props.marks.map((mark, i) => (
        <ReferenceLine
          key={`${mark.x} ${i}`}
          x={mark.x}
          stroke={markColour(mark)}
          strokeDasharray="3 3"
          label={{
            value: mark.label,
            position: markPosition(isLate(mark.x, xDomain, logX), mark.foot ?? false),
            fill: markColour(mark),
            fontSize: 11,
          }}
        />
      ))}
      <text x={props.width - 4} y={props.height - 8} textAnchor="end" {...text}>
        {axisName[xQuantity]}
      </text>
    </ComposedChart>
  )
}, sameAxes)

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

const markPosition = (late: boolean, foot: boolean) =>
  foot ? (late ? 'insideBottomRight' : 'insideBottomLeft') : late ? 'insideTopRight' : 'insideTopLeft'

const markColour = (mark: Mark): string => (mark.quiet ? 'var(--td-faint)' : 'var(--td-warn)')

const sameMarks = (a: readonly PlacedMark[], b: readonly PlacedMark[]): boolean =>
  a.length === b.length && a.every((mark, i) => mark.x === b[i]?.x && mark.label === b[i]?.label)
