/** Reads a chart off: the value of every trace, on every chart of the page at the same step. */
import { useState } from 'react'
import { count, duration } from '../ui/format.ts'
import tip from '../ui/Tip.module.css'
import classes from './LineChart.module.css'
import { isOnPlot, longestOf, ReadOff } from './ReadOff.tsx'
import { useCursor } from './sharedCursor.ts'
import { rawText, TipRow } from './TipRow.tsx'
import { nearest, type Place, type Plot, type Trace } from './trace.ts'
import type { Zooming } from './useGestures.ts'
import { panBy, stepToX, xToStep, zoomBy, zoomTo, type Zoom } from './zoom.ts'

interface CursorProps {
  traces: readonly Trace[]
  plot: Plot
  /** The value of the axis at a place from the left of the plot, in pixels. */
  fromX: (pixel: number) => number
  toX: Place
  toY: Place
  zoom: Zoom
  full: number
  onZoom: ((zoom: Zoom) => void) | undefined
  format: (value: number) => string
}

/** More lines than this do not fit beside the pointer; the nearest ones are told. */
const most = 12

export function Cursor({ traces, plot, fromX, toX, toY, zoom, full, onZoom, format }: CursorProps) {
  const [own, setOwn] = useState<number | null>(null)
  const shared = useCursor((s) => s.step)
  const at = own ?? (shared === null ? null : stepToX(traces, shared))
  const stepAt = (part: number): number => xToStep(traces, fromX(part * plot.width))
  const zooming: Zooming<Zoom> = {
    whole: null,
    between: (_, from, to) => zoomTo(stepAt(from), stepAt(to), full),
    by: (zoom, factor, at) => zoomBy(zoom, factor, stepAt(at), full),
    moved: (zoom, share) => panBy(zoom, share, full),
  }
  const left = at === null ? NaN : toX(at) - plot.left
  const read =
    at === null || !isOnPlot(left, plot)
      ? []
      : traces.flatMap((trace) => {
          const i = nearest(trace.x, at)
          const bucket = trace.buckets[i]
          return bucket ? [{ trace, bucket, x: trace.x[i] as number, y: trace.y[i] as number }] : []
        })
  const anchor = read[0]
  return (
    <ReadOff
      label="Read values off the chart"
      plot={plot}
      zoom={zoom}
      zooming={zooming}
      onZoom={onZoom}
      fromX={fromX}
      places={longestOf(traces)}
      at={own}
      left={anchor ? left : null}
      dots={read.map(({ trace, x, y }) => ({
        id: trace.id,
        left: toX(x) - plot.left,
        top: toY(y) - plot.top,
        colour: trace.colour,
      }))}
      onRead={(x) => {
        setOwn(x)
        useCursor.setState({ step: x === null ? null : xToStep(traces, x) })
      }}
    >
      {anchor && own !== null && (
        <div className={tip.head}>
          step {count(anchor.bucket.lastStep)} · epoch {anchor.bucket.epoch.toFixed(2)} ·{' '}
          {duration(anchor.bucket.seconds)}
        </div>
      )}
      {read.slice(0, most).map(({ trace, bucket, y }) => (
        <TipRow
          key={trace.id}
          colour={trace.colour}
          dash={trace.dash}
          label={trace.label}
          value={format(y)}
          more={trace.raw && own !== null ? rawText(bucket, format) : undefined}
        />
      ))}
      {read.length > most && <div className={classes.tipRange}>and {read.length - most} more</div>}
    </ReadOff>
  )
}
