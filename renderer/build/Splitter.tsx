/** The line between two parts of the page: drag it, or use the arrow keys. Widths are remembered. */
import type { KeyboardEvent, PointerEvent } from 'react'
import classes from './BuildPage.module.css'

const narrowest = 140
const widest = 440

interface SplitterProps {
  label: string
  width: number
  /** True where the part to the right of the line is the one that changes. */
  growsLeft?: boolean
  onChange: (width: number) => void
}

export function Splitter({ label, width, growsLeft = false, onChange }: SplitterProps) {
  const direction = growsLeft ? -1 : 1
  const resize = (wanted: number): void => onChange(Math.min(widest, Math.max(narrowest, Math.round(wanted))))

  const onPointerDown = (down: PointerEvent<HTMLDivElement>): void => {
    const element = down.currentTarget
    element.setPointerCapture(down.pointerId)
    element.onpointermove = (event) => resize(width + (event.clientX - down.clientX) * direction)
    element.onpointerup = element.onpointercancel = () => {
      element.onpointermove = element.onpointerup = element.onpointercancel = null
    }
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
    resize(width + (event.key === 'ArrowRight' ? 8 : -8) * direction)
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div
      className={classes.splitter}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={narrowest}
      aria-valuemax={widest}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
    />
  )
}
