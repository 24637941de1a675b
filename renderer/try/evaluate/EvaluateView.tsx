/** What a checkpoint is worth on a part of a data set: figures, confusion, samples, curves. */
import { Button, Select } from '@mantine/core'
import { IconTarget } from '@tabler/icons-react'
import type { Split } from '../../../main/common/data/dataset.ts'
import type { Subject } from '../../../main/common/predict/subject.ts'
import { useDatasets } from '../../state/datasets.ts'
import { useRuns } from '../../state/runs.ts'
import { count } from '../../ui/format.ts'
import { RefusalText } from '../../ui/Notices.tsx'
import { TaskProgress } from '../../ui/TaskProgress.tsx'
import { ConfusionCard } from './ConfusionCard.tsx'
import { CurvesCard } from './CurvesCard.tsx'
import { cancelEvaluation, evaluate, useEvaluation } from './evaluation.ts'
import classes from './Evaluate.module.css'
import { FiguresCard } from './FiguresCard.tsx'
import { SamplesCard } from './SamplesCard.tsx'

interface EvaluateViewProps {
  subject: Subject
  /** Goes to where a single sample is asked about. */
  onAsk: () => void
}

export function EvaluateView({ subject, onAsk }: EvaluateViewProps) {
  const { runId, checkpointId } = subject
  const { evaluation, progress, refusal } = useEvaluation()
  const own = evaluation?.runId === runId && evaluation.checkpointId === checkpointId ? evaluation : null
  return (
    <div className={classes.view}>
      <Controls subject={subject} />
      {refusal && (
        <div className={classes.refusal} role="alert">
          <RefusalText {...refusal} />
        </div>
      )}
      {progress && (
        <TaskProgress label="Evaluating" progress={progress} done={count} onCancel={cancelEvaluation} />
      )}
      {own && !progress && (
        <div className={classes.result} data-task={own.figures.task}>
          <FiguresCard evaluation={own} />
          {own.figures.task === 'classify' && <ConfusionCard figures={own.figures} />}
          <CurvesCard evaluation={own} />
          {own.figures.task !== 'next-token' && <SamplesCard evaluation={own} onAsk={onAsk} />}
        </div>
      )}
      {!own && !progress && !refusal && (
        <p className={classes.hint}>
          Every sample of a part of the data is answered once: accuracy, precision and recall of each class,
          what is taken for what, and the samples behind every mistake.
        </p>
      )}
    </div>
  )
}

function Controls({ subject: { runId, checkpointId, task } }: { subject: Subject }) {
  const { split, datasetId } = useEvaluation()
  const datasets = useDatasets((s) => s.list) ?? []
  const trainedOn = useRuns((s) => s.list?.find(({ id }) => id === runId)?.datasetId ?? '')
  const dataset = datasets.find(({ id }) => id === (datasetId ?? trainedOn))
  const counts: Record<Split, number> = {
    train: dataset?.trainCount ?? 0,
    validation: dataset?.validationCount ?? 0,
    test: dataset?.testCount ?? 0,
  }
  return (
    <form
      className={classes.controls}
      onSubmit={(event) => {
        event.preventDefault()
        void evaluate(runId, checkpointId)
      }}
    >
      <Select
        aria-label="Data set"
        w={240}
        value={datasetId ?? trainedOn}
        data={datasets
          .filter((one) => one.task === task)
          .map(({ id, name }) => ({ value: id, label: id === trainedOn ? `${name}, trained on it` : name }))}
        onChange={(value) =>
          value && useEvaluation.setState({ datasetId: value === trainedOn ? null : value })
        }
      />
      <Select
        aria-label="Part"
        w={190}
        value={split}
        data={(['validation', 'test', 'train'] as const).map((part) => ({
          value: part,
          label: `${part}, ${count(counts[part])}`,
          disabled: counts[part] === 0,
        }))}
        onChange={(value) =>
          (value === 'train' || value === 'validation' || value === 'test') &&
          useEvaluation.setState({ split: value })
        }
      />
      <Button type="submit" leftSection={<IconTarget size={15} />}>
        Evaluate
      </Button>
    </form>
  )
}
