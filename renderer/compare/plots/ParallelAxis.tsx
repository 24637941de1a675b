/** One axis: its name moves it and takes it away, its line is brushed by dragging, its ends by the keyboard too. */
import { useRef, type KeyboardEvent, type PointerEvent } from 'react'
import type { Axis, Brush } from './axis.ts'
import classes from './Plots.module.css'

interface ParallelAxisProps {
  axis: Axis
  x: number
  top: number
  /** In pixels. */
  length: number
  /** Pixels to the next axis. */
  pitch: number
  brush: Brush | null
  onBrush: (brush: Brush | null) => void
  /** So many places to the right. */
  onMove: (by: number) => void
  onRemove: () => void
}

const whole: Brush = { from: 0, to: 1 }
/** What the arrow keys move the end of a brush by. */
const step = 0.05
/** Shorter drags, in pixels, are clicks. */
const shortest = 4

export function ParallelAxis(props: ParallelAxisProps) {
  const { axis, x, top, length, pitch, brush, onBrush, onMove, onRemove } = props
  const begun = useRef<number | null>(null)
  const grabbed = useRef<number | null>(null)
  const y = (at: number): number => top + (1 - at) * length
  const at = (event: PointerEvent<SVGElement>): number => {
    const box = event.currentTarget.ownerSVGElement!.getBoundingClientRect()
    return Math.min(1, Math.max(0, 1 - (event.clientY - box.top - top) / length))
  }
  const between = (a: number, b: number): Brush => ({ from: Math.min(a, b), to: Math.max(a, b) })
  const setEnd = (end: keyof Brush, value: number): void => {
    const now = { ...(brush ?? whole), [end]: Math.min(1, Math.max(0, value)) }
    if (now.from > now.to) return
    onBrush(now.from <= 0 && now.to >= 1 ? null : now)
  }
  const onKey = (end: keyof Brush) => (event: KeyboardEvent) => {
    const by = { ArrowUp: step, ArrowDown: -step }[event.key]
    if (by === undefined && event.key !== 'Escape') return
    event.preventDefault()
    if (by === undefined) onBrush(null)
    else setEnd(end, (brush ?? whole)[end] + by)
  }
  const { title, help } = axis.field
  const shown = brush ?? whole
  return (
    <g className={classes.axis}>
      <line x1={x} x2={x} y1={top} y2={top + length} />
      {axis.ticks.map((tick) => (
        <g key={tick.at}>
          <line x1={x - 4} x2={x} y1={y(tick.at)} y2={y(tick.at)} />
          <text x={x - 7} y={y(tick.at)} textAnchor="end" dominantBaseline="central">
            {tick.text.length > 12 ? `${tick.text.slice(0, 11)}…` : tick.text}
          </text>
        </g>
      ))}
      <text
        className={classes.axisName}
        x={x}
        y={top - 24}
        textAnchor="middle"
        tabIndex={0}
        role="button"
        aria-label={`Axis ${title}: arrow keys move it, Delete takes it away`}
        onPointerDown={(event) => {
          grabbed.current = event.clientX
          event.currentTarget.setPointerCapture(event.pointerId)
        }}
        onPointerUp={(event) => {
          if (grabbed.current !== null) onMove(Math.round((event.clientX - grabbed.current) / pitch))
          grabbed.current = null
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowLeft') onMove(-1)
          else if (event.key === 'ArrowRight') onMove(1)
          else if (event.key === 'Delete') onRemove()
          else return
          event.preventDefault()
        }}
      >
        {title}
        {axis.kind === 'log' ? ' (log)' : ''}
        <title>{help}. Drag to move it.</title>
      </text>
      <text
        className={classes.remove}
        x={x}
        y={top - 9}
        textAnchor="middle"
        role="button"
        tabIndex={0}
        aria-label={`Take axis ${title} away`}
        onClick={onRemove}
        onKeyDown={(event) => {
          if (event.key === 'Enter' || event.key === ' ') onRemove()
        }}
      >
        ✕
      </text>
      {brush && (
        <rect
          className={classes.brush}
          x={x - 8}
          width={16}
          y={y(brush.to)}
          height={Math.max(1, (brush.to - brush.from) * length)}
        />
      )}
      <rect
        className={classes.ground}
        data-testid={`axis-${axis.field.name}`}
        x={x - 12}
        width={24}
        y={top}
        height={length}
        onPointerDown={(event) => {
          begun.current = at(event)
          event.currentTarget.setPointerCapture(event.pointerId)
        }}
        onPointerMove={(event) => {
          if (begun.current === null) return
          const now = at(event)
          if (Math.abs(now - begun.current) * length >= shortest) onBrush(between(begun.current, now))
        }}
        onPointerUp={(event) => {
          const start = begun.current
          begun.current = null
          if (start !== null && Math.abs(at(event) - start) * length < shortest) onBrush(null)
        }}
      />
      {(['from', 'to'] as const).map((end) => (
        <rect
          key={end}
          className={classes.end}
          x={x - 8}
          width={16}
          y={y(shown[end]) - 2}
          height={4}
          tabIndex={0}
          role="slider"
          aria-label={`${title}, brushed ${end}`}
          aria-orientation="vertical"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(100 * shown[end])}
          onKeyDown={onKey(end)}
        />
      ))}
    </g>
  )
}
