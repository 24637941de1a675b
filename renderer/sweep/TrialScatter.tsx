/** Trials as points: one quantity or choice to the right, the objective upwards. */
import { useElementSize } from '@mantine/hooks'
import { linearTicks, logTicks, valueDomain, type Domain } from '../charts/ticks.ts'
import { linePath, placeX, placeY, type Plot } from '../charts/trace.ts'
import { tickLabel } from '../ui/format.ts'
import classes from './TrialScatter.module.css'

export interface ScatterPoint {
  number: number
  x: number
  /** Null: no value; it is marked at the foot. */
  y: number | null
  /** Said when the pointer rests on it. */
  title: string
  /** The one that is best. */
  best: boolean
}

interface TrialScatterProps {
  label: string
  points: readonly ScatterPoint[]
  logX?: boolean
  /** Names of the places 0, 1, 2... where the horizontal axis is a choice. */
  places?: readonly string[] | undefined
  /** Whole numbers to the right. */
  whole?: boolean
  /** How a number to the right is written. */
  formatX: (value: number, step: number) => string
  xName: string
  /** A line through what was best until then. */
  bestLine?: readonly { x: number; y: number }[]
}

/** Pixels of the name of the axis, where no label stands. */
const nameWidth = 44
const room = { left: 50, right: 14, top: 8, bottom: 24 }

export function TrialScatter(props: TrialScatterProps) {
  const { ref, width, height } = useElementSize()
  return (
    <div ref={ref} className={classes.frame}>
      {width > 60 && height > 50 && (
        <Drawing {...props} width={Math.floor(width)} height={Math.floor(height)} />
      )}
    </div>
  )
}

function Drawing(props: TrialScatterProps & { width: number; height: number }) {
  const {
    label,
    points,
    logX = false,
    places,
    whole = false,
    formatX,
    xName,
    bestLine,
    width,
    height,
  } = props
  const plot: Plot = {
    left: room.left,
    top: room.top,
    width: width - room.left - room.right,
    height: height - room.top - room.bottom,
  }
  const xs = points.map(({ x }) => x)
  const xDomain: Domain = places
    ? [-0.5, places.length - 0.5]
    : valueDomain(
        xs.map((x) => [x, x] as const),
        logX,
      )
  const yDomain = valueDomain(
    points.flatMap(({ y }) => (y === null ? [] : [[y, y] as const])),
    false,
  )
  const toX = placeX(plot, xDomain, logX)
  const toY = placeY(plot, yDomain, false)
  const wanted = Math.max(2, Math.floor(plot.width / 80))
  const across = places
    ? { values: places.map((_, i) => i), step: 1 }
    : logX
      ? logTicks(xDomain, wanted)
      : linearTicks(xDomain, wanted, whole)
  const up = linearTicks(yDomain, Math.max(3, Math.floor(plot.height / 24)))
  const foot = plot.top + plot.height
  const nameOf = (x: number): string => places?.[x] ?? formatX(x, logX ? x : across.step)
  return (
    <svg width={width} height={height} role="img" aria-label={label} className={classes.drawing}>
      {up.values.map((y) => (
        <g key={y}>
          <line x1={plot.left} x2={plot.left + plot.width} y1={toY(y)} y2={toY(y)} stroke="var(--td-grid)" />
          <text x={plot.left - 6} y={toY(y) + 4} textAnchor="end">
            {tickLabel(y, up.step)}
          </text>
        </g>
      ))}
      <line x1={plot.left} x2={plot.left + plot.width} y1={foot} y2={foot} stroke="var(--td-line)" />
      {across.values
        .filter((x) => xName === '' || toX(x) < width - nameWidth)
        .map((x) => (
          <text key={x} x={toX(x)} y={foot + 15} textAnchor="middle">
            {nameOf(x)}
          </text>
        ))}
      {xName !== '' && (
        <text x={width - 2} y={foot + 15} textAnchor="end">
          {xName}
        </text>
      )}
      {bestLine && bestLine.length > 1 && (
        <path
          d={linePath(
            bestLine.map(({ x }) => x),
            bestLine.map(({ y }) => y),
            toX,
            toY,
          )}
          fill="none"
          stroke="var(--td-accent)"
          strokeWidth={1.5}
          opacity={0.6}
        />
      )}
      {points.map((point) =>
        point.y === null ? (
          <path
            key={point.number}
            className={classes.failed}
            d={`M${toX(point.x) - 3.5} ${foot - 7}l7 7m0 -7l-7 7`}
            data-failed
          >
            <title>{point.title}</title>
          </path>
        ) : (
          <circle
            key={point.number}
            className={classes.point}
            data-best={point.best || undefined}
            cx={toX(point.x)}
            cy={toY(point.y)}
            r={point.best ? 5 : 4}
          >
            <title>{point.title}</title>
          </circle>
        ),
      )}
    </svg>
  )
}
