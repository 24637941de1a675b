/** Tags, a note and a group: what a person says of runs. */
import { Autocomplete, Button, Group, Modal, TagsInput, Textarea } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import type { Run } from '../../../main/common/schemas.ts'
import { annotateRuns, useRuns } from '../../state/runs.ts'
import { counted } from '../../ui/format.ts'
import { closeDialog, useDialog } from './dialogs.ts'

export function Dialogs() {
  const { kind, runIds } = useDialog()
  const list = useRuns((s) => s.list)
  if (kind === null || !list) return null
  const chosen = new Set(runIds)
  const runs = list.filter((run) => chosen.has(run.id))
  const [first] = runs
  if (!first) return null
  const of = runs.length === 1 ? `run ${first.id}` : counted(runs.length, 'run')
  if (kind === 'tags')
    return <TagsDialog key={runIds.join()} title={`Tags of ${of}`} runs={runs} all={list} />
  if (kind === 'note') return <NoteDialog key={first.id} run={first} />
  return <GroupDialog key={runIds.join()} title={`Group of ${of}`} runs={runs} all={list} />
}

interface ManyProps {
  title: string
  runs: readonly Run[]
  all: readonly Run[]
}

const ids = (runs: readonly Run[]): number[] => runs.map((run) => run.id)

function TagsDialog({ title, runs, all }: ManyProps) {
  const [before] = useState(() => [...new Set(runs.flatMap((run) => run.tags))])
  const [tags, setTags] = useState(before)
  const [typed, setTyped] = useState('')
  const partial = before.filter((tag) => runs.some((run) => !run.tags.includes(tag)))
  const save = (): void => {
    // What stands in the field was meant too.
    const wanted = [...new Set([...tags, typed.trim()])].filter((tag) => tag !== '')
    closeDialog()
    void annotateRuns(ids(runs), {
      addTags: wanted.filter((tag) => !before.includes(tag)),
      removeTags: before.filter((tag) => !wanted.includes(tag)),
    })
  }
  return (
    <Dialog title={title} onSave={save}>
      <TagsInput
        aria-label="Tags"
        data-autofocus
        value={tags}
        onChange={setTags}
        searchValue={typed}
        onSearchChange={setTyped}
        placeholder="Write a tag, then Enter"
        maxTags={20}
        data={[...new Set(all.flatMap((run) => run.tags))].sort()}
        comboboxProps={{ withinPortal: true }}
        description={
          partial.length > 0
            ? `Only some of these runs have ${partial.join(', ')}; that stays so.`
            : undefined
        }
        styles={{ input: { maxHeight: 160, overflow: 'auto' } }}
        isDuplicate={(value, current) => current.includes(value)}
        splitChars={[',']}
      />
    </Dialog>
  )
}

function NoteDialog({ run }: { run: Run }) {
  const [note, setNote] = useState(run.note)
  return (
    <Dialog
      title={`Note on run ${run.id}`}
      onSave={() => {
        closeDialog()
        void annotateRuns([run.id], { note })
      }}
    >
      <Textarea
        aria-label="Note"
        data-autofocus
        autosize
        minRows={4}
        maxRows={14}
        maxLength={20_000}
        placeholder="What you tried, what came of it, what is next"
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </Dialog>
  )
}

function GroupDialog({ title, runs, all }: ManyProps) {
  const shared = new Set(runs.map((run) => run.group))
  const [group, setGroup] = useState(shared.size === 1 ? (runs[0]?.group ?? '') : '')
  return (
    <Dialog
      title={title}
      onSave={() => {
        closeDialog()
        void annotateRuns(ids(runs), { group: group.trim() || null })
      }}
    >
      <Autocomplete
        aria-label="Group"
        data-autofocus
        value={group}
        onChange={setGroup}
        maxLength={120}
        placeholder="A name that runs share; empty for none"
        data={[...new Set(all.flatMap((run) => run.group ?? []))].sort()}
        comboboxProps={{ withinPortal: true }}
      />
    </Dialog>
  )
}

function Dialog(props: { title: string; onSave: () => void; children: ReactNode }) {
  return (
    <Modal opened onClose={closeDialog} title={<b>{props.title}</b>} size={460}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          props.onSave()
        }}
        onKeyDown={(event) => {
          if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') {
            event.preventDefault()
            event.stopPropagation()
            props.onSave()
          }
        }}
      >
        {props.children}
        <Group justify="flex-end" gap="sm" mt="lg">
          <Button variant="default" onClick={closeDialog}>
            Cancel
          </Button>
          <Button type="submit">Save</Button>
        </Group>
      </form>
    </Modal>
  )
}
