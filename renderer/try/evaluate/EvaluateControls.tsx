/** What the weights are evaluated on: a data set of their kind, or a folder or a file, and which part of it. */
import { Button, Select, TextInput } from '@mantine/core'
import { IconTarget } from '@tabler/icons-react'
import { partSchema, type Dataset, type Part } from '../../../main/common/data/dataset.ts'
import { inputOf } from '../../../main/common/data/options.ts'
import type { Subject } from '../../../main/common/predict/subject.ts'
import { useDatasets } from '../../state/datasets.ts'
import { useRuns } from '../../state/runs.ts'
import { count } from '../../ui/format.ts'
import { PathButtons } from '../../ui/PathButtons.tsx'
import { AgainstButton } from './AgainstButton.tsx'
import { evaluate, useEvaluation } from './evaluation.ts'
import classes from './Evaluate.module.css'

/** No id of a data set. */
const byPath = 'path'

export function EvaluateControls({ subject }: { subject: Subject }) {
  const { runId, checkpointId } = subject
  const { split, path } = useEvaluation()
  return (
    <form
      className={classes.controls}
      onSubmit={(event) => {
        event.preventDefault()
        void evaluate(runId, checkpointId)
      }}
    >
      <DataSelect subject={subject} />
      {path === null ? <PartSelect runId={runId} split={split} /> : <PathInput path={path} />}
      <Button type="submit" disabled={path?.trim() === ''} leftSection={<IconTarget size={15} />}>
        Evaluate
      </Button>
      <AgainstButton runId={runId} />
    </form>
  )
}

const useTrainedOn = (runId: number): string =>
  useRuns((s) => s.list?.find(({ id }) => id === runId)?.datasetId ?? '')

function DataSelect({ subject: { runId, input, task } }: { subject: Subject }) {
  const { datasetId, path } = useEvaluation()
  const datasets = useDatasets((s) => s.list) ?? []
  const trainedOn = useTrainedOn(runId)
  const fits = ({ options, ...one }: Dataset): boolean =>
    inputOf[options.kind] === input.kind && (input.kind === 'row' || one.task === task)
  return (
    <Select
      aria-label="Data set"
      w={240}
      value={path === null ? (datasetId ?? trainedOn) : byPath}
      data={[
        ...datasets
          .filter(fits)
          .map(({ id, name }) => ({ value: id, label: id === trainedOn ? `${name}, trained on it` : name })),
        { value: byPath, label: 'A folder or a file…' },
      ]}
      onChange={(value) => {
        if (value === byPath) useEvaluation.setState({ path: '', split: 'all' })
        else if (value)
          useEvaluation.setState(({ split }) => ({
            path: null,
            datasetId: value === trainedOn ? null : value,
            split: path === null ? split : 'validation',
          }))
      }}
    />
  )
}

function PartSelect({ runId, split }: { runId: number; split: Part }) {
  const datasetId = useEvaluation((s) => s.datasetId)
  const trainedOn = useTrainedOn(runId)
  const dataset = useDatasets((s) => s.list?.find(({ id }) => id === (datasetId ?? trainedOn)))
  const { trainCount: train = 0, validationCount: validation = 0, testCount: test = 0 } = dataset ?? {}
  const counts: Record<Part, number> = { train, validation, test, all: train + validation + test }
  return (
    <Select
      aria-label="Part"
      w={190}
      value={split}
      data={(['validation', 'test', 'train', 'all'] as const).map((part) => ({
        value: part,
        label: `${part}, ${count(counts[part])}`,
        disabled: counts[part] === 0,
      }))}
      onChange={(value) => useEvaluation.setState({ split: partSchema.parse(value) })}
    />
  )
}

function PathInput({ path }: { path: string }) {
  return (
    <>
      <TextInput
        aria-label="Folder or file with the truth in it"
        placeholder="Samples with their classes or values, as for an import"
        value={path}
        spellCheck={false}
        flex={1}
        maw={560}
        onChange={(event) => useEvaluation.setState({ path: event.currentTarget.value })}
      />
      <PathButtons
        what="folder or file"
        title="Choose what to evaluate on"
        hint="A folder or a file of the machine that Tapedeck runs on. It is read as in training, and not imported."
        onChoose={(chosen) => useEvaluation.setState({ path: chosen })}
      />
    </>
  )
}
