/** A box on the canvas: type, choose one of a list with the arrow keys, Enter takes it. */
import { useState, type CSSProperties, type KeyboardEvent } from 'react'
import type { Position } from '../../main/common/edit.ts'
import classes from './Canvas.module.css'

export interface Choice {
  id: string
  title: string
  /** Said on the right, faint. */
  note: string
  colour: string
}

interface PickerProps {
  /** In the canvas's own pixels. */
  at: Position
  /** True near the lower edge, where the box grows upwards. */
  upwards: boolean
  label: string
  placeholder: string
  /** Said when nothing fits. */
  none: string
  search: (query: string) => readonly Choice[]
  onChoose: (id: string) => void
  onClose: () => void
}

export function Picker({ at, upwards, label, placeholder, none, search, onChoose, onClose }: PickerProps) {
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const found = search(query)

  const onKeyDown = (event: KeyboardEvent): void => {
    const chosen = found[active]
    if (event.key === 'Enter' && chosen) onChoose(chosen.id)
    else if (event.key === 'Escape') onClose()
    else if (event.key === 'ArrowDown') setActive((active + 1) % Math.max(1, found.length))
    else if (event.key === 'ArrowUp') setActive((active + found.length - 1) % Math.max(1, found.length))
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div
      className={classes.quickAdd}
      style={{
        left: `clamp(4px, ${at.x}px, calc(100% - 244px))`,
        ...(upwards ? { bottom: `calc(100% - ${at.y}px)` } : { top: at.y }),
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) onClose()
      }}
    >
      <input
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls="picker-options"
        aria-activedescendant={found[active] ? `picker-${active}` : undefined}
        aria-label={label}
        placeholder={placeholder}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value)
          setActive(0)
        }}
        onKeyDown={onKeyDown}
      />
      <ul id="picker-options" className={classes.options} role="listbox" aria-label={label}>
        {found.map((choice, i) => (
          <li
            key={choice.id}
            id={`picker-${i}`}
            role="option"
            aria-selected={i === active}
            className={classes.option}
            style={{ '--colour': choice.colour } as CSSProperties}
            ref={i === active ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
            // Before the input loses focus, which would close the box.
            onPointerDown={(event) => {
              event.preventDefault()
              onChoose(choice.id)
            }}
            onPointerMove={() => setActive(i)}
          >
            <i aria-hidden />
            <span>{choice.title}</span>
            <small>{choice.note}</small>
          </li>
        ))}
        {found.length === 0 && <li className={classes.none}>{none}</li>}
      </ul>
    </div>
  )
}
