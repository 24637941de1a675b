/** What a run begins with: a fresh one, one that goes on, or a fork. Reads the store and refuses; writes nothing. */
import { applicableConfig } from '../common/applicable.ts'
import type { ModelDocument } from '../common/document.ts'
import { UserError } from '../common/errors.ts'
import { nameRun } from '../common/runName.ts'
import type { Dataset } from '../common/data/dataset.ts'
import { ownRun } from '../common/ownRun.ts'
import type { RunDetail } from '../common/schemas.ts'
import {
  trainConfigSchema,
  type Parent,
  type PlannedChange,
  type TrainChanges,
  type TrainConfig,
} from '../common/training.ts'
import { checkedAnalysis } from '../common/trainable.ts'
import type { Store } from '../store/index.ts'
import type { TrainJob } from '../training/protocol.ts'

export interface StartRequest {
  document: ModelDocument
  datasetId: string
  config: TrainConfig
  name: string | null
  planned: PlannedChange[]
  sweep?: OfSweep | null
  untilEpoch?: number | null
  /** File of weights to begin with. */
  weights?: string | null
}

/** What a run of a sweep is recorded with. */
export interface OfSweep {
  id: number
  /** That replicates share; null where there is one seed. */
  group: string | null
  /** Written down together with the run. */
  onRecorded: (runId: number) => void
}

export interface ForkRequest {
  /** Null: from the run's start. */
  checkpointId: number | null
  /** Any part of the configuration. */
  changes: Partial<TrainConfig>
  name: string | null
  planned: PlannedChange[]
}

/** A run to be recorded, and what it is trained with. */
export interface RunPlan {
  name: string
  dataset: Dataset
  parameters: number
  parent: Parent | null
  /** The trial of a sweep that it is of. */
  sweep?: OfSweep | null
  job: Pick<TrainJob, 'document' | 'config' | 'from' | 'planned' | 'again' | 'untilEpoch' | 'weights'>
}

/** @throws UserError `model/problems`, `data/unknown` */
export function planStart(store: Store, request: StartRequest): RunPlan {
  const { document, datasetId, planned, sweep = null, untilEpoch = null, weights = null } = request
  const dataset = store.datasets.get(datasetId)
  const { parameters } = checkedAnalysis(document, dataset)
  const config = applicableConfig(request.config, dataset)
  refuseUnknownLayers(config, document)
  const subject = `${document.name} on ${dataset.name}${config.overfitBatch ? ' · one batch' : ''}`
  const previous = config.overfitBatch ? null : store.runs.newestOf(datasetId, document.name)
  const name = request.name ?? nameRun(subject, { config, parameters, document }, previous)
  const job = { document, config, from: null, planned, again: false, untilEpoch, weights }
  return { name, dataset, parameters, parent: null, sweep, job }
}

/** @throws UserError `checkpoint/unknown`, `training/finished`, `data/unknown` */
export function planFork(store: Store, runId: number, request: ForkRequest): RunPlan {
  const { checkpointId, changes, planned } = request
  const run = ownRun(store.runs.get(runId))
  const dataset = store.datasets.get(run.datasetId)
  const checkpoint = checkpointId === null ? null : store.checkpoints.get(checkpointId)
  if (checkpoint && checkpoint.runId !== runId) throw ofAnotherRun(checkpoint.id, checkpoint.runId, runId)
  const before = checkpoint ? store.checkpoints.config(checkpoint.id) : run.config
  const config = applicableConfig(trainConfigSchema.parse({ ...before, ...changes }), dataset)
  if (checkpoint) refuseWhenDone({ ...run, epochsDone: Math.floor(checkpoint.epoch) }, config)
  const { document, parameters } = run
  const step = checkpoint?.step ?? 0
  const subject = `${run.name} · from step ${step.toLocaleString('en-US')}`
  const differs = nameRun(subject, { config, parameters }, { config: before, parameters })
  const job = { document, config, from: checkpoint?.path ?? null, planned, again: true, untilEpoch: null }
  const name = request.name ?? differs.replace(/ · again$/, '')
  return { name, dataset, parameters, parent: { runId, step }, job }
}

/** @throws UserError `training/finished`, `data/unknown` */
export function planResume(
  store: Store,
  runId: number,
  changes: TrainChanges,
  planned: PlannedChange[],
  untilEpoch: number | null = null,
): { dataset: Dataset; before: TrainConfig; step: number; job: RunPlan['job'] } {
  const run = ownRun(store.runs.get(runId))
  const dataset = store.datasets.get(run.datasetId)
  const newest = run.checkpoints.at(-1)
  const before = newest ? store.checkpoints.config(newest.id) : run.config
  const config = trainConfigSchema.parse({ ...before, ...changes })
  refuseWhenDone(run, config)
  const { document, status } = run
  const job = {
    document,
    config,
    from: newest?.path ?? null,
    planned,
    again: status === 'finished',
    untilEpoch,
  }
  return { dataset, before, step: newest?.step ?? 0, job }
}

/** The step that a run would make after its newest checkpoint, as it would make it. @throws UserError `data/unknown` */
export function planTape(store: Store, runId: number): Pick<RunPlan, 'dataset' | 'job'> {
  const { datasetId, checkpoints, config, document } = ownRun(store.runs.get(runId))
  const newest = checkpoints.at(-1)
  const before = newest ? store.checkpoints.config(newest.id) : config
  // Nobody would read what a probe of it tells.
  const quiet = { ...before, probeEvery: 0, histogramsEvery: 0 }
  const job = {
    document,
    config: quiet,
    from: newest?.path ?? null,
    planned: [],
    again: true,
    untilEpoch: null,
  }
  return { dataset: store.datasets.get(datasetId), job }
}

function refuseUnknownLayers({ frozen }: TrainConfig, { nodes, name }: ModelDocument): void {
  const known = new Set(nodes.map(({ id }) => id))
  const unknown = frozen.find((id) => !known.has(id))
  if (unknown === undefined) return
  throw new UserError({
    code: 'training/unknown-layer',
    what: `The model “${name}” has no layer “${unknown}” that could be frozen.`,
    mend: `Its layers are ${[...known].slice(0, 20).join(', ')}.`,
  })
}

function refuseWhenDone(
  { id, epochsDone }: Pick<RunDetail, 'id' | 'epochsDone'>,
  { epochs }: TrainConfig,
): void {
  if (epochsDone < epochs) return
  throw new UserError({
    code: 'training/finished',
    what: `Run ${id} has trained all of its ${epochs} epochs there.`,
    mend: 'Ask for more epochs than that to go on.',
  })
}

const ofAnotherRun = (checkpoint: number, owner: number, asked: number): UserError =>
  new UserError({
    code: 'checkpoint/unknown',
    what: `Checkpoint ${checkpoint} is of run ${owner}, not of run ${asked}.`,
    mend: 'Choose one of those that the run lists.',
  })
