/** A cell: its place follows from the column, and the first ones stay when the table is scrolled sideways. */
import type { CSSProperties, MouseEvent, ReactNode } from 'react'
import { isNumeric, type Field } from '../../../main/common/filter/fields/index.ts'
import classes from './Table.module.css'

interface CellProps {
  field: Field
  at: number
  frozen: number
  /** The table is sorted by it first. */
  sorted?: boolean
  title?: string
  style?: CSSProperties | undefined
  onContextMenu?: (event: MouseEvent) => void
  children: ReactNode
}

export function Cell({ field, at, frozen, sorted, title, style, onContextMenu, children }: CellProps) {
  const held = at < frozen
  return (
    <div
      role="gridcell"
      className={classes.cell}
      title={title}
      data-field={field.name}
      data-numeric={isNumeric(field) || undefined}
      data-held={held || undefined}
      data-edge={at === frozen - 1 || undefined}
      data-sorted={sorted || undefined}
      style={held ? { ...style, left: `var(--left-${at})` } : style}
      onContextMenu={onContextMenu}
    >
      {children}
    </div>
  )
}
