/** One run in the table. */
import { ActionIcon } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { memo, useState, type CSSProperties, type MouseEvent as ReactMouseEvent } from 'react'
import type { FieldValue } from '../../../main/common/filter/fields/index.ts'
import type { Run } from '../../../main/common/schemas.ts'
import { runColour, runDash } from '../../charts/series.ts'
import { useLiveRun } from '../../state/liveRun.ts'
import { hover, renameRun, tick, useRuns } from '../../state/runs.ts'
import { LongName } from '../../ui/LongName.tsx'
import { RunStatus } from '../../ui/RunStatus.tsx'
import { cellText, fullText } from './cellText.ts'
import type { ShownColumn } from './columns.ts'
import { Cell } from './Cell.tsx'
import { isScrolling, rename, useGrid } from './grid.ts'
import { cellId, rowId } from './ids.ts'
import { openMenu } from './menu.ts'
import { runKey } from './rows.ts'
import classes from './Table.module.css'

interface RunRowProps {
  run: Run
  columns: readonly ShownColumn[]
  /** So many columns stay in place. */
  frozen: number
  /** The field that the table is sorted by first. */
  sorted: string | undefined
  top: number
  depth: number
  /** Position in the table, counted from 1, the head included. */
  index: number
  onRowClick: (event: ReactMouseEvent, runId: number) => void
}

export const RunRow = memo(function RunRow(props: RunRowProps) {
  const { columns, frozen, sorted, top, depth, index, onRowClick } = props
  const run = useLiveRun(props.run)
  const { id } = run
  const key = runKey(id)
  const ticked = useRuns((s) => s.ticked.has(id))
  const hovered = useRuns((s) => s.hovered === id)
  const active = useGrid((s) => s.active === key)
  const activeField = useGrid((s) => (s.active === key ? s.activeField : null))
  const renaming = useGrid((s) => s.renaming === id)
  /** The field under the pointer. */
  const [pointed, setPointed] = useState<string | null>(null)
  const showMenu = (field: ShownColumn['field'], value: FieldValue, x: number, y: number): void =>
    openMenu({ kind: 'run', runId: id, cell: { field, value } }, x, y)
  return (
    <div
      role="row"
      id={rowId(key)}
      className={classes.row}
      style={{ top }}
      aria-rowindex={index}
      aria-level={depth + 1}
      aria-selected={ticked}
      data-ticked={ticked || undefined}
      data-hovered={hovered || undefined}
      data-active={active || undefined}
      onMouseEnter={() => isScrolling() || hover(id)}
      onMouseOver={(event) => isScrolling() || setPointed(fieldOf(event.target))}
      onMouseLeave={() => {
        hover(null)
        setPointed(null)
      }}
      onClick={(event) => onRowClick(event, id)}
      onDoubleClick={() => rename(id)}
    >
      <div role="gridcell" className={classes.tickCell}>
        <Tick run={run} ticked={ticked} onRange={onRowClick} />
        <svg width="20" height="10" aria-hidden opacity={ticked ? 1 : 0.35}>
          <path
            d="M0 5H20"
            stroke={runColour(id)}
            strokeWidth="2.5"
            strokeDasharray={runDash(id) || undefined}
          />
        </svg>
      </div>
      {columns.map(({ field }, i) => {
        const value = field.read(run)
        const first = i === 0 && depth > 0
        return (
          <Cell
            key={field.name}
            id={cellId(key, field.name)}
            field={field}
            at={i}
            frozen={frozen}
            sorted={sorted === field.name && field.group === 'metric'}
            title={titleOf(run, field, value)}
            style={first ? ({ '--indent': `${depth * 14}px` } as CSSProperties) : undefined}
            active={activeField === field.name}
            menu={
              (pointed === field.name || activeField === field.name) && !renaming
                ? (x, y) => showMenu(field, value, x, y)
                : undefined
            }
            onContextMenu={(event) => {
              event.preventDefault()
              showMenu(field, value, event.clientX, event.clientY)
            }}
          >
            {field.name === 'status' ? (
              <RunStatus status={run.status} origin={run.origin} />
            ) : field.name === 'tag' ? (
              run.tags.map((tag) => (
                <span key={tag} className={classes.tag}>
                  {tag}
                </span>
              ))
            ) : field.name === 'name' && renaming ? (
              <NameField run={run} />
            ) : field.name === 'name' ? (
              <LongName>{run.name}</LongName>
            ) : (
              cellText(field, value)
            )}
          </Cell>
        )
      })}
      <div role="gridcell" className={classes.menuCell}>
        <ActionIcon
          aria-label={`More about run ${id}`}
          size={22}
          tabIndex={-1}
          onClick={(event) => {
            event.stopPropagation()
            const { right, bottom } = event.currentTarget.getBoundingClientRect()
            openMenu({ kind: 'run', runId: id, cell: null }, right, bottom)
          }}
        >
          <IconDots size={15} />
        </ActionIcon>
      </div>
    </div>
  )
})

/** The field of the cell that an element is in. */
export const fieldOf = (target: EventTarget): string | null =>
  (target instanceof Element ? target.closest<HTMLElement>('[data-field]')?.dataset.field : null) ?? null

function titleOf(
  run: Run,
  field: ShownColumn['field'],
  value: ReturnType<ShownColumn['field']['read']>,
): string {
  if (field.name === 'status' && run.error) return `${run.error.what} ${run.error.mend}`
  return fullText(field, value)
}

/** A native box: a hundred of them cost nothing. Its colour is that of the run's line. */
function Tick(props: { run: Run; ticked: boolean; onRange: RunRowProps['onRowClick'] }) {
  const { run, ticked, onRange } = props
  return (
    <input
      type="checkbox"
      className={classes.tick}
      style={{ '--run': runColour(run.id) } as CSSProperties}
      aria-label={`Compare run ${run.id}, ${run.name}`}
      checked={ticked}
      tabIndex={-1}
      // The keyboard stays with the table.
      onMouseDown={(event) => {
        event.preventDefault()
        event.currentTarget.closest<HTMLElement>('[role=treegrid]')?.focus({ preventScroll: true })
      }}
      onClick={(event) => {
        event.stopPropagation()
        if (event.shiftKey) onRange(event, run.id)
      }}
      onChange={(event) => {
        if (event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey) return
        useGrid.setState({ anchor: run.id, active: runKey(run.id) })
        tick(run.id, event.currentTarget.checked)
      }}
    />
  )
}

/** Enter or leaving it keeps the new name, Escape the old one. */
function NameField({ run }: { run: Run }) {
  const commit = (text: string): void => {
    if (useGrid.getState().renaming !== run.id) return
    rename(null)
    const wanted = text.trim()
    if (wanted !== '' && wanted !== run.name) void renameRun(run.id, wanted)
  }
  return (
    <input
      className={classes.nameField}
      aria-label={`Name of run ${run.id}`}
      defaultValue={run.name}
      maxLength={120}
      autoFocus
      onFocus={(event) => event.currentTarget.select()}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onBlur={(event) => commit(event.currentTarget.value)}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Escape') rename(null)
        if (event.key === 'Enter') commit(event.currentTarget.value)
        if (event.key !== 'Escape' && event.key !== 'Enter') return
        event.preventDefault()
        event.currentTarget.closest<HTMLElement>('[role=treegrid]')?.focus()
      }}
    />
  )
}
