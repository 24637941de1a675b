/**
 * Reads a chart off at one position: a vertical line and the value of every trace there, on every chart of the page at
 * the same step. Mouse or arrow keys; dragging zooms.
 */
import { useState, type KeyboardEvent, type PointerEvent } from 'react'
import { count, duration } from '../ui/format.ts'
import classes from './LineChart.module.css'
import tip from '../ui/Tip.module.css'
import { useCursor } from './sharedCursor.ts'
import { rawText, TipRow } from './TipRow.tsx'
import { nearest, type Place, type Plot, type Trace } from './trace.ts'
import { useGestures, type Zooming } from './useGestures.ts'
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
  const gestures = useGestures({ zoom, zooming, onZoom })

  const point = (x: number | null): void => {
    setOwn(x)
    useCursor.setState({ step: x === null ? null : xToStep(traces, x) })
  }
  const follow = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect()
    gestures.move(event)
    point(fromX(event.clientX - box.left))
  }
  const step = (event: KeyboardEvent): void => {
    if (gestures.key(event, own === null ? 0.5 : (toX(own) - plot.left) / plot.width)) return
    const longest = traces.reduce<readonly number[]>((a, t) => (t.x.length > a.length ? t.x : a), [])
    const last = longest.length - 1
    const here = at === null ? last : nearest(longest, at)
    const far = event.shiftKey ? Math.ceil(last / 20) : 1
    const moves: Record<string, number> = {
      ArrowLeft: here - far,
      ArrowRight: here + far,
      Home: 0,
      End: last,
    }
    if (event.key === 'Escape') point(null)
    const next = moves[event.key]
    if (next === undefined) return
    event.preventDefault()
    point(longest[Math.max(0, Math.min(last, next))] ?? null)
  }

  const px = at === null ? 0 : toX(at)
  const inside = at !== null && px >= plot.left - 0.5 && px <= plot.left + plot.width + 0.5
  const read =
    at === null || !inside
      ? []
      : traces.flatMap((trace) => {
          const i = nearest(trace.x, at)
          const bucket = trace.buckets[i]
          return bucket ? [{ trace, bucket, x: trace.x[i] as number, y: trace.y[i] as number }] : []
        })
  const anchor = read[0]
  const flip = px > plot.left + plot.width * 0.6
  const { drag } = gestures

  return (
    <div
      ref={gestures.ref}
      className={classes.cursor}
      style={{ left: plot.left, top: plot.top, width: plot.width, height: plot.height }}
      {...gestures.handlers}
      onPointerMove={follow}
      onPointerLeave={() => point(null)}
      onKeyDown={step}
      onBlur={() => point(null)}
      tabIndex={0}
      role="application"
      aria-label={
        onZoom
          ? 'Read values off the chart with the arrow keys; + and − zoom, Alt with an arrow moves, 0 shows all'
          : 'Read values off the chart with the arrow keys'
      }
    >
      {drag && (
        <div
          className={classes.brush}
          style={{
            left: Math.min(drag.from, drag.to) * plot.width,
            width: Math.abs(drag.to - drag.from) * plot.width,
          }}
        />
      )}
      {at !== null && anchor && (
        <>
          <div className={tip.hair} style={{ left: px - plot.left }} />
          {read.map(({ trace, x, y }) => (
            <div
              key={trace.id}
              className={classes.dot}
              style={{ left: toX(x) - plot.left, top: toY(y) - plot.top, background: trace.colour }}
            />
          ))}
          <div
            className={tip.tip}
            role={own === null ? undefined : 'status'}
            style={{
              top: 0,
              ...(flip ? { right: plot.left + plot.width - px + 10 } : { left: px - plot.left + 10 }),
            }}
          >
            {own !== null && (
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
          </div>
        </>
      )}
    </div>
  )
}
