/** What the main thread and the engine worker say to each other. Plain data only; no tensor ever crosses. */
import type { ModelDocument } from '../common/document.ts'
import type { Refusal } from '../common/errors.ts'
import type { Predictions } from '../common/predictions/predictions.ts'
import type { Checkpoint, NotFinite, PlannedChange, TrainChanges, TrainConfig } from '../common/training.ts'
import type { Dataset } from '../common/data/dataset.ts'
import type { EngineInfo, Live, RunEvent } from '../common/schemas.ts'
import type { ProbedLayer } from '../common/health/figures.ts'
import type { Probe } from './probes/prober.ts'
import type { ProgressOf, Question, Questions, Topic } from './questions.ts'
import type { Recording } from './tape/recording.ts'

export interface TrainJob {
  runId: number
  document: ModelDocument
  dataset: Dataset
  /** Folder with the dataset's inputs.bin and labels.bin. */
  datasetFolder: string
  config: TrainConfig
  /** Folder that checkpoints are written into. */
  checkpointFolder: string
  /** Path of the checkpoint to go on from; null: from the start. */
  from: string | null
  /** File of weights that a run begins with at its start. */
  weights?: string | null
  /** Changes to be made on the way. Those that a checkpoint still has before it are added by the loop. */
  planned: PlannedChange[]
  /** Somebody asked for more of a run that had ended: early stopping counts anew. */
  again: boolean
  /** Stops, to go on later, when so many epochs are done; null: trains all of them. */
  untilEpoch: number | null
}

/** A checkpoint as the worker knows it, with the configuration in force. */
export type Written = Omit<Checkpoint, 'id'> & {
  config: TrainConfig
  /** Of the newest evaluation before it, where no checkpoint of its kind has told them yet. */
  predictions: Predictions | null
}

/** Main thread to worker. All but `train`, `ask`, `forget` and `describe` refer to the job that is running and are ignored without one. */
export type Command =
  | { kind: 'describe' }
  | { kind: 'train'; job: TrainJob }
  /** Answered once, by `answer` or `refused` with the same number. */
  | { kind: 'ask'; number: number; question: Question }
  /** Nobody waits for that answer any more. */
  | { kind: 'forget'; number: number }
  | { kind: 'pause' }
  | { kind: 'resume' }
  /** One step of a run that is paused; it stays paused. */
  | { kind: 'step' }
  | { kind: 'stop' }
  | { kind: 'stop-after-epoch' }
  | { kind: 'change'; changes: TrainChanges }
  /** Looks at every layer at the next step. */
  | { kind: 'probe' }
  /** Records the tape of the next step; a run that is paused makes one step for it. */
  | { kind: 'record' }

/** Metric points in columns: cheap to clone across threads. Row i is point i; `metric` indexes `names`. */
export interface PointColumns {
  names: string[]
  metric: Uint16Array
  step: Float64Array
  value: Float64Array
  epoch: Float64Array
  seconds: Float64Array
}

export interface Position {
  step: number
  totalSteps: number
  epoch: number
  epochs: number
  batch: number
  batches: number
  epochsDone: number
  learningRate: number
  samplesPerSecond: number
  seconds: number
  secondsLeft: number | null
  /** Share of the last second in which training waited for data, 0 to 1. */
  waiting: number
  stopsAfterEpoch: boolean
}

export interface Telemetry {
  runId: number
  status: 'running' | 'paused'
  position: Position
  points: PointColumns
  probes: Probe[]
  memory: Live['memory']
}

export interface Outcome {
  runId: number
  status: 'finished' | 'stopped' | 'failed'
  position: Position
  /** Path of the last checkpoint; null when there was nothing worth keeping. */
  checkpoint: string | null
  error: (Refusal & { detail?: string }) | null
}

/** Worker to main thread. */
export type Report =
  | { kind: 'engine'; info: EngineInfo }
  | { kind: 'engine-failed'; error: Refusal & { detail?: string } }
  /** Before the first telemetry: what the rows of its probes are of. */
  | { kind: 'probed-layers'; runId: number; layers: ProbedLayer[] }
  | { kind: 'telemetry'; telemetry: Telemetry }
  | { kind: 'event'; runId: number; event: RunEvent }
  /** Written whole. Points and events up to its step were sent before it. */
  | { kind: 'checkpoint'; checkpoint: Written }
  | { kind: 'not-finite'; runId: number; notFinite: NotFinite }
  /** As asked for by `record`. */
  | { kind: 'tape'; runId: number; recording: Recording }
  | { kind: 'outcome'; outcome: Outcome }
  | { kind: 'answering'; number: number; progress: ProgressOf<Topic> }
  | { kind: 'answer'; number: number; answer: Questions[Topic]['answer'] }
  | { kind: 'refused'; number: number; error: Refusal & { detail?: string } }
