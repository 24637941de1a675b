/** How often each size occurs, with its quantiles marked; what is beyond a limit is drawn faint. */
import { useElementSize } from '@mantine/hooks'
import type { Histogram as Bars } from '../../main/common/data/dataset.ts'
import { linearTicks, spread } from '../charts/ticks.ts'
import { count, tickLabel } from '../ui/format.ts'
import classes from './Histogram.module.css'

export interface HistogramMark {
  label: string
  value: number
}

interface HistogramProps {
  /** Read out by screen readers. */
  label: string
  bars: Bars
  marks: readonly HistogramMark[]
  /** Of the axis: "tokens", "pixels". */
  unit: string
  /** What one of the counted is called. */
  things: string
  /** Largest size on the axis; the largest of all where it is absent. */
  end?: number
  limit?: number
}

const plotHeight = 76
const foot = 16
const head = 15
/** Room that a mark's label takes. */
const labelWidth = 58

export function Histogram({ label, bars, marks, unit, things, end, limit }: HistogramProps) {
  const { ref, width } = useElementSize()
  const from = bars[0]?.from ?? 0
  const last = end ?? bars.at(-1)?.to ?? 1
  // A bar of one size is as wide as a step.
  const x = (size: number): number => (width * (size - from)) / Math.max(1, last + 1 - from)
  const most = bars.reduce((largest, bar) => Math.max(largest, bar.count), 1)
  const ticks = linearTicks([from, last], Math.max(2, Math.floor(width / 80)), true)
  const shown = marks.filter(({ value }) => value <= last)
  const places = spread(
    shown.map(({ value }) => x(value + 0.5)),
    labelWidth,
    [labelWidth / 2, Math.max(labelWidth, width - labelWidth / 2)],
  )
  return (
    <div ref={ref} className={classes.frame}>
      {width > 0 && (
        <svg
          width={width}
          height={head + plotHeight + foot}
          role="img"
          aria-label={`${label}: ${marks.map((mark) => `${mark.label} ${count(mark.value)}`).join(', ')} ${unit}`}
        >
          {bars.map((bar) => {
            if (bar.from > last || bar.count === 0) return null
            const height = Math.max(1, (plotHeight * bar.count) / most)
            const left = x(bar.from)
            return (
              <rect
                key={bar.from}
                x={left}
                y={head + plotHeight - height}
                width={Math.max(1, x(Math.min(bar.to, last) + 1) - left - 1)}
                height={height}
                className={classes.bar}
                data-beyond={(limit !== undefined && bar.from > limit) || undefined}
              >
                <title>{describe(bar, unit, things)}</title>
              </rect>
            )
          })}
          <line x1={0} x2={width} y1={head + plotHeight} y2={head + plotHeight} className={classes.axis} />
          {ticks.values.map((value) => (
            <text
              key={value}
              x={Math.min(width - 10, Math.max(4, x(value)))}
              y={head + plotHeight + 12}
              className={classes.tick}
              textAnchor="middle"
            >
              {tickLabel(value, ticks.step)}
            </text>
          ))}
          {shown.map((mark, index) => (
            <g key={mark.label}>
              <line
                x1={x(mark.value + 0.5)}
                x2={x(mark.value + 0.5)}
                y1={head}
                y2={head + plotHeight}
                className={classes.mark}
              />
              <text x={places[index]} y={10} textAnchor="middle" className={classes.markLabel}>
                {mark.label} {count(mark.value)}
              </text>
            </g>
          ))}
          {limit !== undefined && limit < last && (
            <line
              x1={x(limit + 1)}
              x2={x(limit + 1)}
              y1={head}
              y2={head + plotHeight}
              className={classes.limit}
            />
          )}
        </svg>
      )}
    </div>
  )
}

function describe({ from, to, count: times }: Bars[number], unit: string, things: string): string {
  const sizes = from === to ? count(from) : `${count(from)} to ${count(to)}`
  return `${sizes} ${unit}: ${count(times)} ${things}`
}
