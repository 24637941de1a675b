/** The tape from its first node to the loss: layers that open into their nodes, with lines for what reads what. */
import { useElementSize } from '@mantine/hooks'
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import type { TapeRecord } from '../../../main/common/tape/record.ts'
import { lanesOf } from './lanes.ts'
import { layerOf, readersOf, rowsOf, type Row } from './rows.ts'
import { mostLanes, rowHeight, scaleOf, TapeRow } from './TapeRow.tsx'
import { select, toggle, useTape, type Selection } from './tape.ts'
import classes from './Tape.module.css'

/** Rows drawn beyond the edges. */
const beyond = 6

export function TapeList({ record, selection }: { record: TapeRecord; selection: Selection }) {
  const toggled = useTape((s) => s.toggled)
  const { ref: sized, height } = useElementSize()
  const scroller = useRef<HTMLDivElement | null>(null)
  const [top, setTop] = useState(0)
  const rows = useMemo(() => rowsOf(record, toggled), [record, toggled])
  const lanes = useMemo(() => lanesOf(readersOf(record, rows)), [record, rows])
  const scale = useMemo(() => scaleOf(rows), [rows])
  const width =
    1 + Math.max(0, ...lanes.flatMap(({ dot, through, forks }) => [dot ?? 0, ...through, ...forks]))
  const current = rowOf(record, rows, selection)

  useEffect(() => {
    const frame = scroller.current
    if (!frame || current < 0) return
    const [above, below] = [current * rowHeight, (current + 1) * rowHeight]
    if (above < frame.scrollTop) frame.scrollTop = above
    else if (below > frame.scrollTop + frame.clientHeight) frame.scrollTop = below - frame.clientHeight
  }, [current])

  const first = Math.max(0, Math.floor(top / rowHeight) - beyond)
  const last = Math.min(rows.length, Math.ceil((top + height) / rowHeight) + beyond)
  return (
    <div className={classes.list}>
      <div
        className={classes.columns}
        style={{ '--gutter': `${gutter(width)}px` } as React.CSSProperties}
        aria-hidden
      >
        <span />
        <span>Layer or op</span>
        <span>gives</span>
        <span className={classes.number}>forward</span>
        <span className={classes.number}>backward</span>
        <span className={classes.number}>kept for backward</span>
        <span className={classes.number}>|gradient|</span>
      </div>
      <div
        ref={(element) => {
          scroller.current = element
          sized(element)
        }}
        className={classes.scroll}
        role="tree"
        aria-label="Tape"
        aria-multiselectable
        aria-activedescendant={rows[current] ? domId(rows[current]) : undefined}
        tabIndex={0}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onKeyDown={(event) => move(event, rows, current, selection)}
      >
        <div
          className={classes.rows}
          style={{ height: rows.length * rowHeight, '--gutter': `${gutter(width)}px` } as React.CSSProperties}
        >
          {rows.slice(first, last).map((row, i) => {
            const index = first + i
            return (
              <TapeRow
                key={row.key}
                id={domId(row)}
                record={record}
                row={row}
                lanes={lanes[index]}
                scale={scale}
                top={index * rowHeight}
                chosen={isChosen(row, selection, index === current)}
                onPick={(event) => choose(row, selection, event.shiftKey)}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}

const gutter = (lanes: number): number => 14 + 12 * Math.min(lanes, mostLanes)

const domId = (row: Row): string => `tape-${row.key.replaceAll(' ', '-')}`

function isChosen(row: Row, selection: Selection, current: boolean): boolean {
  if ('node' in selection) return current
  const [from, to] = stretchOf(row)
  return row.kind !== 'node' && from >= selection.from && to <= selection.to
}

const stretchOf = (row: Row): [number, number] => {
  if (row.kind === 'block') return [row.from, row.to]
  const layer = row.kind === 'node' ? row.node.layer : row.layer
  return [layer, layer]
}

/** The row that stands for what is chosen: a node's own, else that of what it is folded into. */
function rowOf(record: TapeRecord, rows: readonly Row[], selection: Selection): number {
  if (!('node' in selection)) {
    const whole = rows.findIndex((row) => {
      const [from, to] = stretchOf(row)
      return row.kind !== 'node' && from === selection.from && to === selection.to
    })
    return whole >= 0 ? whole : rows.findIndex((row) => row.kind === 'layer' && row.layer === selection.to)
  }
  const own = rows.findIndex((row) => row.kind === 'node' && row.node.id === selection.node)
  if (own >= 0) return own
  const layer = layerOf(record, selection.node)
  return rows.findLastIndex((row) => {
    const [from, to] = stretchOf(row)
    return row.kind !== 'node' && layer >= from && layer <= to
  })
}

/** @param extend from the layers that are chosen up to this row's */
function choose(row: Row, selection: Selection, extend: boolean): void {
  if (row.kind === 'node') return select({ node: row.node.id })
  const [from, to] = stretchOf(row)
  if (extend && !('node' in selection))
    return select({ from: Math.min(from, selection.from), to: Math.max(to, selection.to) })
  select({ from, to })
}

function move(event: KeyboardEvent, rows: readonly Row[], current: number, selection: Selection): void {
  const row = rows[current]
  const go = (index: number): void => {
    const next = rows[Math.max(0, Math.min(rows.length - 1, index))]
    if (next) choose(next, selection, event.shiftKey)
  }
  /** Where a stretch of layers grows: at its first or its last one. */
  const edge = (end: 'from' | 'to'): number => {
    if (!event.shiftKey || 'node' in selection) return current
    const found = rows.findIndex((one) => one.kind === 'layer' && one.layer === selection[end])
    return found >= 0 ? found : current
  }
  const opens = row?.kind === 'block' || (row?.kind === 'layer' && row.opens)
  const keys: Record<string, () => void> = {
    ArrowDown: () => go(edge('to') + 1),
    ArrowUp: () => go(edge('from') - 1),
    Home: () => go(0),
    End: () => go(rows.length - 1),
    PageDown: () => go(current + 15),
    PageUp: () => go(current - 15),
    Enter: () => opens && row && toggle(row.key),
    ' ': () => opens && row && toggle(row.key),
    ArrowRight: () => {
      if (!opens || !row) return
      if (row.open) go(current + 1)
      else toggle(row.key)
    },
    ArrowLeft: () => {
      if (opens && row?.open) return toggle(row.key)
      const outer = rows.findLastIndex((one, i) => i < current && one.depth < (row?.depth ?? 0))
      if (outer >= 0) go(outer)
    },
  }
  const act = keys[event.key]
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  act()
}
