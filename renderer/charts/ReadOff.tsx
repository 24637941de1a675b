/**
 * Where a chart is read off: a vertical line, a dot on each curve, a box with what is there. Mouse or arrow keys; dragging
 * zooms, and nothing is read while a person pans. What is read, and what is told of it, is the chart's.
 */
import { useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react'
import tip from '../ui/Tip.module.css'
import classes from './LineChart.module.css'
import { nearest, type Plot } from './trace.ts'
import { useGestures, type Zooming } from './useGestures.ts'

export interface Dot {
  id: string | number
  /** In pixels of the plot. */
  left: number
  top: number
  colour: string
}

interface ReadOffProps<Z> {
  /** Read out by screen readers. */
  label: string
  plot: Plot
  zoom: Z
  zooming: Zooming<Z>
  onZoom: ((zoom: Z) => void) | undefined
  /** The value of the axis at a place from the left of the plot, in pixels. */
  fromX: (pixel: number) => number
  /** Ascending values of the axis that the keys go through. */
  places: ArrayLike<number>
  /** The value that this chart reads; null while it reads none, though another chart may. */
  at: number | null
  /** Where the line stands, in pixels of the plot; null where nothing is read within it. */
  left: number | null
  dots: readonly Dot[]
  /** With the height of the pointer in pixels from the top of the plot, where there is one. */
  onRead: (x: number | null, height: number | null) => void
  /** What the box says; without it there is none. */
  children: ReactNode
}

/** Whether a place in pixels of the plot is on it. */
export const isOnPlot = (left: number, { width }: Plot): boolean => left >= -0.5 && left <= width + 0.5

/** The longest of some lines' positions: those that the keys go through. */
export const longestOf = (lines: readonly { x: ArrayLike<number> }[]): ArrayLike<number> =>
  lines.reduce<ArrayLike<number>>((longest, { x }) => (x.length > longest.length ? x : longest), [])

export function ReadOff<Z>(props: ReadOffProps<Z>) {
  const { label, plot, zoom, zooming, onZoom, fromX, places, at, left, dots, onRead, children } = props
  const gestures = useGestures({ zoom, zooming, onZoom })
  const [keyed, setKeyed] = useState(false)
  const leave = (): void => onRead(null, null)
  const follow = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect()
    if (gestures.move(event)) {
      if (at !== null) leave()
      return
    }
    setKeyed(false)
    onRead(fromX(event.clientX - box.left), event.clientY - box.top)
  }
  const press = (event: KeyboardEvent): void => {
    if (gestures.key(event, at === null || left === null ? 0.5 : left / plot.width)) return
    const last = places.length - 1
    const here = at === null ? last : nearest(places, at)
    const far = event.shiftKey ? Math.ceil(last / 20) : 1
    const moves: Record<string, number> = {
      ArrowLeft: here - far,
      ArrowRight: here + far,
      Home: 0,
      End: last,
    }
    if (event.key === 'Escape') leave()
    const next = moves[event.key]
    if (next === undefined) return
    event.preventDefault()
    setKeyed(true)
    onRead(places[Math.max(0, Math.min(last, next))] ?? null, null)
  }

  const { drag } = gestures
  return (
    <div
      ref={gestures.ref}
      className={classes.cursor}
      style={{ left: plot.left, top: plot.top, width: plot.width, height: plot.height }}
      {...gestures.handlers}
      onPointerMove={follow}
      onPointerLeave={leave}
      onKeyDown={press}
      onBlur={leave}
      tabIndex={0}
      role="application"
      aria-label={`${label} with the arrow keys${onZoom ? '; + and − zoom, Alt with an arrow moves, 0 shows all' : ''}`}
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
      {left !== null && <div className={tip.hair} style={{ left }} />}
      {dots.map(
        (dot) =>
          Number.isFinite(dot.top) && (
            <div
              key={dot.id}
              className={classes.dot}
              style={{ left: dot.left, top: dot.top, background: dot.colour }}
            />
          ),
      )}
      {left !== null && children && (
        <div
          className={tip.tip}
          role={at !== null && keyed ? 'status' : undefined}
          style={{
            top: 0,
            ...(left > plot.width * 0.6 ? { right: plot.width - left + 10 } : { left: left + 10 }),
          }}
        >
          {children}
        </div>
      )}
    </div>
  )
}
