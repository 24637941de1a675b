/** Try: ask trained weights about an image, a text or a row, and see what the answer came from. */
import { Button, SegmentedControl, Select } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useMemo } from 'react'
import type { Subject } from '../../main/common/predict/subject.ts'
import type { OwnRun } from '../../main/common/ownRun.ts'
import { client } from '../client.ts'
import { goTo } from '../state/pages.ts'
import { useRuns } from '../state/runs.ts'
import { useRunDetail } from '../state/useRunDetail.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { count } from '../ui/format.ts'
import { RefusalText } from '../ui/Notices.tsx'
import { AnswerCard } from './AnswerCard.tsx'
import { EvaluateView } from './evaluate/EvaluateView.tsx'
import { ExportButton } from './ExportButton.tsx'
import { FilesButton } from './FilesButton.tsx'
import { GenerateView } from './GenerateView.tsx'
import { InputCard } from './InputCard.tsx'
import { SeenCard } from './SeenCard.tsx'
import { askRun, readable, useAskedRun, useTry } from './state.ts'
import classes from './Try.module.css'
import { useAsk } from './useAsk.ts'

export function TryPage() {
  const runId = useAskedRun()
  if (runId === null) return <NoWeights />
  return <OfRun runId={runId} />
}

function OfRun({ runId }: { runId: number }) {
  const checkpointId = useTry((s) => s.checkpointId)
  const place = useTry((s) => s.place)
  const weights = useRuns((s) => s.list?.find(({ id }) => id === runId)?.weightsSha256 ?? '')
  const run = useRunDetail(runId, weights)
  const subject = useAsk(`${runId} ${checkpointId} ${weights}`, `${runId}`, () =>
    client.predict.subject({ runId, checkpointId }),
  )
  return (
    <div className={classes.page}>
      <div className={classes.bar}>
        <RunPicker runId={runId} />
        {run && <CheckpointPicker run={run} />}
        <SegmentedControl
          aria-label="What is done"
          value={place}
          data={[
            { value: 'ask', label: 'Ask' },
            { value: 'evaluate', label: 'Evaluate' },
          ]}
          onChange={(value) => useTry.setState({ place: value === 'evaluate' ? 'evaluate' : 'ask' })}
        />
        {subject.value && <Preparation subject={subject.value} />}
        {subject.value && subject.value.task !== 'next-token' && <FilesButton subject={subject.value} />}
        {subject.value && run && <ExportButton subject={subject.value} name={run.name} />}
      </div>
      {subject.refusal && (
        <div className={classes.refusal} role="alert">
          <RefusalText {...subject.refusal} />
        </div>
      )}
      {subject.value && <Place subject={subject.value} />}
    </div>
  )
}

function Place({ subject }: { subject: Subject }) {
  const place = useTry((s) => s.place)
  if (place === 'evaluate')
    return <EvaluateView subject={subject} onAsk={() => useTry.setState({ place: 'ask' })} />
  return subject.task === 'next-token' ? <GenerateView subject={subject} /> : <Ask subject={subject} />
}

function Ask({ subject }: { subject: Subject }) {
  const given = readable(
    useTry((s) => s.given),
    subject,
  )
  const method = useTry((s) => s.method)
  const output = useTry((s) => s.output)
  const { runId, checkpointId } = subject
  const key = given ? `${runId} ${checkpointId} ${given.number} ${method} ${output}` : null
  const asked = useAsk(key, `${runId}`, () => {
    if (!given) throw new Error('[try] there is nothing to ask')
    return client.predict.ask({
      runId,
      checkpointId,
      given: given.value,
      explain: method === null ? null : { method, output },
    })
  })
  return (
    <div className={classes.ask}>
      <InputCard key={subject.input.kind} subject={subject} refusal={asked.refusal} />
      <AnswerCard subject={subject} asked={asked} />
      <SeenCard subject={subject} asked={asked} />
    </div>
  )
}

function RunPicker({ runId }: { runId: number }) {
  const list = useRuns((s) => s.list)
  const data = useMemo(
    () =>
      (list ?? []).flatMap(({ id, name, config, weightsSha256 }) =>
        config !== null && weightsSha256 !== null ? [{ value: String(id), label: `${id}  ${name}` }] : [],
      ),
    [list],
  )
  return (
    <Select
      aria-label="Run"
      w={300}
      searchable
      limit={200}
      value={String(runId)}
      data={data}
      onChange={(value) => value && askRun(Number(value))}
    />
  )
}

function CheckpointPicker({ run }: { run: OwnRun }) {
  const chosen = useTry((s) => s.checkpointId)
  const newest = run.checkpoints.at(-1)
  return (
    <Select
      aria-label="Checkpoint"
      w={170}
      value={String(chosen ?? newest?.id ?? '')}
      data={run.checkpoints
        .toReversed()
        .map(({ id, kind, step }) => ({ value: String(id), label: `${kind}, step ${count(step)}` }))}
      onChange={(value) =>
        value && useTry.setState({ checkpointId: Number(value) === newest?.id ? null : Number(value) })
      }
    />
  )
}

/** How an input is prepared: as in training, whoever gives it. */
function Preparation({ subject }: { subject: Subject }) {
  return (
    <span className={classes.preparation} title="The preparation of training is kept with the weights">
      {subject.preparation.join(' · ')}
    </span>
  )
}

function NoWeights() {
  return (
    <div className={classes.empty}>
      <EmptyState
        icon={<IconPlayerPlay size={38} stroke={1.3} />}
        title="No trained network yet"
        action={<Button onClick={() => goTo('train')}>Go to Train</Button>}
      >
        Once a run has trained for an epoch, ask it here: drop an image, draw a digit, type a sentence or fill
        in a row. You see how sure it is, what it was given after its preparation, and what in it the answer
        came from.
      </EmptyState>
    </div>
  )
}
