/** The columns of a table: what each holds, and whether the model sees it. Only rows in sight are in the page. */
import { Checkbox, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Glimpse } from '../../../main/common/data/guess.ts'
import type { ImportOptions } from '../../../main/common/data/options.ts'
import { count, counted, withShortDecimals } from '../../ui/format.ts'
import { VirtualList } from '../../ui/VirtualList.tsx'
import { choiceOf, type ColumnKind } from './columnChoices.ts'
import classes from './Preview.module.css'

type Column = Glimpse['columns'][number]
type Table = NonNullable<ImportOptions['table']>

interface ColumnTableProps {
  columns: readonly Column[]
  table: Table
  busy: boolean
  onChange: (part: Partial<Table>) => void
}

const rowHeight = 34
const many = 12

export function ColumnTable({ columns, table, busy, onChange }: ColumnTableProps) {
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const shown = columns.filter(({ name }) => name.toLowerCase().includes(wanted))
  return (
    <>
      {columns.length > many && (
        <TextInput
          aria-label="Search columns"
          placeholder={`Search ${count(columns.length)} columns`}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          mb={6}
        />
      )}
      <div className={classes.columnHead} aria-hidden>
        <span>Column</span>
        <span>Read as</span>
        <span>Values</span>
      </div>
      <VirtualList count={shown.length} rowHeight={rowHeight} maxHeight={10 * rowHeight} label="Columns">
        {(at) => {
          const column = shown[at]
          return column && <Row column={column} table={table} busy={busy} onChange={onChange} />
        }}
      </VirtualList>
      {shown.length === 0 && <div className={classes.none}>No column is named like “{search}”.</div>}
    </>
  )
}

interface RowProps {
  column: Column
  table: Table
  busy: boolean
  onChange: (part: Partial<Table>) => void
}

function Row({ column, table, busy, onChange }: RowProps) {
  const { isTarget, used, kind, setUsed, setKind } = choiceOf(column, table, onChange)
  const { name, distinct, missing, examples, reason } = column
  const fixed = isTarget || column.kind === 'part'
  const values = [
    examples.join(', '),
    counted(distinct, 'value'),
    ...(missing > 0 ? [`${count(missing)} missing`] : []),
    ...(reason ? [reason] : []),
  ]
  return (
    <div className={classes.columnRow} data-off={(!used && !fixed) || undefined}>
      {fixed ? (
        <span className={classes.target} title={name}>
          <bdi>{name}</bdi>
        </span>
      ) : (
        <Checkbox
          className={classes.columnName}
          label={<bdi title={name}>{name}</bdi>}
          aria-label={`Use column ${name}`}
          checked={used}
          disabled={busy}
          onChange={(event) => setUsed(event.currentTarget.checked)}
        />
      )}
      {fixed ? (
        <span className={classes.predicted}>{isTarget ? 'to predict' : 'parts'}</span>
      ) : (
        <select
          className={classes.select}
          aria-label={`Column ${name} is read as`}
          value={kind}
          disabled={busy || !used}
          onChange={(event) => setKind(event.currentTarget.value as ColumnKind)}
        >
          <option value="number">Number</option>
          <option value="category">Category</option>
        </select>
      )}
      <span className={classes.values} title={values.join(' · ')} dir="auto">
        {withShortDecimals(examples.join(', '))}
        <span className={classes.facts}> · {values.slice(1).join(' · ')}</span>
      </span>
    </div>
  )
}
