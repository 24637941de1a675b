/** The head and the rows of the table. Only the rows in sight are drawn, so ten thousand scroll as ten do. */
import { useElementSize, useMergedRef } from '@mantine/hooks'
import { useCallback, useEffect, useMemo, useRef, useState, type CSSProperties, type MouseEvent } from 'react'
import { tick, tickMany, useRuns } from '../../state/runs.ts'
import { activate, rowHeight, showsScroll, useGrid } from './grid.ts'
import { GroupRow } from './GroupRow.tsx'
import { Head } from './Head.tsx'
import { cellId, rowId } from './ids.ts'
import { between, runKey, type Row } from './rows.ts'
import { fieldOf, RunRow } from './RunRow.tsx'
import classes from './Table.module.css'
import { useGridKeys } from './useGridKeys.ts'
import type { Table } from './useTable.ts'
import { useView } from './view.ts'

const headHeight = 28
const tickWidth = 54
const menuWidth = 30
/** Rows drawn beyond the edges. */
const beyond = 4

export function Grid({ table }: { table: Table }) {
  const { rows, shown, columns } = table
  const view = useView((s) => s.view)
  const active = useGrid((s) => s.active)
  const activeField = useGrid((s) => s.activeField)
  const scroller = useRef<HTMLDivElement>(null)
  const { ref: measured, height } = useElementSize()
  const ref = useMergedRef(scroller, measured)
  const [top, setTop] = useState(0)
  const frozen = Math.min(view.frozen, shown.length)
  const onKeyDown = useGridKeys(table, scroller)

  // A row that the keyboard moved to is brought into sight.
  useEffect(() => {
    const at = active === null ? -1 : rows.findIndex((row) => row.key === active)
    const box = scroller.current
    if (at < 0 || !box) return
    const [from, until] = [at * rowHeight, (at + 1) * rowHeight]
    if (from < box.scrollTop) box.scrollTop = from
    else if (until > box.scrollTop + box.clientHeight - headHeight)
      box.scrollTop = until - box.clientHeight + headHeight
    // Only when the keyboard moves: a list that changes must not jump.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [active])

  useEffect(() => {
    if (active === null || activeField === null) return
    document
      .getElementById(cellId(active, activeField))
      ?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [active, activeField])

  const rowsNow = useRef<readonly Row[]>(rows)
  useEffect(() => void (rowsNow.current = rows), [rows])
  const onRowClick = useCallback((event: MouseEvent, runId: number) => {
    activate(runKey(runId), fieldOf(event.target))
    const { anchor } = useGrid.getState()
    if (event.shiftKey && anchor !== null) return tickMany(between(rowsNow.current, anchor, runId), true)
    if (event.ctrlKey || event.metaKey) tick(runId, !useRuns.getState().ticked.has(runId))
    useGrid.setState({ anchor: runId })
  }, [])

  const style = useMemo(() => {
    const tracks = shown.map(({ width, grows }) => (grows ? `minmax(${width}px, 1fr)` : `${width}px`))
    const lefts: Record<string, string> = {}
    let left = tickWidth
    for (let i = 0; i < frozen; i++) {
      lefts[`--left-${i}`] = `${left}px`
      left += shown[i]?.width ?? 0
    }
    const width = shown.reduce((sum, column) => sum + column.width, tickWidth + menuWidth)
    return {
      // Where no column grows, the last track does.
      '--columns': `${tickWidth}px ${tracks.join(' ')} ${shown.some((one) => one.grows) ? `${menuWidth}px` : `minmax(${menuWidth}px, 1fr)`}`,
      ...lefts,
      minWidth: width,
      height: headHeight + rows.length * rowHeight,
    } as CSSProperties
  }, [shown, frozen, rows.length])

  const heldWidth = shown.slice(0, frozen).reduce((sum, { width }) => sum + width, tickWidth)
  const first = Math.max(0, Math.floor(top / rowHeight) - beyond)
  const last = Math.min(rows.length, Math.ceil((top + height) / rowHeight) + beyond)
  return (
    <div
      ref={ref}
      className={classes.scroll}
      style={{ scrollPadding: `${headHeight}px ${menuWidth}px 0 ${heldWidth}px` }}
      role="treegrid"
      aria-label="Table of runs"
      aria-rowcount={rows.length + 1}
      aria-multiselectable
      aria-activedescendant={
        active === null ? undefined : activeField === null ? rowId(active) : cellId(active, activeField)
      }
      tabIndex={0}
      // Who comes by Tab sees where the keyboard is.
      onFocus={(event) => {
        const box = event.currentTarget
        if (event.target === box && active === null && box.matches(':focus-visible'))
          activate(rows[Math.ceil(box.scrollTop / rowHeight)]?.key ?? null)
      }}
      onScroll={(event) => {
        showsScroll()
        setTop(event.currentTarget.scrollTop)
      }}
      onKeyDown={onKeyDown}
    >
      <div className={classes.canvas} style={style} role="presentation">
        <div role="row" className={classes.headRow} aria-rowindex={1}>
          <div role="columnheader" className={classes.tickHead} aria-label="Ticked" />
          {shown.map((column, i) => (
            <Head
              key={column.field.name}
              column={column}
              columns={columns}
              shown={shown}
              at={i}
              frozen={frozen}
              sort={view.sort}
            />
          ))}
          <div className={classes.menuHead} aria-hidden />
        </div>
        {rows.slice(first, last).map((row, i) => {
          const at = first + i
          const place = { columns: shown, frozen, top: headHeight + at * rowHeight, index: at + 2 }
          return row.kind === 'run' ? (
            <RunRow
              sorted={view.sort[0]?.field}
              key={row.key}
              run={row.run}
              depth={row.depth}
              onRowClick={onRowClick}
              {...place}
            />
          ) : (
            <GroupRow key={row.key} group={row} {...place} />
          )
        })}
      </div>
    </div>
  )
}
