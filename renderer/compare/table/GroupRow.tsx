/** A row of several runs: a group, or replicates of one run with other seeds. */
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { memo, useMemo, useRef, useEffect, type CSSProperties } from 'react'
import { isNumeric } from '../../../main/common/filter/fields/index.ts'
import { runColour } from '../../charts/series.ts'
import { tickMany, useRuns } from '../../state/runs.ts'
import { useSweeps } from '../../state/sweeps.ts'
import { counted } from '../../ui/format.ts'
import { LongName } from '../../ui/LongName.tsx'
import { aggregate } from './aggregate.ts'
import { Cell } from './Cell.tsx'
import { cellText, spreadText } from './cellText.ts'
import type { ShownColumn } from './columns.ts'
import { activate, toggleGroup, useGrid } from './grid.ts'
import type { GroupRow as Group } from './rows.ts'
import { rowId } from './ids.ts'
import classes from './Table.module.css'

interface GroupRowProps {
  group: Group
  columns: readonly ShownColumn[]
  frozen: number
  top: number
  index: number
}

export const GroupRow = memo(function GroupRow({ group, columns, frozen, top, index }: GroupRowProps) {
  const { key, depth, runs, open } = group
  const active = useGrid((s) => s.active === key)
  const figures = useMemo(() => columns.map(({ field }) => aggregate(runs, field)), [columns, runs])
  // What the group is called runs across the columns that have no figures.
  const numeric = columns.findIndex(({ field }) => isNumeric(field) && field.name !== 'run')
  const span = numeric < 0 ? columns.length : Math.max(1, numeric)
  return (
    <div
      role="row"
      id={rowId(key)}
      className={classes.row}
      style={{ top }}
      aria-rowindex={index}
      aria-level={depth + 1}
      aria-expanded={open}
      data-group={group.kind}
      data-active={active || undefined}
      onClick={() => {
        activate(key)
        toggleGroup(key)
      }}
    >
      <div role="gridcell" className={classes.tickCell}>
        <TickAll group={group} />
      </div>
      <div
        role="gridcell"
        className={classes.groupLabel}
        style={{ gridColumn: `2 / span ${span}`, '--indent': `${depth * 14}px` } as CSSProperties}
      >
        {open ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
        <GroupName group={group} />
      </div>
      {columns.map(({ field }, i) => {
        const figure = figures[i]
        if (i < span || !figure) return null
        const text = spreadText(field, figure)
        return (
          <Cell
            key={field.name}
            field={field}
            at={i}
            frozen={frozen}
            title={`${text}, of ${counted(figure.count, 'run')}`}
          >
            {text}
          </Cell>
        )
      })}
      <div className={classes.menuCell} />
    </div>
  )
})

function GroupName({ group }: { group: Group }) {
  const { field, value, runs, kind } = group
  const sweep = useSweeps((s) =>
    field?.name === 'sweep' ? s.queue?.sweeps.find(({ id }) => id === value)?.name : undefined,
  )
  if (kind === 'seeds') {
    const first = runs.reduce((a, b) => (a.id < b.id ? a : b))
    return (
      <>
        <span className={classes.groupName}>
          <LongName>{first.name}</LongName>
        </span>
        <span className={classes.groupCount}>{seedsOf(runs)}</span>
      </>
    )
  }
  const text =
    field && value !== null ? `${field.title} ${cellText(field, value)}` : `no ${field?.title.toLowerCase()}`
  const said = sweep === undefined ? text : `${text} · ${sweep}`
  return (
    <>
      <span className={classes.groupName}>
        <LongName>{said}</LongName>
      </span>
      <span className={classes.groupCount}>{counted(runs.length, 'run')}</span>
    </>
  )
}

function seedsOf(runs: Group['runs']): string {
  const seeds = new Set(
    runs.map(({ id, config, origin }) => String(config?.seed ?? origin?.settings.seed ?? id)),
  ).size
  return seeds === runs.length
    ? counted(seeds, 'seed')
    : `${counted(runs.length, 'run')}, ${counted(seeds, 'seed')}`
}

function TickAll({ group }: { group: Group }) {
  const { runs } = group
  const count = useRuns((s) => runs.reduce((sum, { id }) => sum + Number(s.ticked.has(id)), 0))
  const all = count === runs.length
  const box = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (box.current) box.current.indeterminate = count > 0 && !all
  }, [count, all])
  return (
    <input
      ref={box}
      type="checkbox"
      className={classes.tick}
      style={
        { '--run': group.kind === 'seeds' ? runColour(runs[0]?.id ?? 1) : 'var(--td-dim)' } as CSSProperties
      }
      aria-label={`Compare all ${counted(runs.length, 'run')} of this group`}
      checked={all}
      tabIndex={-1}
      onClick={(event) => event.stopPropagation()}
      onChange={() =>
        tickMany(
          runs.map((run) => run.id),
          !all,
        )
      }
    />
  )
}
