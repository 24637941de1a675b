/** Above the table: find, group, what is ticked and what can be done with it, and the bin. */
import { Button, CloseButton, Menu, Tooltip } from '@mantine/core'
import { IconChevronDown, IconFolder, IconStack2, IconTag, IconTrash } from '@tabler/icons-react'
import type { Run } from '../../../main/common/schemas.ts'
import { brush, tickOnly, useRuns } from '../../state/runs.ts'
import { count, counted } from '../../ui/format.ts'
import { binChosen } from './actions.ts'
import { openDialog } from './dialogs.ts'
import { FilterBox } from './FilterBox.tsx'
import { showBin } from './grid.ts'
import classes from './Table.module.css'
import { groupBy } from './setup.ts'
import { TableHelp } from './TableHelp.tsx'
import type { Table } from './useTable.ts'
import { changeView, useView } from './view.ts'

export function Toolbar({ table, runs }: { table: Table; runs: readonly Run[] }) {
  const ticked = useRuns((s) => s.ticked)
  const brushed = useRuns((s) => s.brushed)
  const matching = table.runs.length
  return (
    <div className={classes.tools}>
      <FilterBox fields={table.fields} runs={runs} error={table.error} />
      <TableHelp />
      <GroupMenu table={table} runs={runs} />
      {brushed && (
        <span className={classes.chip}>
          {counted(brushed.size, 'run')} brushed
          <CloseButton size={16} aria-label="Show all again" onClick={() => brush(null)} />
        </span>
      )}
      <span className={classes.counts} role="status">
        {matching === runs.length
          ? counted(matching, 'run')
          : `${count(matching)} of ${counted(runs.length, 'run')}`}
      </span>
      <span className={classes.space} />
      {ticked.size > 0 && <Bulk ticked={ticked} shown={table.runs} />}
      <Tooltip label="Runs that were moved to the bin: restore them, or delete them for ever">
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconTrash size={14} />}
          onClick={() => showBin(true)}
        >
          Bin
        </Button>
      </Tooltip>
    </div>
  )
}

function Bulk({ ticked, shown }: { ticked: ReadonlySet<number>; shown: readonly Run[] }) {
  const ids = [...ticked]
  const inSight = shown.reduce((sum, { id }) => sum + Number(ticked.has(id)), 0)
  // What a filter hides stays ticked, and drawn; nobody should bin it without knowing.
  const hidden = ids.length - inSight
  return (
    <div className={classes.bulk}>
      <span className={classes.counts}>
        {count(ids.length)} ticked{hidden > 0 && `, ${count(hidden)} of them not shown`}
      </span>
      <Tooltip label="Tag the ticked runs (T)">
        <Button
          variant="default"
          px={8}
          aria-label="Tag the ticked runs"
          onClick={() => openDialog('tags', ids)}
        >
          <IconTag size={14} />
        </Button>
      </Tooltip>
      <Tooltip label="Put the ticked runs into a group (G)">
        <Button
          variant="default"
          px={8}
          aria-label="Group the ticked runs"
          onClick={() => openDialog('group', ids)}
        >
          <IconFolder size={14} />
        </Button>
      </Tooltip>
      <Tooltip label="Move the ticked runs to the bin (Delete)">
        <Button
          variant="default"
          px={8}
          aria-label="Move the ticked runs to the bin"
          onClick={() => binChosen(ids)}
        >
          <IconTrash size={14} />
        </Button>
      </Tooltip>
      <Tooltip label="Untick all">
        <CloseButton size={22} aria-label="Untick all" onClick={() => tickOnly([])} />
      </Tooltip>
    </div>
  )
}

/** Fields that every workspace has a use for; settings come when runs differ in them. */
const always: readonly string[] = ['sweep', 'group', 'data', 'model', 'tag', 'status']

function GroupMenu({ table, runs }: { table: Table; runs: readonly Run[] }) {
  const { groupBy: fields, foldSeeds } = useView((s) => s.view)
  const said = [...fields, ...(foldSeeds ? ['seeds'] : [])].join(', ')
  return (
    <Menu closeOnItemClick={false} position="bottom-start">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconStack2 size={14} />}
          rightSection={<IconChevronDown size={13} />}
          data-on={said !== '' || undefined}
          className={classes.groupButton}
        >
          {said === '' ? 'Group' : `By ${said}`}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={380} style={{ overflow: 'auto' }}>
        <GroupItems table={table} runs={runs} chosen={fields} foldSeeds={foldSeeds} />
      </Menu.Dropdown>
    </Menu>
  )
}

interface GroupItemsProps {
  table: Table
  runs: readonly Run[]
  chosen: readonly string[]
  foldSeeds: boolean
}

function GroupItems({ table, runs, chosen, foldSeeds }: GroupItemsProps) {
  const differing = table.fields.plain.filter(
    ({ group, read, name }) =>
      group === 'setting' &&
      (chosen.includes(name) || new Set(runs.map((run) => String(read(run)))).size > 1),
  )
  const general = always.flatMap((name) => table.find(name) ?? [])
  return (
    <>
      <Menu.CheckboxItem checked={foldSeeds} onChange={(on) => changeView({ foldSeeds: on })}>
        One row for all seeds
      </Menu.CheckboxItem>
      <Menu.Divider />
      {[...general, ...differing].map(({ name, title }) => (
        <Menu.CheckboxItem
          key={name}
          checked={chosen.includes(name)}
          rightSection={chosen.length > 1 && chosen.includes(name) ? chosen.indexOf(name) + 1 : undefined}
          onChange={() => groupBy(name)}
        >
          {title}
        </Menu.CheckboxItem>
      ))}
      {(chosen.length > 0 || foldSeeds) && (
        <>
          <Menu.Divider />
          <Menu.Item closeMenuOnClick onClick={() => changeView({ groupBy: [], foldSeeds: false })}>
            No groups
          </Menu.Item>
        </>
      )}
    </>
  )
}
