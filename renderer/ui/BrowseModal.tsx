/** Folders on the machine that Tapedeck runs on, for the browser shell, which has no dialog of the system. */
import { ActionIcon, Button, Group, Loader, Modal, TextInput, UnstyledButton } from '@mantine/core'
import { IconArrowUp, IconFile, IconFolder } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import type { FolderEntry } from '../../main/common/schemas.ts'
import { client } from '../client.ts'
import { complain } from '../state/notices.ts'
import classes from './BrowseModal.module.css'

interface Listing {
  path: string
  parent: string | null
  entries: FolderEntry[]
}

interface BrowseModalProps {
  title: string
  /** What to look for. */
  hint: string
  /** Files are not shown. */
  foldersOnly?: boolean
  onChoose: (path: string) => void
  onClose: () => void
}

/** More entries than this make the list slow and help nobody; the path can be typed. */
const most = 1000

export function BrowseModal({ title, hint, foldersOnly = false, onChoose, onClose }: BrowseModalProps) {
  const [listing, setListing] = useState<Listing | null>(null)
  const [path, setPath] = useState('')
  const [file, setFile] = useState<string | null>(null)

  /** Times that a folder was asked for, and whether a path was typed since: an answer may come late. */
  const asked = useRef(0)
  const typed = useRef(false)

  const open = (where: string | null): void => {
    const number = ++asked.current
    typed.current = false
    client.data.browse({ path: where }).then((found) => {
      if (number !== asked.current) return
      setListing(found)
      if (!typed.current) setPath(found.path)
      setFile(null)
    }, complain)
  }
  useEffect(() => open(null), [])

  const entries = (listing?.entries ?? []).filter(({ folder }) => folder || !foldersOnly)
  return (
    <Modal opened onClose={onClose} title={<b>{title}</b>} size={620}>
      <form
        className={classes.bar}
        onSubmit={(event) => {
          event.preventDefault()
          // It may stand inside another form.
          event.stopPropagation()
          open(path.trim())
        }}
      >
        <ActionIcon
          aria-label="Parent folder"
          variant="default"
          size={30}
          disabled={!listing?.parent}
          onClick={() => open(listing?.parent ?? null)}
        >
          <IconArrowUp size={16} />
        </ActionIcon>
        <TextInput
          aria-label="Folder"
          value={path}
          onChange={(event) => {
            typed.current = true
            setPath(event.currentTarget.value)
          }}
          spellCheck={false}
          flex={1}
          data-autofocus
        />
        <Button type="submit" variant="default">
          Open
        </Button>
      </form>
      <div className={classes.list} role="listbox" aria-label="Contents">
        {listing === null && <Loader size="sm" m="auto" />}
        {listing !== null && entries.length === 0 && (
          <div className={classes.none}>{foldersOnly ? 'No folders in here.' : 'This folder is empty.'}</div>
        )}
        {entries.slice(0, most).map((entry) => (
          <UnstyledButton
            key={entry.path}
            role="option"
            aria-selected={entry.path === file}
            className={classes.entry}
            onClick={() => (entry.folder ? open(entry.path) : setFile(entry.path))}
            onDoubleClick={() => !entry.folder && onChoose(entry.path)}
          >
            {entry.folder ? (
              <IconFolder size={16} stroke={1.6} aria-hidden className={classes.folder} />
            ) : (
              <IconFile size={16} stroke={1.6} aria-hidden />
            )}
            <span>{entry.name}</span>
          </UnstyledButton>
        ))}
        {entries.length > most && (
          <div className={classes.none}>{entries.length - most} more; type the path to reach them.</div>
        )}
      </div>
      <Group justify="space-between" mt="md" wrap="nowrap">
        <span className={classes.hint}>{hint}</span>
        <Group gap="sm" wrap="nowrap">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button disabled={!listing} onClick={() => onChoose(file ?? listing?.path ?? '')}>
            {file === null ? 'Use this folder' : 'Use this file'}
          </Button>
        </Group>
      </Group>
    </Modal>
  )
}
