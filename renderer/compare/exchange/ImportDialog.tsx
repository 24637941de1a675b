/** Looks at a path, says what it is, reads it in, and says what came of it. */
import { Button, Modal } from '@mantine/core'
import { IconCircleCheck, IconInfoCircle } from '@tabler/icons-react'
import type { Imported, SourceLook } from '../../../main/common/exchange/exchange.ts'
import { importedWords } from '../../../main/common/exchange/words.ts'
import {
  backToPath,
  cancelRunImport,
  closeRunImport,
  importRuns,
  lookAtRuns,
  setImportPath,
  useRunImport,
} from '../../state/runImport.ts'
import { openFollows } from '../../state/follows.ts'
import { tickOnly } from '../../state/runs.ts'
import { bytes, count, counted } from '../../ui/format.ts'
import { RefusalText } from '../../ui/Notices.tsx'
import { PathButtons } from '../../ui/PathButtons.tsx'
import { PathForm } from '../../ui/PathForm.tsx'
import classes from './Exchange.module.css'
import { TableReadingFields } from './TableReadingFields.tsx'
import { TaskProgress } from '../../ui/TaskProgress.tsx'

export function ImportDialog() {
  const { open, look, progress, imported, refusal } = useRunImport()
  return (
    <Modal opened={open} onClose={closeRunImport} title={<b>Import runs</b>} size={680}>
      {imported ? <Result imported={imported} /> : look ? <Found look={look} /> : <WhichPath />}
      {refusal && (
        <div className={classes.refusal} role="alert">
          <RefusalText {...refusal} />
        </div>
      )}
      {progress && <TaskProgress label="Import" progress={progress} onCancel={cancelRunImport} />}
      {look && !imported && !progress && (
        <div className={classes.foot}>
          <Button variant="default" onClick={backToPath}>
            Back
          </Button>
          {look.kind === 'metrics' && <FollowInstead path={look.path} />}
          <Button onClick={() => void importRuns(false)} data-autofocus>
            Import
          </Button>
        </div>
      )}
    </Modal>
  )
}

function WhichPath() {
  const { path, looking } = useRunImport()
  return (
    <>
      <p className={classes.lead}>
        A <b>.tapedeck</b> archive; a folder of TensorBoard event files, as PyTorch’s SummaryWriter and
        TensorFlow write them; or a CSV or JSON lines file of metrics. Tapedeck looks first and says what it
        found.
      </p>
      <PathForm
        label="Path of an archive, a folder of event files or a file of metrics"
        placeholder="/home/me/project/runs"
        value={path}
        onChange={setImportPath}
        action="Look"
        onSubmit={(typed) => void lookAtRuns(typed)}
        busy={looking}
      />
      <div className={classes.choose}>
        <PathButtons
          what="folder or file"
          title="Choose runs on this machine"
          hint="A .tapedeck archive, a folder of event files, or a file of metrics."
          onChoose={(chosen) => void lookAtRuns(chosen)}
        />
        <FollowInstead />
      </div>
    </>
  )
}

/** A file that is still written is followed, not imported. */
function FollowInstead({ path = '' }: { path?: string }) {
  const instead = (): void => {
    closeRunImport()
    openFollows(path)
  }
  return (
    <Button
      variant="default"
      onClick={instead}
      title="Its lines come into the table while a program writes them"
    >
      Follow a file…
    </Button>
  )
}

function Found({ look }: { look: SourceLook }) {
  return (
    <>
      <div className={classes.found}>{foundWords(look)}</div>
      <div className={classes.where}>{look.path}</div>
      {look.runs.length > 0 && (
        <ul className={classes.list} aria-label="Runs in it">
          {look.runs.map((name, i) => (
            <li key={i} title={name}>
              {name}
            </li>
          ))}
          {look.runCount > look.runs.length && (
            <li className={classes.more}>{count(look.runCount - look.runs.length)} more</li>
          )}
        </ul>
      )}
      {look.table && <TableReadingFields table={look.table} />}
    </>
  )
}

function foundWords({ kind, runCount, bytes: size, table }: SourceLook): string {
  if (kind === 'archive') return `An archive of ${counted(runCount, 'run')}, ${bytes(size)}`
  if (kind === 'tensorboard') return `TensorBoard event files of ${counted(runCount, 'run')}, ${bytes(size)}`
  return `A table of metrics with ${counted(table?.columns.length ?? 0, 'column')}, ${bytes(size)}`
}

function Result({ imported }: { imported: Imported }) {
  const { runs, known, notes } = imported
  const show = (ids: readonly number[]): void => {
    tickOnly(ids)
    closeRunImport()
  }
  const shown = runs.length > 0 ? runs : known.filter(({ binned }) => !binned)
  const Icon = runs.length > 0 ? IconCircleCheck : IconInfoCircle
  return (
    <>
      <div className={classes.result} role="status">
        <Icon size={17} aria-hidden />
        <span>{importedWords(imported)}</span>
      </div>
      {notes.length > 0 && (
        <ul className={classes.notes} aria-label="Left out">
          {notes.map((note, i) => (
            <li key={i}>{note}</li>
          ))}
        </ul>
      )}
      <div className={classes.foot}>
        {known.length > 0 && (
          <Button variant="default" onClick={() => void importRuns(true)}>
            Import again as copies
          </Button>
        )}
        <Button variant="default" onClick={backToPath}>
          Import more
        </Button>
        {shown.length > 0 ? (
          <Button onClick={() => show(shown.map(({ id }) => id))} data-autofocus>
            Compare {shown.length === 1 ? 'it' : 'them'}
          </Button>
        ) : (
          <Button onClick={closeRunImport}>Close</Button>
        )}
      </div>
    </>
  )
}
