/** The table by keyboard: arrows, the menu key, Space, Ctrl+A, Enter, F2, Delete, T, N, G. */
import { useCallback, type KeyboardEvent, type RefObject } from 'react'
import type { Field } from '../../../main/common/filter/fields/index.ts'
import { tick, tickMany, tickOnly, useRuns } from '../../state/runs.ts'
import { binChosen, open } from './actions.ts'
import { openDialog } from './dialogs.ts'
import { activate, rename, rowHeight, toggleGroup, useGrid } from './grid.ts'
import { openMenu } from './menu.ts'
import type { Row } from './rows.ts'
import { cellId, rowId } from './ids.ts'
import type { Table } from './useTable.ts'

/** What an action is about: the ticked runs where the row is one of them, else that row alone. */
export function subjects(row: Row | undefined): number[] {
  if (!row) return []
  const { ticked } = useRuns.getState()
  if (row.kind !== 'run') return row.runs.map((run) => run.id)
  return ticked.has(row.run.id) ? [...ticked] : [row.run.id]
}

export function useGridKeys(
  { rows, runs, shown }: Table,
  scroller: RefObject<HTMLDivElement | null>,
): (event: KeyboardEvent) => void {
  return useCallback(
    (event) => {
      if (event.target !== scroller.current) return
      const { active } = useGrid.getState()
      const at = rows.findIndex((row) => row.key === active)
      const row = rows[at]
      const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2)
      const fields = shown.map(({ field }) => field)
      if (handle(event, { rows, at, row, page, fields, all: runs.map((run) => run.id) })) {
        event.preventDefault()
        event.stopPropagation()
      }
    },
    [rows, runs, shown, scroller],
  )
}

interface Where {
  rows: readonly Row[]
  at: number
  row: Row | undefined
  /** Rows in sight. */
  page: number
  /** Of the columns, from the left. */
  fields: readonly Field[]
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
    activate(next.key, useGrid.getState().activeField)
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
      if (row.kind === 'run') moveAlong(key === 'ArrowRight' ? 1 : -1, row.key, where.fields)
      else if (row.open !== (key === 'ArrowRight')) toggleGroup(row.key)
      return true
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
      showMenu(row, where.fields)
      return true
    case 'F10':
      if (event.shiftKey) showMenu(row, where.fields)
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

/** From the row as a whole to its first cell, from there to the next, and back. */
function moveAlong(by: number, row: string, fields: readonly Field[]): void {
  const at = fields.findIndex(({ name }) => name === useGrid.getState().activeField)
  const to = Math.min(fields.length - 1, at + by)
  activate(row, to < 0 ? null : (fields[to]?.name ?? null))
}

function showMenu(row: Row, fields: readonly Field[]): void {
  if (row.kind !== 'run') return
  const field = fields.find(({ name }) => name === useGrid.getState().activeField)
  const id = field ? cellId(row.key, field.name) : rowId(row.key)
  const box = document.getElementById(id)?.getBoundingClientRect()
  if (!box) return
  const cell = field ? { field, value: field.read(row.run) } : null
  openMenu({ kind: 'run', runId: row.run.id, cell }, Math.max(0, box.left) + (field ? 0 : 80), box.bottom)
}
