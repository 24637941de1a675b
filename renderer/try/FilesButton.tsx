/** Every sample of a folder, a file or a table, predicted into a file. */
import { Button, Modal, SegmentedControl, TextInput } from '@mantine/core'
import { IconCircleCheck, IconFiles } from '@tabler/icons-react'
import { useState } from 'react'
import type { PredictedFiles, PredictFiles } from '../../main/common/predict/files.ts'
import type { Subject } from '../../main/common/predict/subject.ts'
import { client } from '../client.ts'
import { useTask } from '../state/useTask.ts'
import { count, counted, duration } from '../ui/format.ts'
import { RefusalText } from '../ui/Notices.tsx'
import { PathButtons } from '../ui/PathButtons.tsx'
import { TaskProgress } from '../ui/TaskProgress.tsx'
import classes from './Try.module.css'

const wanted = {
  image: 'A folder of images, or one image.',
  text: 'A CSV, TSV, JSON lines or Parquet file with a column of texts, or a folder of .txt files.',
  row: 'A CSV, TSV, JSON lines or Parquet file with the columns of training.',
} as const

export function FilesButton({ subject }: { subject: Subject }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button
        className={classes.files}
        variant="default"
        leftSection={<IconFiles size={15} />}
        onClick={() => setOpen(true)}
      >
        Predict files…
      </Button>
      {open && <FilesDialog subject={subject} onClose={() => setOpen(false)} />}
    </>
  )
}

function FilesDialog({ subject, onClose }: { subject: Subject; onClose: () => void }) {
  const [asked, setAsked] = useState({ path: '', out: '', format: 'csv' as PredictFiles['format'] })
  const { progress, refusal, result, start, cancel } = useTask<PredictedFiles>('Reading')
  const busy = progress !== null
  const set = (change: Partial<typeof asked>): void => setAsked((before) => ({ ...before, ...change }))

  const choose = (path: string): void =>
    set({ path, ...(asked.out === '' ? { out: besides(path, asked.format) } : {}) })

  const begin = (replace: boolean): Promise<void> => {
    const { runId, checkpointId } = subject
    return start((signal) =>
      client.predict.files({ runId, checkpointId, asked: { ...asked, replace } }, { signal }),
    )
  }
  const close = (): void => {
    cancel()
    onClose()
  }
  return (
    <Modal opened onClose={close} title={<b>Predict files</b>} size={620}>
      {result ? (
        <Result result={result} onClose={close} />
      ) : (
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault()
            void begin(false)
          }}
        >
          <div className={classes.pathField}>
            <TextInput
              label="What to predict"
              description={wanted[subject.input.kind]}
              value={asked.path}
              disabled={busy}
              spellCheck={false}
              flex={1}
              data-autofocus
              onChange={(event) => set({ path: event.currentTarget.value })}
            />
            <PathButtons
              what="folder or file"
              title="Choose what to predict"
              hint="A folder or a file of the machine that Tapedeck runs on."
              onChoose={choose}
            />
          </div>
          <TextInput
            label="Written to"
            description="A line for every sample: its answer, and the probability of every class."
            value={asked.out}
            disabled={busy}
            spellCheck={false}
            onChange={(event) => set({ out: event.currentTarget.value })}
          />
          <SegmentedControl
            aria-label="Format"
            value={asked.format}
            disabled={busy}
            data={[
              { value: 'csv', label: 'CSV' },
              { value: 'jsonl', label: 'JSON lines' },
            ]}
            onChange={(value) => {
              const format = value === 'jsonl' ? 'jsonl' : 'csv'
              set({ format, out: asked.out.replace(/\.(csv|jsonl)$/, `.${format}`) })
            }}
          />
          {refusal && (
            <div className={classes.refusal} role="alert">
              <RefusalText {...refusal} />
            </div>
          )}
          {progress ? (
            <TaskProgress label="Predicting" progress={progress} done={count} onCancel={cancel} />
          ) : (
            <div className={classes.foot}>
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              {refusal?.code === 'predict/exists' && (
                <Button color="red" variant="light" onClick={() => void begin(true)}>
                  Replace it
                </Button>
              )}
              <Button type="submit" disabled={asked.path.trim() === '' || asked.out.trim() === ''}>
                Predict
              </Button>
            </div>
          )}
        </form>
      )}
    </Modal>
  )
}

/** "photos" becomes "photos predictions.csv" beside it. */
const besides = (path: string, format: string): string =>
  `${path.replace(/[\\/]+$/, '').replace(/\.\w{1,8}$/, '')} predictions.${format}`

function Result({ result, onClose }: { result: PredictedFiles; onClose: () => void }) {
  const { out, predicted, problems, problemCount, counts, seconds } = result
  return (
    <>
      <div className={classes.done} role="status">
        <IconCircleCheck size={17} aria-hidden />
        <span>
          {counted(predicted, 'sample')} predicted in {duration(seconds)}, written to <b>{out}</b>.
        </span>
      </div>
      {counts.length > 0 && (
        <p className={classes.hint}>
          {counts
            .slice(0, 8)
            .map(({ name, count: times }) => `${name} ${count(times)}`)
            .join(' · ')}
          {counts.length > 8 && ' · …'}
        </p>
      )}
      {problemCount > 0 && (
        <>
          <p className={classes.hint}>{counted(problemCount, 'sample')} could not be predicted:</p>
          <ul className={classes.problems}>
            {problems.slice(0, 8).map(({ item, reason }) => (
              <li key={item}>
                <b>{item}</b> {reason}
              </li>
            ))}
          </ul>
        </>
      )}
      <div className={classes.foot}>
        <Button onClick={onClose} data-autofocus>
          Close
        </Button>
      </div>
    </>
  )
}
