/** Reads a chart off at one position: a vertical line and the value of every trace there. Mouse or arrow keys. */
import { useState, type KeyboardEvent, type PointerEvent } from 'react'
import type { Bucket } from '../../main/common/schemas.ts'
import { count, duration } from '../ui/format.ts'
import classes from './LineChart.module.css'
import type { Domain } from './ticks.ts'
import { nearest, type Place, type Plot, type Trace } from './trace.ts'

interface CursorProps {
  traces: readonly Trace[]
  plot: Plot
  xDomain: Domain
  toX: Place
  toY: Place
  format: (value: number) => string
}

/** More lines than this do not fit beside the pointer; the nearest ones are told. */
const most = 12

export function Cursor({ traces, plot, xDomain, toX, toY, format }: CursorProps) {
  const [at, setAt] = useState<number | null>(null)

  const follow = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect()
    const part = (event.clientX - box.left) / box.width
    setAt(xDomain[0] + part * (xDomain[1] - xDomain[0]))
  }
  const step = (event: KeyboardEvent): void => {
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
    if (event.key === 'Escape') setAt(null)
    const next = moves[event.key]
    if (next === undefined) return
    event.preventDefault()
    setAt(longest[Math.max(0, Math.min(last, next))] ?? null)
  }

  const read =
    at === null
      ? []
      : traces.flatMap((trace) => {
          const i = nearest(trace.x, at)
          const bucket = trace.buckets[i]
          return bucket ? [{ trace, bucket, x: trace.x[i] as number, y: trace.y[i] as number }] : []
        })
  const anchor = read[0]
  const px = at === null ? 0 : toX(at)
  const flip = px > plot.left + plot.width * 0.6

  return (
    <div
      className={classes.cursor}
      style={{ left: plot.left, top: plot.top, width: plot.width, height: plot.height }}
      onPointerMove={follow}
      onPointerLeave={() => setAt(null)}
      onKeyDown={step}
      onBlur={() => setAt(null)}
      tabIndex={0}
      role="application"
      aria-label="Read values off the chart with the arrow keys"
    >
      {at !== null && anchor && (
        <>
          <div className={classes.hair} style={{ left: px - plot.left }} />
          {read.map(({ trace, x, y }) => (
            <div
              key={trace.id}
              className={classes.dot}
              style={{ left: toX(x) - plot.left, top: toY(y) - plot.top, background: trace.colour }}
            />
          ))}
          <div
            className={classes.tip}
            role="status"
            style={flip ? { right: plot.left + plot.width - px + 10 } : { left: px - plot.left + 10 }}
          >
            <div className={classes.tipHead}>
              step {count(anchor.bucket.lastStep)} · {duration(anchor.bucket.seconds)}
            </div>
            {read.slice(0, most).map(({ trace, bucket, y }) => (
              <div key={trace.id} className={classes.tipRow}>
                <svg width="18" height="8" aria-hidden>
                  <path
                    d="M0 4H18"
                    stroke={trace.colour}
                    strokeWidth="2"
                    strokeDasharray={trace.dash || undefined}
                  />
                </svg>
                <span className={classes.tipName}>{trace.label}</span>
                <b>{format(y)}</b>
                {trace.raw && <span className={classes.tipRange}>{rawText(bucket, format)}</span>}
              </div>
            ))}
            {read.length > most && <div className={classes.tipRange}>and {read.length - most} more</div>}
          </div>
        </>
      )}
    </div>
  )
}

/** The values beneath a smoothed line. */
const rawText = ({ min, max, last }: Bucket, format: (value: number) => string): string =>
  min < max ? `raw ${format(min)} to ${format(max)}` : `raw ${format(last)}`
