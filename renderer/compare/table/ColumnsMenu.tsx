/** Which columns the table has, in which order: those that are shown above, everything that can be below. */
import { ActionIcon, Button, NativeSelect, Popover, TextInput, Tooltip } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconSearch, IconX } from '@tabler/icons-react'
import { useMemo, useState, type KeyboardEvent } from 'react'
import { qualifiers } from '../../../main/common/filter/fields/index.ts'
import { useRuns } from '../../state/runs.ts'
import { count } from '../../ui/format.ts'
import { VirtualList } from '../../ui/VirtualList.tsx'
import classes from './ColumnsMenu.module.css'
import { addColumn, hideColumn, moveColumn } from './setup.ts'
import { useTable, type Table } from './useTable.ts'
import { changeView } from './view.ts'

export function ColumnsMenu() {
  const none = useRuns((s) => !s.list || s.list.length === 0)
  return (
    <Popover position="bottom-end" width={360} shadow="md" trapFocus>
      <Popover.Target>
        <Button variant="default" disabled={none}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={10}>
        <Chooser />
      </Popover.Dropdown>
    </Popover>
  )
}

function Chooser() {
  const list = useRuns((s) => s.list)
  const table = useTable(list ?? [])
  const { columns, fields } = table
  const [search, setSearch] = useState('')
  const [at, setAt] = useState('')
  const [qualifier, setQualifier] = useState('best')
  const offered = useMemo(() => offers(table, search, qualifier, at), [table, search, qualifier, at])
  return (
    <div className={classes.chooser}>
      <div className={classes.head}>
        <b>Shown</b>
        <Button variant="subtle" size="compact-xs" onClick={() => changeView({ columns: [], frozen: 2 })}>
          As at first
        </Button>
      </div>
      <ol className={classes.shown} aria-label="Columns shown">
        {columns.map(({ field }, i) => (
          <ShownItem key={field} table={table} field={field} at={i} />
        ))}
      </ol>
      <TextInput
        aria-label="Search columns"
        placeholder="Search settings and metrics"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {fields.metrics.length > 0 && (
        <div className={classes.how}>
          <NativeSelect
            aria-label="Which value of a metric"
            value={qualifier}
            onChange={(event) => setQualifier(event.currentTarget.value)}
            data={[
              ...qualifiers.map((value) => ({ value, label: value.replace('_', ' ') })),
              { value: 'at', label: 'where another is best' },
            ]}
          />
          {qualifier === 'at' && (
            <NativeSelect
              aria-label="The metric that is best there"
              value={at}
              onChange={(event) => setAt(event.currentTarget.value)}
              data={[{ value: '', label: 'choose a metric' }, ...fields.metrics.slice(0, 500)]}
            />
          )}
        </div>
      )}
      <VirtualList count={offered.length} rowHeight={26} maxHeight={210} label="Columns to add">
        {(index) => {
          const offer = offered[index]
          return (
            offer && (
              <button
                type="button"
                className={classes.offer}
                title={offer.help}
                onClick={() => addColumn(columns, offer.name)}
              >
                <IconPlus size={13} aria-hidden />
                <span>{offer.name}</span>
                <span className={classes.help}>{offer.help}</span>
              </button>
            )
          )
        }}
      </VirtualList>
      <p className={classes.help}>{count(offered.length)} to choose from</p>
    </div>
  )
}

function ShownItem({ table, field, at }: { table: Table; field: string; at: number }) {
  const { columns, find } = table
  const title = find(field)?.title ?? field
  const move = (step: number): void => {
    const to = columns[at + step]
    if (to) moveColumn(columns, field, to.field)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (!event.altKey || step === undefined) return
    event.preventDefault()
    move(step)
  }
  return (
    <li
      className={classes.item}
      draggable
      onKeyDown={onKeyDown}
      onDragStart={(event) => event.dataTransfer.setData('text/plain', field)}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        moveColumn(columns, event.dataTransfer.getData('text/plain'), field)
      }}
    >
      <span className={classes.name} title={field}>
        {title}
      </span>
      <Tooltip label="Earlier (Alt+Up)">
        <ActionIcon size={20} aria-label={`Move ${title} up`} disabled={at === 0} onClick={() => move(-1)}>
          <IconArrowUp size={13} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Later (Alt+Down)">
        <ActionIcon
          size={20}
          aria-label={`Move ${title} down`}
          disabled={at === columns.length - 1}
          onClick={() => move(1)}
        >
          <IconArrowDown size={13} />
        </ActionIcon>
      </Tooltip>
      <ActionIcon
        size={20}
        aria-label={`Hide ${title}`}
        disabled={columns.length < 2}
        onClick={() => hideColumn(columns, field)}
      >
        <IconX size={13} />
      </ActionIcon>
    </li>
  )
}

interface Offer {
  name: string
  help: string
}

/** Every column that is not shown and has all words of the search in its name or help. */
function offers(table: Table, search: string, qualifier: string, at: string): Offer[] {
  const { fields, find, columns } = table
  const shown = new Set(columns.map((one) => one.field))
  const suffix = qualifier === 'at' ? `@${at}` : `.${qualifier}`
  const metrics = qualifier === 'at' && at === '' ? [] : fields.metrics
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const found: Offer[] = []
  const add = (name: string): void => {
    const field = shown.has(name) ? null : find(name)
    if (!field) return
    const text = `${field.name} ${field.help}`.toLowerCase()
    if (words.every((word) => text.includes(word))) found.push({ name, help: field.help })
  }
  for (const metric of metrics) add(`${metric}${suffix}`)
  add('changed')
  for (const { name } of fields.plain) add(name)
  return found
}
