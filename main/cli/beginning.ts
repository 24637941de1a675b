/** How `tapedeck train` begins: with a model and data, with a run that goes on, or with a fork of one. */
import type { ModelDocument } from '../common/document.ts'
import { typedPath } from '../shells/options.ts'
import { ownRun } from '../common/ownRun.ts'
import type { RunDetail } from '../common/schemas.ts'
import type { PlannedChange, TrainConfig } from '../common/training.ts'
import { typedReading } from './dataOptions.ts'
import { UsageError } from './errors.ts'
import { guessOf, importReading } from './importing.ts'
import { readModel } from './model.ts'
import type { ProgressLine } from './progressLine.ts'
import type { Client } from './session.ts'
import { changesOf, partOf, refuseWithoutEffect, trainConfig, type Typed } from './trainConfig.ts'

/** Starts training; the id of the run. */
export type Begin = (client: Client, progress: ProgressLine) => Promise<number>

/** @throws UsageError on options that do not go together, before anything is opened */
export function beginning(typed: Typed, planned: PlannedChange[]): Begin {
  const text = (name: string): string | undefined => {
    const value = typed[name]
    return typeof value === 'string' ? value : undefined
  }
  const [resume, fork, model, data] = ['resume', 'fork', 'model', 'data'].map(text)
  const ways = [resume, fork, model].filter((way) => way !== undefined)
  if (ways.length === 0)
    throw new UsageError(
      '--model is missing.',
      'Name a template, such as digits-mlp, or a run with --resume or --fork.',
    )
  if (ways.length > 1 || ((resume ?? fork) !== undefined && data !== undefined))
    throw new UsageError(
      '--resume, --fork and --model do not go together.',
      'A run that goes on keeps its model and its data; leave --model and --data out.',
    )
  const name = text('name') ?? null
  if (resume !== undefined) return resuming(runNumber('resume', resume), typed, planned)
  if (fork !== undefined) return forking(fork, typed, { planned, name })
  return starting(model ?? '', data, typed, { planned, name })
}

function starting(
  model: string,
  data: string | undefined,
  typed: Typed,
  rest: { planned: PlannedChange[]; name: string | null },
): Begin {
  return async (client, progress) => {
    const subject = await subjectOf(model, data, typed)(client, progress)
    const weights = typeof typed.weights === 'string' ? typedPath(typed.weights) : null
    const { runId } = await client.training.start({ ...subject, ...rest, weights })
    return runId
  }
}

/** A model fitted to its data, imported where it is new, and the settings to train it with. */
export interface Subject {
  document: ModelDocument
  datasetId: string
  config: TrainConfig
}

/** @param data undefined: a template's own sample set */
export function subjectOf(
  model: string,
  data: string | undefined,
  typed: Typed,
): (client: Client, progress: ProgressLine) => Promise<Subject> {
  return async (client, progress) => {
    // Before anything is imported: a model that cannot be read is refused at once.
    await readModel(client, model, null)
    const template = (await client.models.templates({ datasetId: null })).find(({ id }) => id === model)
    const source = data ?? template?.sample
    if (source === undefined)
      throw new UsageError(
        '--data is missing.',
        'Name the folder with the data; only templates bring their own.',
      )
    const config = trainConfig(typed, template?.config)
    const dataset = await importReading(client, typedReading(await guessOf(client, source), typed), progress)
    refuseWithoutEffect(typed, dataset)
    return { document: await readModel(client, model, dataset.id), datasetId: dataset.id, config }
  }
}

function resuming(runId: number, typed: Typed, planned: PlannedChange[]): Begin {
  return async (client) => {
    const { config } = ownRun(await client.runs.get({ runId }))
    await client.training.resumeRun({ runId, changes: changesOf(typed, config), planned })
    return runId
  }
}

function forking(text: string, typed: Typed, rest: { planned: PlannedChange[]; name: string | null }): Begin {
  const [run = '', step, ...more] = text.split('@')
  if (step === undefined || step === '' || more.length > 0)
    throw new UsageError(
      `--fork ${text} is not possible: it is not RUN@STEP.`,
      'Write 3@1200, 3@best or 3@last.',
    )
  const runId = runNumber('fork', run)
  return async (client) => {
    const parent = ownRun(await client.runs.get({ runId }))
    const checkpointId = checkpointAt(parent, step)
    const changes = partOf(typed, parent.config)
    return (await client.training.fork({ runId, checkpointId, changes, ...rest })).runId
  }
}

function checkpointAt({ id, checkpoints }: RunDetail, step: string): number | null {
  if (step === '0') return null
  const found = checkpoints.findLast((one) => String(one.step) === step || one.kind === step)
  if (found) return found.id
  const steps = [...new Set(checkpoints.map((one) => one.step))].join(', ')
  throw new UsageError(
    `Run ${id} has no checkpoint at ${step}.`,
    steps === '' ? 'It has none; 0 is its start.' : `It has them at ${steps}; 0 is its start.`,
  )
}

function runNumber(flag: string, text: string): number {
  const id = text.trim() === '' ? NaN : Number(text)
  if (Number.isInteger(id) && id > 0) return id
  throw new UsageError(
    `--${flag} ${text} is not possible: it is not the number of a run.`,
    '"tapedeck runs" lists them.',
  )
}
