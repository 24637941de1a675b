/** The menu of a cell, a row or a head of the table. */
import { Menu } from '@mantine/core'
import { addClause, writeClause } from '../../../main/common/filter/clause.ts'
import {
  directionOf,
  isNumeric,
  qualifiers,
  type Field,
  type FieldValue,
} from '../../../main/common/filter/fields/index.ts'
import type { Run } from '../../../main/common/schemas.ts'
import type { Column } from '../../../main/common/views/schemas.ts'
import { counted } from '../../ui/format.ts'
import { binChosen, open } from './actions.ts'
import { betterFirst } from './better.ts'
import { cellText, fullText } from './cellText.ts'
import { openDialog } from './dialogs.ts'
import { focusTable, rename } from './grid.ts'
import { closeMenu, useMenu } from './menu.ts'
import { runKey } from './rows.ts'
import { groupBy, hideColumn, turnDirection } from './setup.ts'
import { subjects } from './useGridKeys.ts'
import type { Table } from './useTable.ts'
import { changeView, sortBy, useView } from './view.ts'

export function TableMenu({ table }: { table: Table }) {
  const { subject, x, y } = useMenu()
  const run = subject?.kind === 'run' ? table.runs.find(({ id }) => id === subject.runId) : undefined
  return (
    <Menu
      opened={subject !== null}
      onChange={(opened) => opened || closeMenu()}
      position="bottom-start"
      offset={2}
      width={250}
      onExitTransitionEnd={focusTable}
    >
      <Menu.Target>
        <span style={{ position: 'fixed', left: x, top: y }} aria-hidden />
      </Menu.Target>
      <Menu.Dropdown>
        {subject?.kind === 'run' && run && (
          <>
            {subject.cell && <CellItems {...subject.cell} />}
            <RunItems run={run} />
          </>
        )}
        {subject?.kind === 'column' && <ColumnItems field={subject.field} table={table} />}
      </Menu.Dropdown>
    </Menu>
  )
}

const most = 22
const cut = (text: string): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)

function CellItems({ field, value }: { field: Field; value: FieldValue }) {
  const filter = (one: Exclude<FieldValue, readonly string[]>, not: boolean): void =>
    changeView({ filter: addClause(useView.getState().view.filter, writeClause(field.name, one, not)) })
  // Each tag by itself; a moment is never met twice, and what changed only the page knows.
  const values = typeof value === 'object' && value !== null ? value : [value]
  const filterable = field.kind !== 'moment' && field.name !== 'changed'
  return (
    <>
      {filterable &&
        values.map((one) => {
          const said = one === null ? 'none' : cut(cellText(field, one))
          return [
            <Menu.Item key={`only ${said}`} onClick={() => filter(one, false)}>
              Only {field.title.toLowerCase()} {said}
            </Menu.Item>,
            <Menu.Item key={`without ${said}`} onClick={() => filter(one, true)}>
              Without {field.title.toLowerCase()} {said}
            </Menu.Item>,
          ]
        })}
      <Menu.Item onClick={() => void navigator.clipboard.writeText(fullText(field, value))}>
        Copy value
      </Menu.Item>
      <Menu.Divider />
    </>
  )
}

const key = (text: string) => <kbd>{text}</kbd>

function RunItems({ run }: { run: Run }) {
  const ids = subjects({ kind: 'run', key: runKey(run.id), depth: 0, run })
  const many = ids.length > 1 ? ` ${counted(ids.length, 'run')}` : ''
  return (
    <>
      <Menu.Item rightSection={key('Enter')} onClick={() => open(run)}>
        Open
      </Menu.Item>
      <Menu.Item rightSection={key('F2')} onClick={() => rename(run.id)}>
        Rename
      </Menu.Item>
      <Menu.Item rightSection={key('N')} onClick={() => openDialog('note', [run.id])}>
        Note…
      </Menu.Item>
      <Menu.Item rightSection={key('T')} onClick={() => openDialog('tags', ids)}>
        Tags{many && ` of${many}`}…
      </Menu.Item>
      <Menu.Item rightSection={key('G')} onClick={() => openDialog('group', ids)}>
        Group{many && ` of${many}`}…
      </Menu.Item>
      <Menu.Divider />
      <Menu.Item color="red" rightSection={key('Del')} onClick={() => binChosen(ids)}>
        Move{many} to the bin
      </Menu.Item>
    </>
  )
}

function ColumnItems({ field, table }: { field: Field; table: Table }) {
  const { columns, shown } = table
  const { view } = useView()
  const at = shown.findIndex((one) => one.field.name === field.name)
  const grouped = view.groupBy.includes(field.name)
  const metric = metricOf(field, table)
  const first = betterFirst(field)
  return (
    <>
      <Menu.Item onClick={() => changeView({ sort: [{ field: field.name, descending: first }] })}>
        Sort {sortWords(field, first)}
      </Menu.Item>
      <Menu.Item onClick={() => changeView({ sort: [{ field: field.name, descending: !first }] })}>
        Sort {sortWords(field, !first)}
      </Menu.Item>
      <Menu.Item onClick={() => sortBy(field.name, first, true)}>Sort by this too</Menu.Item>
      {field.group !== 'metric' && field.name !== 'run' && field.name !== 'changed' && (
        <Menu.Item onClick={() => groupBy(field.name)}>
          {grouped ? 'Do not group by this' : 'Group by this'}
        </Menu.Item>
      )}
      {metric !== null && <MetricItems metric={metric} field={field} columns={columns} />}
      <Menu.Divider />
      <Menu.Item
        onClick={() => changeView({ columns: [...columns], frozen: at + 1 === view.frozen ? 0 : at + 1 })}
      >
        {at + 1 === view.frozen ? 'Let all columns scroll' : 'Hold columns up to here'}
      </Menu.Item>
      <Menu.Item disabled={columns.length < 2} onClick={() => hideColumn(columns, field.name)}>
        Hide
      </Menu.Item>
    </>
  )
}

/** Null of a column that is no metric with a qualifier. */
function metricOf(field: Field, { fields }: Table): string | null {
  const dot = field.name.lastIndexOf('.')
  const metric = field.name.slice(0, dot)
  return field.group === 'metric' && fields.metrics.includes(metric) ? metric : null
}

function MetricItems({
  metric,
  field,
  columns,
}: {
  metric: string
  field: Field
  columns: readonly Column[]
}) {
  const lower =
    directionOf(
      metric,
      useView((s) => s.view.directions),
    ) === 'min'
  const show = (qualifier: string): void => {
    const name = `${metric}.${qualifier}`
    const others = columns.filter((one) => one.field !== name)
    changeView({
      columns: others.map((one) => (one.field === field.name ? { field: name, width: null } : one)),
      sort: useView
        .getState()
        .view.sort.map((one) => (one.field === field.name ? { ...one, field: name } : one)),
    })
  }
  return (
    <>
      <Menu.Divider />
      {qualifiers.map((qualifier) => {
        const now = field.name === `${metric}.${qualifier}`
        return (
          <Menu.Item key={qualifier} disabled={now} onClick={() => show(qualifier)}>
            Show {qualifier.replace('_', ' ')}
          </Menu.Item>
        )
      })}
      <Menu.Divider />
      <Menu.Item onClick={() => turnDirection(metric)}>
        {lower ? 'Higher is better here' : 'Lower is better here'}
      </Menu.Item>
    </>
  )
}

function sortWords(field: Field, descending: boolean): string {
  if (field.group === 'metric') return descending === betterFirst(field) ? 'best first' : 'worst first'
  if (isNumeric(field)) return descending ? 'largest first' : 'smallest first'
  return descending ? 'Z to A' : 'A to Z'
}
