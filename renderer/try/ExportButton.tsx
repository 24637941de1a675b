/** A trained network taken elsewhere: a PyTorch project, an ONNX model, weights, or the run itself. */
import { Button, Modal, TextInput } from '@mantine/core'
import { IconCircleCheck, IconPackageExport } from '@tabler/icons-react'
import { useState } from 'react'
import type { ModelExported, ModelFormat } from '../../main/common/export/export.ts'
import type { Subject } from '../../main/common/predict/subject.ts'
import { client } from '../client.ts'
import { useTask } from '../state/useTask.ts'
import { Choices, type Choice } from '../ui/Choices.tsx'
import { bytes, count } from '../ui/format.ts'
import { RefusalText } from '../ui/Notices.tsx'
import { PathButtons } from '../ui/PathButtons.tsx'
import { TaskProgress } from '../ui/TaskProgress.tsx'
import classes from './Try.module.css'

const formats: readonly Choice<ModelFormat>[] = [
  {
    value: 'pytorch',
    label: 'PyTorch project',
    help: 'To go on with it in Python: a readable model, data and training scripts with the weights and the prepared data; trains on several processes too.',
  },
  {
    value: 'onnx',
    label: 'ONNX model',
    help: 'To use it in another program: one model.onnx for ONNX Runtime on any system and in a browser, and how its inputs are made.',
  },
  {
    value: 'safetensors',
    label: 'Weights',
    help: 'To begin another run with: one safetensors file, with the model as its metadata.',
  },
  {
    value: 'archive',
    label: 'Run archive',
    help: 'For another workspace, or to keep: the whole run with its curves, settings, best and newest checkpoint.',
  },
]

/** What is said behind the path of what was written. */
const endings: Readonly<Record<ModelFormat, string>> = {
  pytorch: '. Its README says how to run it.',
  onnx: '. Its README shows how to use it.',
  safetensors: '',
  archive: '. Import it on the Compare page.',
}

export function ExportButton({ subject, name }: { subject: Subject; name: string }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button
        className={classes.files}
        variant="default"
        leftSection={<IconPackageExport size={15} />}
        onClick={() => setOpen(true)}
      >
        Export…
      </Button>
      {open && <ExportDialog subject={subject} name={name} onClose={() => setOpen(false)} />}
    </>
  )
}

function ExportDialog({ subject, name, onClose }: { subject: Subject; name: string; onClose: () => void }) {
  const [format, setFormat] = useState<ModelFormat>('pytorch')
  const [parent, setParent] = useState('')
  const [folder, setFolder] = useState(() => folderName(name, subject.runId))
  const { progress, refusal, result, start, cancel } = useTask<ModelExported>('Reading the run')
  const busy = progress !== null

  const begin = (): Promise<void> =>
    start((signal) =>
      client.export.model(
        {
          runId: subject.runId,
          format,
          folder: `${parent.replace(/[\\/]+$/, '')}/${folder}`,
          checkpoint: subject.step,
        },
        { signal },
      ),
    )
  const close = (): void => {
    cancel()
    onClose()
  }
  return (
    <Modal
      opened
      onClose={close}
      title={
        <b>{format === 'archive' ? 'Export the run' : `Export the network of step ${count(subject.step)}`}</b>
      }
      size={620}
    >
      {result ? (
        <>
          <div className={classes.done} role="status">
            <IconCircleCheck size={17} aria-hidden />
            <span>
              {bytes(result.bytes)} written to <b>{result.path}</b>
              {endings[result.format]}
            </span>
          </div>
          {result.notes.map((note) => (
            <p key={note} className={classes.hint}>
              {note}
            </p>
          ))}
          <div className={classes.foot}>
            <Button onClick={close} data-autofocus>
              Close
            </Button>
          </div>
        </>
      ) : (
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault()
            void begin()
          }}
        >
          <Choices label="Format" value={format} choices={formats} onChange={setFormat} />
          <div className={classes.pathField}>
            <TextInput
              label="Folder"
              description="On the machine that Tapedeck runs on."
              value={parent}
              disabled={busy}
              spellCheck={false}
              flex={1}
              onChange={(event) => setParent(event.currentTarget.value)}
            />
            <PathButtons
              what="folder"
              title="Choose a folder to write to"
              hint="A new folder is made in the one that is open."
              onChoose={setParent}
            />
          </div>
          <TextInput
            label="Name of the new folder"
            value={folder}
            disabled={busy}
            spellCheck={false}
            onChange={(event) => setFolder(event.currentTarget.value)}
          />
          {refusal && (
            <div className={classes.refusal} role="alert">
              <RefusalText {...refusal} />
            </div>
          )}
          {progress ? (
            <TaskProgress label="Export" progress={progress} onCancel={cancel} />
          ) : (
            <div className={classes.foot}>
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" disabled={parent.trim() === '' || folder.trim() === ''}>
                Export
              </Button>
            </div>
          )}
        </form>
      )}
    </Modal>
  )
}

/** What every file system takes. */
const folderName = (name: string, runId: number): string =>
  `run ${runId} ${name}`
    .replace(/[^\p{L}\p{N} _.-]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 60)
    .trim()
