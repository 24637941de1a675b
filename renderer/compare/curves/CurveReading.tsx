/**
 * Reads the curves off at one place, in all charts at once; in the chart under the pointer their values, highest first.
 */
import line from '../../charts/LineChart.module.css'
import { isOnPlot, longestOf, ReadOff } from '../../charts/ReadOff.tsx'
import { rawText, TipRow } from '../../charts/TipRow.tsx'
import { nearest, type Plot } from '../../charts/trace.ts'
import { hover, useRuns } from '../../state/runs.ts'
import { count, counted, duration } from '../../ui/format.ts'
import tip from '../../ui/Tip.module.css'
import type { CurveChartProps } from './CurveChart.tsx'
import { useCurveCursor } from './cursor.ts'
import type { Curve } from './curve.ts'
import { placer, type Scale } from './draw/scale.ts'
import { straight } from './view.ts'

interface CurveReadingProps extends Pick<
  CurveChartProps,
  'metric' | 'curves' | 'zooming' | 'view' | 'onView' | 'format'
> {
  x: Scale
  y: Scale
  plot: Plot
}

/** A line within so many pixels of the pointer is the one that is meant. */
const near = 22
/** Pixels that a line of the box takes, and its head with its edges. */
const row = { height: 17.5, head: 34 }
/** A chart that is not under the pointer says the values of so few curves; more only show where they are. */
const fewCurves = 4

/** Pixels of a plot in which whole names and the values behind the lines find room. */
const roomy = 440

interface Read {
  curve: Curve
  index: number
  value: number
  /** In pixels of the plot. */
  top: number
}

export function CurveReading(props: CurveReadingProps) {
  const { metric, curves, x, y, plot, zooming, view, onView, format } = props
  const cursor = useCurveCursor()
  const own = cursor.metric === metric
  const hovered = useRuns((s) => s.hovered)
  const toX = placer(x)
  const toY = placer(y)

  const point = (at: number | null, height: number | null): void => {
    useCurveCursor.setState({ x: at, metric: at === null ? null : metric })
    if (at === null) hover(null)
    else if (height !== null) hover(nearestTo(readAt(curves, at, toX, toY), height)?.curve.id ?? null)
  }

  const left = cursor.x === null ? NaN : toX(cursor.x)
  const inside = isOnPlot(left, plot)
  const read = inside && cursor.x !== null ? readAt(curves, cursor.x, toX, toY) : []
  const risen = read.find(({ curve }) => hovered !== null && curve.runIds.includes(hovered)) ?? null
  return (
    <ReadOff
      label={`Read ${metric} off`}
      plot={plot}
      zoom={view}
      zooming={zooming}
      onZoom={onView}
      fromX={(pixel) => valueAt(x, pixel)}
      places={longestOf(curves)}
      at={own ? cursor.x : null}
      left={inside ? left : null}
      dots={(risen ? [risen] : read).map(({ curve, index, top }) => ({
        id: curve.id,
        left: toX(curve.x[index] as number),
        top,
        colour: curve.colour,
      }))}
      onRead={point}
    >
      {read.length > 0 && (own || risen || read.length <= fewCurves) && (
        <Values read={own || !risen ? read : [risen]} risen={risen} own={own} plot={plot} format={format} />
      )}
    </ReadOff>
  )
}

/** The one whose line is meant by a pointer at a height; null where none is near. */
function nearestTo(read: readonly Read[], height: number): Read | null {
  return read.reduce<Read | null>((best, one) => {
    const far = Math.abs(one.top - height)
    return far <= near && (best === null || far < Math.abs(best.top - height)) ? one : best
  }, null)
}

interface ValuesProps {
  read: readonly Read[]
  risen: Read | null
  own: boolean
  plot: Plot
  format: (value: number) => string
}

/** Highest first; where they do not all fit, those around the one that is meant. */
function Values({ read, risen, own, plot, format }: ValuesProps) {
  const sorted = [...read].sort((a, b) => b.value - a.value || a.curve.id - b.curve.id)
  const most = Math.max(2, Math.floor((plot.height - row.head) / row.height) - 1)
  const middle = risen ? sorted.indexOf(risen) : 0
  const first = Math.max(0, Math.min(sorted.length - most, middle - Math.floor(most / 2)))
  const last = Math.min(sorted.length, first + most)
  // In a small chart, and where another is read, there is room for little more than the value.
  const short = !own || plot.width < roomy
  const place = (risen ?? sorted[0])?.curve
  const index = (risen ?? sorted[0])?.index ?? 0
  return (
    <>
      {own && place && <div className={tip.head}>{where(place, index, short)}</div>}
      {first > 0 && <div className={line.tipRange}>{first} above</div>}
      {sorted.slice(first, last).map(({ curve, index, value }) => (
        <TipRow
          key={curve.id}
          colour={curve.colour}
          dash={curve.dash}
          label={short ? curve.endLabel : curve.label}
          value={format(value)}
          more={short ? undefined : behind(curve, index, format)}
          strong={curve === risen?.curve}
        />
      ))}
      {last < sorted.length && <div className={line.tipRange}>{sorted.length - last} below</div>}
    </>
  )
}

/** What the line at a place is made of. */
function behind(curve: Curve, index: number, format: (value: number) => string): string | undefined {
  if (curve.band) {
    const runs = curve.band.count[index] as number
    return `${format(curve.band.low[index] as number)} to ${format(curve.band.high[index] as number)} · ${counted(runs, 'run')}`
  }
  const columns = curve.raw[0]?.columns
  if (!columns) return undefined
  return rawText(
    {
      min: columns.min[index] as number,
      max: columns.max[index] as number,
      last: columns.last[index] as number,
    },
    format,
  )
}

function where({ columns }: Curve, index: number, short: boolean): string {
  const step = `step ${count(columns.lastStep[index] as number)}`
  return short
    ? step
    : `${step} · epoch ${(columns.epoch[index] as number).toFixed(2)} · ${duration(columns.seconds[index] as number)}`
}

/** The curves that are under way at a place, with the point of each that is nearest to it. */
function readAt(
  curves: readonly Curve[],
  at: number,
  toX: (value: number) => number,
  toY: (value: number) => number,
): Read[] {
  return curves.flatMap((curve) => {
    const { x, y } = curve
    const index = nearest(x, at)
    if (index < 0) return []
    // A run that has ended, or not begun, has no value here.
    const last = x.length - 1
    const apart = Math.abs(toX(x[index] as number) - toX(at))
    if (apart > 12 && (at > (x[last] as number) || at < (x[0] as number))) return []
    const value = y[index] as number
    return [{ curve, index, value, top: toY(value) }]
  })
}

function valueAt({ domain, log, size }: Scale, pixel: number): number {
  const [low, high] = [straight(domain[0], log), straight(domain[1], log)]
  const value = low + (pixel / size) * (high - low)
  return log ? 10 ** value : value
}
