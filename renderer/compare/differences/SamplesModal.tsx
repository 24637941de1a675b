/** The samples of one box: each with its true label and what either run says of it. */
import { Button, Loader, Modal } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { Dataset, PreviewItem } from '../../../main/common/data/dataset.ts'
import type { Answer, Box, Disagreements } from '../../../main/common/predictions/predictions.ts'
import { runColour } from '../../charts/series.ts'
import { client } from '../../client.ts'
import { explain, type ShownRefusal } from '../../state/notices.ts'
import { count, counted, measure, percent } from '../../ui/format.ts'
import { RefusalText } from '../../ui/Notices.tsx'
import classes from './Samples.module.css'
import { boxWords } from './boxWords.ts'

interface SamplesModalProps {
  box: Box
  found: Disagreements
  /** Null where it was removed: then only rows and answers are shown. */
  dataset: Dataset | null
  onClose: () => void
}

type Row = Disagreements['rows'][number]

const atOnce = 60

export function SamplesModal({ box, found, dataset, onClose }: SamplesModalProps) {
  const { a, b } = found
  const total = found.boxes.find((one) => one.box === box)?.count ?? 0
  const [rows, setRows] = useState<Row[]>([])
  const [items, setItems] = useState<ReadonlyMap<number, PreviewItem>>(new Map())
  const [wanted, setWanted] = useState(atOnce)
  const [refusal, setRefusal] = useState<ShownRefusal | null>(null)
  const datasetId = dataset?.id ?? null

  useEffect(() => {
    let current = true
    const read = async (): Promise<void> => {
      const offset = wanted - atOnce
      const page = await client.runs.disagreements({ a: a.runId, b: b.runId, box, offset, limit: atOnce })
      if (!current) return
      setRows((before) => [...before.slice(0, offset), ...page.rows])
      if (datasetId === null || page.rows.length === 0) return
      const samples = await client.data.samplesAt({ datasetId, rows: page.rows.map(({ row }) => row) })
      if (current)
        setItems((before) => new Map([...before, ...samples.map((one) => [one.index, one] as const)]))
    }
    read().catch((error: unknown) => current && setRefusal(explain(error)))
    return () => {
      current = false
    }
  }, [a.runId, b.runId, box, datasetId, wanted])

  return (
    <Modal
      opened
      onClose={onClose}
      title={
        <b>
          {count(total)} {boxWords[box].words(a.runId, b.runId)}
        </b>
      }
      size="min(1080px, 92vw)"
    >
      {refusal && (
        <div role="alert">
          <RefusalText {...refusal} />
        </div>
      )}
      {rows.length === 0 && !refusal && <Loader size="xs" />}
      <div className={classes.grid} role="list" aria-label={`${counted(total, 'sample')}`}>
        {rows.map((row) => (
          <figure key={row.row} className={classes.sample} role="listitem">
            <Sample item={items.get(row.row)} row={row} known={dataset !== null} />
            <figcaption>
              <Truth answer={row.b} />
              <Says runId={b.runId} answer={row.b} />
              <Says runId={a.runId} answer={row.a} />
            </figcaption>
          </figure>
        ))}
      </div>
      {rows.length > 0 && rows.length < total && (
        <Button variant="default" mt={12} onClick={() => setWanted(rows.length + atOnce)}>
          Show {count(Math.min(atOnce, total - rows.length))} more of {count(total)}
        </Button>
      )}
    </Modal>
  )
}

function Sample({ item, row, known }: { item: PreviewItem | undefined; row: Row; known: boolean }) {
  if (!known)
    return <div className={classes.text}>sample {count(row.row)} of a data set that was removed</div>
  if (!item) return <div className={classes.text} />
  if (item.image !== null)
    return <img className={classes.image} src={item.image} alt={`Sample ${count(item.index)}`} />
  return (
    <div className={classes.text} dir="auto" title={item.text ?? ''}>
      {item.text === '' ? <i>empty</i> : item.text}
    </div>
  )
}

function Truth({ answer }: { answer: Answer }) {
  if (answer.task === 'classify')
    return (
      <div className={classes.truth}>
        true <bdi>{answer.target}</bdi>
      </div>
    )
  if (answer.task === 'regress')
    return (
      <div className={classes.truth}>
        true {answer.values.map(({ name, wanted }) => `${name} ${number(wanted)}`).join(', ')}
      </div>
    )
  return null
}

function Says({ runId, answer }: { runId: number; answer: Answer }) {
  const right = answer.task === 'classify' ? answer.predicted === answer.target : null
  return (
    <div className={classes.says}>
      <span className={classes.swatch} style={{ background: runColour(runId) }} aria-hidden />
      run {runId}:{' '}
      <span data-right={right ?? undefined}>
        <bdi>{said(answer)}</bdi>
        {right !== null && (right ? ' ✓' : ' ✗')}
      </span>
    </div>
  )
}

function said(answer: Answer): string {
  switch (answer.task) {
    case 'classify':
      return answer.probability === null
        ? answer.predicted
        : `${answer.predicted} · ${percent(answer.probability)}`
    case 'regress':
      return answer.values.map(({ predicted }) => number(predicted)).join(', ')
    case 'next-token':
      return `loss ${number(answer.loss)}, ${answer.right === null ? '–' : percent(answer.right)} of tokens right`
  }
}

const number = (value: number | null): string => (value === null ? 'not a number' : measure(value))
