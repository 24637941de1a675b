/** The line between two parts of the page: drag it, or use the arrow keys. Who draws it remembers the size. */
import type { KeyboardEvent, PointerEvent } from 'react'
import classes from './Splitter.module.css'

interface SplitterProps {
  label: string
  /** Size in pixels of the part that changes. */
  size: number
  smallest: number
  largest: number
  /** Of the line: a vertical one changes a width, a horizontal one a height. */
  orientation?: 'vertical' | 'horizontal'
  /** True where the part that changes lies after the line. */
  growsBack?: boolean
  /** Between cards, where the gap is the line: shown under the pointer only. */
  quiet?: boolean
  onChange: (size: number) => void
}

export function Splitter(props: SplitterProps) {
  const { label, size, smallest, largest, orientation = 'vertical', growsBack = false, quiet = false } = props
  const direction = growsBack ? -1 : 1
  const vertical = orientation === 'vertical'
  const resize = (wanted: number): void =>
    props.onChange(Math.min(largest, Math.max(smallest, Math.round(wanted))))
  const at = (event: { clientX: number; clientY: number }): number =>
    vertical ? event.clientX : event.clientY

  const onPointerDown = (down: PointerEvent<HTMLDivElement>): void => {
    const element = down.currentTarget
    element.setPointerCapture(down.pointerId)
    element.onpointermove = (event) => resize(size + (at(event) - at(down)) * direction)
    element.onpointerup = element.onpointercancel = () => {
      element.onpointermove = element.onpointerup = element.onpointercancel = null
    }
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const [less, more] = vertical ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown']
    if (event.key !== less && event.key !== more) return
    resize(size + (event.key === more ? 8 : -8) * direction)
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div
      className={classes.splitter}
      role="separator"
      aria-orientation={orientation}
      data-quiet={quiet || undefined}
      aria-label={label}
      aria-valuenow={size}
      aria-valuemin={smallest}
      aria-valuemax={largest}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
    />
  )
}
