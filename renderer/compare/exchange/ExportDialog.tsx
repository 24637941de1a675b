/** Where ticked runs are written to, and what came of it. */
import { Button, Modal, TextInput } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import type { Exported, ExportFormat, KeptCheckpoints } from '../../../main/common/exchange/exchange.ts'
import { exportedWords } from '../../../main/common/exchange/words.ts'
import {
  cancelRunExport,
  changeExport,
  closeRunExport,
  exportRuns,
  useRunExport,
} from '../../state/runExport.ts'
import { Choices, type Choice } from '../../ui/Choices.tsx'
import { counted } from '../../ui/format.ts'
import { RefusalText } from '../../ui/Notices.tsx'
import { PathButtons } from '../../ui/PathButtons.tsx'
import classes from './Exchange.module.css'
import { TaskProgress } from '../../ui/TaskProgress.tsx'

const titles: Record<ExportFormat, string> = {
  archive: 'Export as an archive',
  csv: 'Export every point as CSV',
  json: 'Export every point as JSON',
  report: 'Write a report',
}

const kept: readonly Choice<KeptCheckpoints>[] = [
  { value: 'best', label: 'Best and newest', help: 'Enough to go on with a run, or to use it.' },
  { value: 'all', label: 'All', help: 'Also those that were kept on the way.' },
  { value: 'none', label: 'None', help: 'Curves, settings and model only; a small file.' },
]

export function ExportDialog() {
  const { open, format, runs, progress, exported, refusal } = useRunExport()
  return (
    <Modal opened={open} onClose={closeRunExport} title={<b>{titles[format]}</b>} size={620}>
      {exported ? (
        <Result exported={exported} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void exportRuns(false)
          }}
        >
          <ul className={classes.list} aria-label="Runs" style={{ marginTop: 0 }}>
            {runs.map(({ id, name }) => (
              <li key={id} title={name}>
                {name}
              </li>
            ))}
          </ul>
          <Fields />
          {refusal && (
            <div className={classes.refusal} role="alert">
              <RefusalText {...refusal} />
            </div>
          )}
          {progress ? (
            <TaskProgress label="Export" progress={progress} onCancel={cancelRunExport} />
          ) : (
            <Foot canReplace={refusal?.code === 'exchange/exists'} runs={runs.length} />
          )}
        </form>
      )}
    </Modal>
  )
}

function Fields() {
  const { format, folder, name, checkpoints, progress } = useRunExport()
  const busy = progress !== null
  return (
    <div className={classes.fields}>
      <div className={classes.folder}>
        <TextInput
          label="Folder"
          description="On the machine that Tapedeck runs on."
          value={folder}
          disabled={busy}
          spellCheck={false}
          flex={1}
          onChange={(event) => changeExport({ folder: event.currentTarget.value })}
        />
        <PathButtons
          what="folder"
          title="Choose a folder to write to"
          hint="The file goes into the folder that is open."
          onChoose={(chosen) => changeExport({ folder: chosen })}
        />
      </div>
      <TextInput
        label="File name"
        description={
          format === 'report'
            ? 'One .md file holds its charts; a name without .md is a folder with a file for each.'
            : undefined
        }
        value={name}
        disabled={busy}
        spellCheck={false}
        onChange={(event) => changeExport({ name: event.currentTarget.value })}
        data-autofocus
      />
      {format === 'archive' && (
        <div>
          <div className={classes.caption}>Checkpoints</div>
          <Choices
            label="Checkpoints"
            value={checkpoints}
            choices={kept}
            onChange={(value) => changeExport({ checkpoints: value })}
          />
        </div>
      )}
    </div>
  )
}

function Foot({ canReplace, runs }: { canReplace: boolean; runs: number }) {
  const ready = useRunExport((s) => s.folder.trim() !== '' && s.name.trim() !== '')
  return (
    <div className={classes.foot}>
      <span className={classes.footNote}>{counted(runs, 'run')}</span>
      <Button variant="default" onClick={closeRunExport}>
        Cancel
      </Button>
      {canReplace && (
        <Button color="red" variant="light" onClick={() => void exportRuns(true)}>
          Replace it
        </Button>
      )}
      <Button type="submit" disabled={!ready}>
        Export
      </Button>
    </div>
  )
}

function Result({ exported }: { exported: Exported }) {
  return (
    <>
      <div className={classes.result} role="status">
        <IconCircleCheck size={17} aria-hidden />
        <span>
          Written to <b>{exported.path}</b>: {exportedWords(exported)}.
        </span>
      </div>
      <div className={classes.foot}>
        <Button onClick={closeRunExport} data-autofocus>
          Close
        </Button>
      </div>
    </>
  )
}
