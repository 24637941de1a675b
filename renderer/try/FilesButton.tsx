/** Every sample of a folder, a file or a table, predicted into a file. */
import { Button, Modal, SegmentedControl, TextInput } from '@mantine/core'
import { IconCircleCheck, IconFiles } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import type { PredictedFiles, PredictFiles } from '../../main/common/predict/files.ts'
import type { Subject } from '../../main/common/predict/subject.ts'
import type { Progress } from '../../main/common/schemas.ts'
import { client } from '../client.ts'
import { explain, type ShownRefusal } from '../state/notices.ts'
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
  const [progress, setProgress] = useState<Progress | null>(null)
  const [refusal, setRefusal] = useState<ShownRefusal | null>(null)
  const [result, setResult] = useState<PredictedFiles | null>(null)
  const running = useRef<AbortController | null>(null)
  const busy = progress !== null
  const set = (change: Partial<typeof asked>): void => setAsked((before) => ({ ...before, ...change }))

  const choose = (path: string): void =>
    set({ path, ...(asked.out === '' ? { out: besides(path, asked.format) } : {}) })

  const start = async (replace: boolean): Promise<void> => {
    const cancel = new AbortController()
    running.current = cancel
    setRefusal(null)
    setProgress({ done: 0, total: 0, note: 'Reading' })
    try {
      const { runId, checkpointId } = subject
      const stream = await client.predict.files(
        { runId, checkpointId, asked: { ...asked, replace } },
        { signal: cancel.signal },
      )
      for (;;) {
        const next = await stream.next()
        if (next.done) {
          setResult(next.value)
          break
        }
        setProgress(next.value)
      }
    } catch (error) {
      if (!cancel.signal.aborted) setRefusal(explain(error))
    }
    setProgress(null)
  }
  const close = (): void => {
    running.current?.abort()
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
            void start(false)
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
            <TaskProgress
              label="Predicting"
              progress={progress}
              done={count}
              onCancel={() => running.current?.abort()}
            />
          ) : (
            <div className={classes.foot}>
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              {refusal?.code === 'predict/exists' && (
                <Button color="red" variant="light" onClick={() => void start(true)}>
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
