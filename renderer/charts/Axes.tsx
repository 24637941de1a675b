/** Axes, grid and marks of a chart, laid out by Recharts; drawn anew only when one of their values changes. */
import { memo } from 'react'
import { CartesianGrid, ComposedChart, ReferenceLine, XAxis, YAxis } from 'recharts'
import type { XAxis as RunQuantity } from '../state/preferences.ts'
import { setting } from '../../main/common/settings.ts'
import { count, duration, tickLabel } from '../ui/format.ts'
import { linearTicks, logTicks, timeTicks, type Domain, type Ticks } from './ticks.ts'
import type { Plot } from './trace.ts'

/** What stands on the horizontal axis: where a run is, or learning rates that were tried. */
export type XQuantity = RunQuantity | 'rate'

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

const axisName: Record<XQuantity, string> = {
  step: 'step',
  epoch: 'epoch',
  time: 'trained',
  rate: 'rate',
}

const xTicks: Record<XQuantity, (domain: Domain, wanted: number) => Ticks> = {
  step: (domain, wanted) => linearTicks(domain, wanted, true),
  epoch: linearTicks,
  time: timeTicks,
  rate: linearTicks,
}

const formatX: Record<XQuantity, (value: number, step: number) => string> = {
  step: (value, step) => (value >= 10_000 ? tickLabel(value, step) : count(value)),
  epoch: tickLabel,
  time: (value) => (value === 0 ? '0' : duration(value)),
  rate: (value) => setting(value),
}

const text = { fill: 'var(--td-faint)', fontSize: 11 }
const line = { stroke: 'var(--td-line)' }

export const Axes = memo(function Axes(props: AxesProps) {
  const { plot, xDomain, yDomain, xQuantity, log, logX } = props
  const wantedAcross = Math.max(2, Math.floor(plot.width / 90))
  const across = logX ? logTicks(xDomain, wantedAcross) : xTicks[xQuantity](xDomain, wantedAcross)
  const wantedUp = Math.max(2, Math.floor(plot.height / 38))
  const up = log ? logTicks(yDomain, wantedUp) : linearTicks(yDomain, wantedUp)
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
        tickFormatter={(value: number) => formatX[xQuantity](value, logX ? value : across.step)}
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
        tickFormatter={(value: number) => tickLabel(value, log ? value : up.step)}
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
