/** The table by keyboard: arrows, Space, Ctrl+A, Enter, F2, Delete, T, N, G. */
import { useCallback, type KeyboardEvent, type RefObject } from 'react'
import { tick, tickMany, tickOnly, useRuns } from '../../state/runs.ts'
import { binChosen, open } from './actions.ts'
import { openDialog } from './dialogs.ts'
import { activate, rename, rowHeight, toggleGroup, useGrid } from './grid.ts'
import { openMenu } from './menu.ts'
import type { Row } from './rows.ts'
import { rowId } from './RunRow.tsx'
import type { Table } from './useTable.ts'

/** What an action is about: the ticked runs where the row is one of them, else that row alone. */
export function subjects(row: Row | undefined): number[] {
  if (!row) return []
  const { ticked } = useRuns.getState()
  if (row.kind !== 'run') return row.runs.map((run) => run.id)
  return ticked.has(row.run.id) ? [...ticked] : [row.run.id]
}

export function useGridKeys(
  { rows, runs }: Table,
  scroller: RefObject<HTMLDivElement | null>,
): (event: KeyboardEvent) => void {
  return useCallback(
    (event) => {
      if (event.target !== scroller.current) return
      const { active } = useGrid.getState()
      const at = rows.findIndex((row) => row.key === active)
      const row = rows[at]
      const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2)
      if (handle(event, { rows, at, row, page, all: runs.map((run) => run.id) })) {
        event.preventDefault()
        event.stopPropagation()
      }
    },
    [rows, runs, scroller],
  )
}

interface Where {
  rows: readonly Row[]
  at: number
  row: Row | undefined
  /** Rows in sight. */
  page: number
  /** Every run that matches. */
  all: readonly number[]
}

/** @returns whether the key means something here */
function handle(event: KeyboardEvent, where: Where): boolean {
  const { rows, at, row } = where
  const { key } = event
  if (event.ctrlKey || event.metaKey) {
    if (key !== 'a') return false
    tickOnly(where.all)
    return true
  }
  if (event.altKey) return false
  const to = target(key, where)
  if (to !== null) {
    const next = rows[to]
    if (!next) return true
    activate(next.key)
    if (event.shiftKey) for (const one of [row, next]) if (one?.kind === 'run') tick(one.run.id, true)
    return true
  }
  if (!row) return false
  switch (key) {
    case ' ':
      if (row.kind === 'run') tick(row.run.id, !useRuns.getState().ticked.has(row.run.id))
      else tickGroup(row.runs.map((run) => run.id))
      return true
    case 'ArrowRight':
    case 'ArrowLeft':
      return fold(key, row)
    case 'Enter':
      if (row.kind === 'run') open(row.run)
      else toggleGroup(row.key)
      return true
    case 'F2':
      if (row.kind === 'run') rename(row.run.id)
      return true
    case 'Delete':
      binChosen(subjects(row))
      activate((rows[at + 1] ?? rows[at - 1])?.key ?? null)
      return true
    case 't':
      openDialog('tags', subjects(row))
      return true
    case 'g':
      openDialog('group', subjects(row))
      return true
    case 'n':
      if (row.kind === 'run') openDialog('note', [row.run.id])
      return true
    case 'ContextMenu':
      showMenu(row)
      return true
    case 'F10':
      if (event.shiftKey) showMenu(row)
      return event.shiftKey
    default:
      return false
  }
}

/** Where a key goes to; null where it goes nowhere. */
function target(key: string, { rows, at, page }: Where): number | null {
  const last = rows.length - 1
  const clamp = (to: number): number => Math.min(last, Math.max(0, to))
  switch (key) {
    case 'ArrowDown':
      return clamp(at + 1)
    case 'ArrowUp':
      return clamp(at - 1)
    case 'PageDown':
      return clamp(at + page)
    case 'PageUp':
      return clamp(at - page)
    case 'Home':
      return 0
    case 'End':
      return clamp(last)
    default:
      return null
  }
}

function tickGroup(ids: readonly number[]): void {
  const { ticked } = useRuns.getState()
  tickMany(ids, !ids.every((id) => ticked.has(id)))
}

function fold(key: string, row: Row): boolean {
  if (row.kind === 'run') return false
  if (row.open !== (key === 'ArrowRight')) toggleGroup(row.key)
  return true
}

function showMenu(row: Row): void {
  const box = document.getElementById(rowId(row.key))?.getBoundingClientRect()
  if (row.kind === 'run' && box)
    openMenu({ kind: 'run', runId: row.run.id, cell: null }, Math.max(0, box.left) + 80, box.bottom)
}
