/** All runs. Only the rows in sight are drawn, so a thousand of them scroll as ten do. */
import { TextInput } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { IconArrowDown, IconArrowUp, IconSearch } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import type { Run } from '../../../main/common/schemas.ts'
import { usePreferences } from '../../state/preferences.ts'
import { useRuns } from '../../state/runs.ts'
import { counted } from '../../ui/format.ts'
import { columns, searchRuns, sortRuns, type Column } from './columns.ts'
import classes from './Table.module.css'
import { changesByRun } from '../differences.ts'
import { RunRow } from './RunRow.tsx'

const rowHeight = 29
const headHeight = 28
const tickWidth = 62
const menuWidth = 36
/** These share what is left on a wide screen. */
const flexible = new Set(['name', 'changed'])
const tableWidth = columns.reduce((sum, column) => sum + column.width, tickWidth + menuWidth)

export function RunsTable({ runs }: { runs: readonly Run[] }) {
  const { ref, height } = useElementSize()
  const [search, setSearch] = useState('')
  const [top, setTop] = useState(0)
  const sort = usePreferences((s) => s.compareSort)
  const ticked = useRuns((s) => s.ticked)

  const changed = useMemo(() => changesByRun(runs), [runs])
  const rows = useMemo(() => sortRuns(searchRuns(runs, search), sort), [runs, search, sort])
  const first = Math.max(0, Math.floor(top / rowHeight) - 3)
  const last = Math.min(rows.length, Math.ceil((top + height) / rowHeight) + 3)

  return (
    <section className={classes.table} aria-label="Runs">
      <div className={classes.tools}>
        <TextInput
          aria-label="Search runs"
          placeholder="Search name, data, model, status"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          w={320}
        />
        <span className={classes.counts}>
          {search.trim() === ''
            ? counted(runs.length, 'run')
            : `${rows.length} of ${counted(runs.length, 'run')}`}{' '}
          · {ticked.size} ticked
        </span>
      </div>
      <div ref={ref} className={classes.scroll} onScroll={(event) => setTop(event.currentTarget.scrollTop)}>
        <table
          className={classes.runs}
          style={{ minWidth: tableWidth, height: headHeight + rows.length * rowHeight }}
          aria-rowcount={rows.length + 1}
        >
          <colgroup>
            <col style={{ width: tickWidth }} />
            {columns.map((column) => (
              <col key={column.key} style={{ width: flexible.has(column.key) ? undefined : column.width }} />
            ))}
            <col style={{ width: menuWidth }} />
          </colgroup>
          <thead>
            <tr>
              <th scope="col" aria-label="Ticked" />
              {columns.map((column) => (
                <Head key={column.key} column={column} />
              ))}
              <th scope="col" aria-label="Actions" />
            </tr>
          </thead>
          <tbody>
            {first > 0 && <tr aria-hidden style={{ height: first * rowHeight }} />}
            {rows.slice(first, last).map((run, i) => (
              <RunRow
                key={run.id}
                run={run}
                index={first + i + 2}
                ticked={ticked.has(run.id)}
                changed={changed.get(run.id) ?? ''}
              />
            ))}
            <tr aria-hidden style={{ height: Math.max(0, rows.length - last) * rowHeight }} />
          </tbody>
        </table>
        {rows.length === 0 && <p className={classes.hint}>No run matches “{search}”.</p>}
      </div>
    </section>
  )
}

function Head({ column }: { column: Column }) {
  const sort = usePreferences((s) => s.compareSort)
  const set = usePreferences((s) => s.set)
  const here = sort.column === column.key
  const Arrow = sort.descending ? IconArrowDown : IconArrowUp
  const order = sort.descending ? 'descending' : 'ascending'
  return (
    <th
      scope="col"
      aria-sort={here ? order : undefined}
      data-numeric={column.numeric || undefined}
      title={column.help}
    >
      {column.key === 'changed' ? (
        column.title
      ) : (
        <button
          type="button"
          className={classes.sort}
          onClick={() =>
            set({
              compareSort: {
                column: column.key,
                descending: here ? !sort.descending : column.descendingFirst,
              },
            })
          }
        >
          {column.title}
          {here && <Arrow size={12} aria-hidden />}
        </button>
      )}
    </th>
  )
}
