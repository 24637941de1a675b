/** Set-ups of the table under a name: open one, save, rename, delete, and which one the page opens with. */
import { Button, Group, Menu, Modal, TextInput } from '@mantine/core'
import { IconCheck, IconChevronDown } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { SavedView } from '../../../main/common/views/schemas.ts'
import { Confirm } from '../../ui/Confirm.tsx'
import {
  differs,
  loadViews,
  removeView,
  renameView,
  save,
  setDefaultView,
  show,
  showPlain,
  useSavedViews,
} from './savedViews.ts'
import classes from './Table.module.css'
import { useView } from './view.ts'

type Dialog = 'save' | 'rename' | 'delete' | null

export function ViewsMenu() {
  const list = useSavedViews((s) => s.list)
  const { view, openId } = useView()
  const [dialog, setDialog] = useState<Dialog>(null)
  useEffect(() => void loadViews(), [])
  const open = list?.find((one) => one.id === openId)
  const changed = open !== undefined && differs(view, open.view)
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <Button variant="subtle" color="gray" rightSection={<IconChevronDown size={14} />}>
            <span className={classes.viewsLabel}>View:</span>
            <span className={classes.viewName}>{open ? open.name : 'Untitled'}</span>
            {changed && <span title="Changed since it was saved">*</span>}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {list && list.length > 0 && <Menu.Label>Saved views</Menu.Label>}
          {list?.map((one) => (
            <Menu.Item
              key={one.id}
              leftSection={one.id === openId ? <IconCheck size={14} /> : <span style={{ width: 14 }} />}
              rightSection={one.isDefault ? <span className={classes.counts}>opens first</span> : null}
              onClick={() => show(one)}
            >
              {one.name}
            </Menu.Item>
          ))}
          <Menu.Item leftSection={<span style={{ width: 14 }} />} onClick={showPlain}>
            All runs, newest first
          </Menu.Item>
          <Menu.Divider />
          {open && (
            <Menu.Item disabled={!changed} onClick={() => void save(open.id, open.name)}>
              Save changes to “{open.name}”
            </Menu.Item>
          )}
          <Menu.Item onClick={() => setDialog('save')}>Save as…</Menu.Item>
          {open && <OpenItems open={open} onDialog={setDialog} />}
        </Menu.Dropdown>
      </Menu>
      {dialog === 'save' && (
        <NameDialog
          title="Save this view"
          value=""
          onSave={(name) => save(null, name)}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === 'rename' && open && (
        <NameDialog
          title="Rename this view"
          value={open.name}
          onSave={(name) => renameView(open, name)}
          onClose={() => setDialog(null)}
        />
      )}
      <Confirm
        opened={dialog === 'delete' && open !== undefined}
        title={`Delete the view “${open?.name}”?`}
        action="Delete"
        onConfirm={() => open && void removeView(open.id)}
        onClose={() => setDialog(null)}
      >
        Runs stay as they are: only how the table was set up is deleted.
      </Confirm>
    </>
  )
}

function OpenItems({ open, onDialog }: { open: SavedView; onDialog: (dialog: Dialog) => void }) {
  return (
    <>
      <Menu.Item onClick={() => onDialog('rename')}>Rename…</Menu.Item>
      <Menu.Item onClick={() => void setDefaultView(open.isDefault ? null : open.id)}>
        {open.isDefault ? 'Do not open with this view' : 'Open with this view'}
      </Menu.Item>
      <Menu.Item color="red" onClick={() => onDialog('delete')}>
        Delete…
      </Menu.Item>
    </>
  )
}

interface NameDialogProps {
  title: string
  value: string
  onSave: (name: string) => Promise<boolean>
  onClose: () => void
}

function NameDialog({ title, value, onSave, onClose }: NameDialogProps) {
  const [name, setName] = useState(value)
  const wanted = name.trim()
  return (
    <Modal opened onClose={onClose} title={<b>{title}</b>} size={420}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (wanted !== '') void onSave(wanted).then((saved) => saved && onClose())
        }}
      >
        <TextInput
          aria-label="Name of the view"
          description="Keeps the filter, order, columns, groups and the settings of the curves."
          inputWrapperOrder={['input', 'description']}
          data-autofocus
          value={name}
          maxLength={80}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="sm" mt="lg">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={wanted === ''}>
            Save
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
