/** One run in the table. */
import { ActionIcon, Button, Checkbox, Group, Menu, Modal, TextInput } from '@mantine/core'
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react'
import { memo, useState } from 'react'
import type { Run } from '../../../main/common/schemas.ts'
import { runColour, runDash } from '../../charts/series.ts'
import { removeRun, renameRun, tick } from '../../state/runs.ts'
import { Confirm } from '../../ui/Confirm.tsx'
import { moment } from '../../ui/format.ts'
import { RunStatus } from '../../ui/RunStatus.tsx'
import { columns } from './columns.ts'
import classes from './Table.module.css'

interface RunRowProps {
  run: Run
  /** Position in the table, counted from 1, the head included. */
  index: number
  ticked: boolean
  changed: string
}

export const RunRow = memo(function RunRow({ run, index, ticked, changed }: RunRowProps) {
  const colour = runColour(run.id)
  return (
    <tr aria-rowindex={index} data-ticked={ticked || undefined}>
      <td>
        <span className={classes.tick}>
          <Checkbox
            aria-label={`Compare run ${run.id}, ${run.name}`}
            checked={ticked}
            onChange={(event) => tick(run.id, event.currentTarget.checked)}
            size="xs"
          />
          <svg width="20" height="10" aria-hidden opacity={ticked ? 1 : 0.35}>
            <path
              d="M0 5H20"
              stroke={colour}
              strokeWidth="2.5"
              strokeDasharray={runDash(run.id) || undefined}
            />
          </svg>
        </span>
      </td>
      {columns.map((column) => {
        if (column.key === 'status')
          return (
            <td key={column.key} title={run.error ? `${run.error.what} ${run.error.mend}` : undefined}>
              <RunStatus status={run.status} />
            </td>
          )
        const text = column.key === 'changed' ? changed : column.text(run)
        const title = column.key === 'created' ? `started ${moment(run.createdAt)}` : text
        return (
          <td
            key={column.key}
            title={column.numeric && column.key !== 'created' ? undefined : title}
            data-numeric={column.numeric || undefined}
            data-column={column.key}
          >
            {text}
          </td>
        )
      })}
      <td>
        <RunMenu run={run} />
      </td>
    </tr>
  )
})

function RunMenu({ run }: { run: Run }) {
  const [dialog, setDialog] = useState<'rename' | 'remove' | null>(null)
  const active = run.status === 'running' || run.status === 'paused'
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon aria-label={`More about run ${run.id}`} size={24}>
            <IconDots size={15} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => setDialog('rename')}>
            Rename…
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={15} />}
            disabled={active}
            onClick={() => setDialog('remove')}
          >
            {active ? 'Remove… (stop it first)' : 'Remove…'}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dialog === 'rename' && <RenameDialog run={run} onClose={() => setDialog(null)} />}
      <Confirm
        opened={dialog === 'remove'}
        title={`Remove run ${run.id}?`}
        action="Remove"
        onConfirm={() => void removeRun(run.id)}
        onClose={() => setDialog(null)}
      >
        “{run.name}”, its curves and its checkpoint are deleted. This cannot be undone.
      </Confirm>
    </>
  )
}

function RenameDialog({ run, onClose }: { run: Run; onClose: () => void }) {
  const [name, setName] = useState(run.name)
  const wanted = name.trim()
  return (
    <Modal opened onClose={onClose} title={<b>Rename run {run.id}</b>} size={460}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (wanted === '') return
          onClose()
          void renameRun(run.id, wanted)
        }}
      >
        <TextInput
          aria-label="Name"
          value={name}
          maxLength={120}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <Group justify="flex-end" gap="sm" mt="lg">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={wanted === ''}>
            Rename
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
