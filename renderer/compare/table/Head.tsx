/** The head of a column: sorts, moves, widens; its menu has the rest. */
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useState, type KeyboardEvent, type PointerEvent } from 'react'
import { isNumeric, type Field } from '../../../main/common/filter/fields/index.ts'
import type { Column, Sort } from '../../../main/common/views/schemas.ts'
import { betterFirst } from './better.ts'
import type { ShownColumn } from './columns.ts'
import { openMenu } from './menu.ts'
import { moveColumn, setWidth } from './setup.ts'
import classes from './Table.module.css'
import { sortBy } from './view.ts'

interface HeadProps {
  column: ShownColumn
  columns: readonly Column[]
  shown: readonly ShownColumn[]
  at: number
  frozen: number
  sort: readonly Sort[]
}

/** Pixels from which a press on a head is a drag. */
const dragFrom = 5

export function Head({ column, columns, shown, at, frozen, sort }: HeadProps) {
  const { field } = column
  const [drop, setDrop] = useState<{ left: number; to: string } | null>(null)
  const order = sort.findIndex((one) => one.field === field.name)
  const here = sort[order]
  const Arrow = here?.descending ? IconArrowDown : IconArrowUp

  const onPointerDown = (down: PointerEvent<HTMLButtonElement>): void => {
    if (down.button !== 0) return
    const button = down.currentTarget
    const row = button.closest('[role=row]')
    let target: { left: number; to: string } | null = null
    const move = (event: globalThis.PointerEvent): void => {
      if (!target && Math.abs(event.clientX - down.clientX) < dragFrom) return
      target = row ? under(row, event.clientX, at, shown) : null
      setDrop(target)
    }
    const up = (): void => {
      window.removeEventListener('pointermove', move)
      window.removeEventListener('pointerup', up)
      setDrop(null)
      if (!target) return
      moveColumn(columns, field.name, target.to)
      // The click that ends a drag sorts nothing.
      const swallow = (event: Event): void => event.stopPropagation()
      window.addEventListener('click', swallow, { capture: true, once: true })
      setTimeout(() => window.removeEventListener('click', swallow, { capture: true }))
    }
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', up)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation()
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    const to = step === undefined ? undefined : shown[at + step]
    if (!event.altKey || !to) return
    event.preventDefault()
    moveColumn(columns, field.name, to.field.name)
  }
  return (
    <div
      role="columnheader"
      className={classes.head}
      aria-sort={here ? (here.descending ? 'descending' : 'ascending') : undefined}
      data-numeric={isNumeric(field) || undefined}
      data-held={at < frozen || undefined}
      data-edge={at === frozen - 1 || undefined}
      data-column={field.name}
      style={at < frozen ? { left: `var(--left-${at})` } : undefined}
      onContextMenu={(event) => {
        event.preventDefault()
        const { left, bottom } = event.currentTarget.getBoundingClientRect()
        // The menu key has no place of its own.
        const byKey = event.clientX === 0 && event.clientY === 0
        openMenu({ kind: 'column', field }, byKey ? left : event.clientX, byKey ? bottom : event.clientY)
      }}
    >
      <button
        type="button"
        className={classes.sort}
        title={`${field.title}: ${field.help}. Click sorts, Shift adds to the order; drag or Alt and arrows move it.`}
        onPointerDown={onPointerDown}
        onKeyDown={onKeyDown}
        onClick={(event) => sortBy(field.name, betterFirst(field), event.shiftKey)}
      >
        <span className={classes.headText}>{field.title}</span>
        {here && <Arrow size={12} aria-hidden />}
        {here && sort.length > 1 && <span className={classes.order}>{order + 1}</span>}
      </button>
      <Grip field={field} width={column.width} columns={columns} />
      {drop && <div className={classes.drop} style={{ left: drop.left }} aria-hidden />}
    </div>
  )
}

/** The column under the pointer, and where the line that shows it stands, from the left of the dragged one. */
function under(
  row: Element,
  x: number,
  from: number,
  shown: readonly ShownColumn[],
): { left: number; to: string } | null {
  const heads = [...row.querySelectorAll('[role=columnheader][data-column]')]
  const mine = heads[from]?.getBoundingClientRect()
  const to = heads.findIndex((head) => x < head.getBoundingClientRect().right)
  const target = heads[to < 0 ? heads.length - 1 : to]?.getBoundingClientRect()
  const name = shown[to < 0 ? heads.length - 1 : to]?.field.name
  if (!mine || !target || name === undefined) return null
  return { left: (to < from && to >= 0 ? target.left : target.right) - mine.left, to: name }
}

const narrowest = 40

/** The right edge: drag it; a double click gives the usual width back. */
function Grip({ field, width, columns }: { field: Field; width: number; columns: readonly Column[] }) {
  const onPointerDown = (down: PointerEvent<HTMLDivElement>): void => {
    down.stopPropagation()
    const grip = down.currentTarget
    const before = grip.parentElement?.getBoundingClientRect().width ?? width
    grip.setPointerCapture(down.pointerId)
    grip.onpointermove = (event) =>
      setWidth(
        columns,
        field.name,
        Math.min(2000, Math.max(narrowest, Math.round(before + event.clientX - down.clientX))),
      )
    grip.onpointerup = grip.onpointercancel = () => {
      grip.onpointermove = grip.onpointerup = grip.onpointercancel = null
    }
  }
  return (
    <div
      className={classes.grip}
      aria-hidden
      onPointerDown={onPointerDown}
      onDoubleClick={() => setWidth(columns, field.name, null)}
    />
  )
}
