/** A cell: its place follows from the column, and the first ones stay when the table is scrolled sideways. */
import { IconChevronDown } from '@tabler/icons-react'
import type { CSSProperties, MouseEvent, ReactNode } from 'react'
import { isNumeric, type Field } from '../../../main/common/filter/fields/index.ts'
import classes from './Table.module.css'

interface CellProps {
  id?: string
  field: Field
  at: number
  frozen: number
  /** The table is sorted by it first. */
  sorted?: boolean
  title?: string
  style?: CSSProperties | undefined
  /** The keyboard is on it. */
  active?: boolean
  /** Where there is a button for what can be done with the value: opens it at a place on the screen. */
  menu?: ((x: number, y: number) => void) | undefined
  onContextMenu?: (event: MouseEvent) => void
  children: ReactNode
}

export function Cell(props: CellProps) {
  const { id, field, at, frozen, sorted, title, style, active, menu, onContextMenu, children } = props
  const held = at < frozen
  return (
    <div
      role="gridcell"
      id={id}
      className={classes.cell}
      title={title}
      data-field={field.name}
      data-numeric={isNumeric(field) || undefined}
      data-held={held || undefined}
      data-edge={at === frozen - 1 || undefined}
      data-sorted={sorted || undefined}
      data-active={active || undefined}
      style={held ? { ...style, left: `var(--left-${at})` } : style}
      onContextMenu={onContextMenu}
    >
      {children}
      {menu && (
        <button
          type="button"
          className={classes.cellMenu}
          aria-label={`Filter by this ${field.title}, and more`}
          tabIndex={-1}
          onClick={(event) => {
            event.stopPropagation()
            const { left, bottom } = event.currentTarget.getBoundingClientRect()
            menu(left, bottom)
          }}
          onDoubleClick={(event) => event.stopPropagation()}
        >
          <IconChevronDown size={13} aria-hidden />
        </button>
      )}
    </div>
  )
}
