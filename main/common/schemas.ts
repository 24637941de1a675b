/** What crosses the contract besides data sets (data/) and how to train (training.ts), as zod schemas and their types. */
import { z } from 'zod'
import { documentSchema } from './document.ts'
import {
  changeKinds,
  checkpointSchema,
  notFiniteSchema,
  parentSchema,
  trainConfigSchema,
} from './training.ts'

/** What happened to input that was refused; see errors.ts. */
export const refusalSchema = z.object({
  code: z.string(),
  what: z.string(),
  mend: z.string(),
  /** Stack trace, shown on demand only. */
  detail: z.string().optional(),
})

/** The process that writes to a workspace. */
export const holderSchema = z.object({ pid: z.number(), shell: z.string() })
export type Holder = z.infer<typeof holderSchema>

export const engineInfoSchema = z.object({
  version: z.string(),
  build: z.string(),
  instructionSet: z.string(),
  /** Whether the processor multiplies in 16 bits by instructions of its own. */
  bfloat16: z.boolean().default(false),
  threads: z.number(),
  oneDNN: z.string().nullable(),
  cuda: z.object({
    available: z.boolean(),
    /** Why there is no device to be used. */
    reason: z.string(),
    device: z
      .object({
        name: z.string(),
        driver: z.string(),
        computeCapability: z.string(),
        libraries: z.string().default(''),
        memoryBytes: z.number(),
      })
      .optional(),
  }),
})
export type EngineInfo = z.infer<typeof engineInfoSchema>

export const progressSchema = z.object({
  done: z.number(),
  total: z.number(),
  note: z.string(),
})
export type Progress = z.infer<typeof progressSchema>

// ---------------------------------------------------------------- training

/** A training image, and what the first epochs of a run would make of it. */
export const augmentedItemSchema = z.object({
  row: z.number(),
  /** `data:image/png;base64,...` as stored. */
  original: z.string(),
  /** The same, of epochs 1 to 5. */
  variants: z.array(z.string()),
})
export type AugmentedItem = z.infer<typeof augmentedItemSchema>

/** `interrupted`: the process went away while the run was running. */
export const runStatusSchema = z.enum(['running', 'paused', 'finished', 'stopped', 'failed', 'interrupted'])
export type RunStatus = z.infer<typeof runStatusSchema>

/** The state of the run in the engine worker; sent at most every 50 ms while it trains. */
export const liveSchema = z.object({
  runId: z.number(),
  status: runStatusSchema,
  step: z.number(),
  totalSteps: z.number(),
  /** 1-based. */
  epoch: z.number(),
  epochs: z.number(),
  /** 1-based batch within the epoch. */
  batch: z.number(),
  batches: z.number(),
  learningRate: z.number(),
  samplesPerSecond: z.number(),
  /** Seconds trained so far, pauses left out. */
  seconds: z.number(),
  secondsLeft: z.number().nullable(),
  /** Share of the last second in which training waited for data, 0 to 1. */
  waiting: z.number(),
  /** Newest value of each metric. */
  latest: z.record(z.string(), z.number()),
  /** Memory of the engine in bytes: of the GPU where the run trains on one, else the processor's. */
  memory: z.object({
    active: z.number(),
    peak: z.number(),
    cached: z.number(),
    /** Null on the processor. */
    gpu: z
      .object({
        name: z.string(),
        /** Of the whole GPU, whoever holds the rest. */
        free: z.number(),
        total: z.number(),
        /** Share of the last moments in which it computed, 0 to 1; null where it does not say. */
        busy: z.number().nullable(),
      })
      .nullable()
      .default(null),
  }),
  /** Last step whose metrics are in the store: ask `runs.series` again when it grows. */
  storedStep: z.number(),
  /** Events of this stretch of the run that are in the store: ask `runs.get` again when it grows. */
  storedEvents: z.number(),
  /** Whether the run ends with the epoch it is in, because somebody asked for that. */
  stopsAfterEpoch: z.boolean(),
  error: refusalSchema.nullable(),
})
export type Live = z.infer<typeof liveSchema>

// ---------------------------------------------------------------- runs

/** Of every point of a metric that a run logged; of equal extremes the first counts. */
export const summarySchema = z.object({
  first: z.number(),
  firstStep: z.number(),
  last: z.number(),
  lastStep: z.number(),
  min: z.number(),
  max: z.number(),
  minStep: z.number(),
  maxStep: z.number(),
  count: z.number(),
})
export type Summary = z.infer<typeof summarySchema>

/** In the order in which they travel. */
export const summaryFields = [
  'first',
  'firstStep',
  'last',
  'lastStep',
  'min',
  'max',
  'minStep',
  'maxStep',
  'count',
] as const satisfies readonly (keyof Summary)[]

/** Where a run came from that was not trained in this workspace. */
export const originSchema = z.object({
  kind: z.enum(['archive', 'tensorboard', 'csv', 'followed']),
  /** The file or folder it was read from. */
  path: z.string(),
  /** What it was called there; empty for a run of another workspace. */
  name: z.string().optional(),
  /** What the other tool called its hyperparameters. */
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
})
export type Origin = z.infer<typeof originSchema>

export const tagSchema = z.string().trim().min(1).max(40)

export const runSchema = z.object({
  id: z.number(),
  name: z.string(),
  status: runStatusSchema,
  createdAt: z.number(),
  endedAt: z.number().nullable(),
  /** Empty for a run of another tool, as are the names. */
  datasetId: z.string(),
  datasetName: z.string(),
  modelName: z.string(),
  /** Null for a run of another tool; see `origin.settings`. */
  config: trainConfigSchema.nullable(),
  /** In the order they were given. */
  tags: z.array(tagSchema),
  /** What a person wrote about it; plain text. */
  note: z.string(),
  /** A name that runs share which belong together: replicates of one experiment. */
  group: z.string().nullable(),
  sweepId: z.number().nullable(),
  /** When it was moved to the bin, in milliseconds since 1970. */
  binnedAt: z.number().nullable(),
  origin: originSchema.nullable(),
  parameters: z.number(),
  epochsDone: z.number(),
  steps: z.number(),
  seconds: z.number(),
  samplesPerSecond: z.number(),
  /** By metric name; see `metrics` below. */
  summaries: z.record(z.string(), summarySchema),
  error: refusalSchema.nullable(),
  /** The run and the step that it was forked from. */
  parent: parentSchema.nullable(),
  /** SHA-256 over the bytes of all weights and running statistics, in the order of the newest checkpoint's file. */
  weightsSha256: z.string().nullable(),
  /** Equal where two models compute the same, whatever they are called; empty for a run of another tool. */
  architecture: z.string(),
})
export type Run = z.infer<typeof runSchema>

/** What a run takes: points of its metrics, about 50 bytes each, checkpoints, and what was left of damaged ones. */
export const runSizeSchema = z.object({
  runId: z.number(),
  points: z.number(),
  checkpointBytes: z.number(),
  setAsideBytes: z.number(),
})
export type RunSize = z.infer<typeof runSizeSchema>

/** Something that happened to a run while it ran; `changeKinds` are marked on its charts. */
export const runEventSchema = z.object({
  step: z.number(),
  kind: z.enum([
    ...changeKinds,
    'paused',
    'resumed',
    'stopped',
    /** Weights were kept; the note holds the proof: SHA-256 of the weights and of the next batch. */
    'checkpoint',
    /** Goes on from a checkpoint, with the same two sums: equal ones say that nothing differs. */
    'restored',
    /** Something worth reading: a first loss far from what is expected, one batch learnt by heart. */
    'remark',
  ]),
  note: z.string(),
})
export type RunEvent = z.infer<typeof runEventSchema>

export const runDetailSchema = runSchema.extend({
  /** Null, as the engine, for a run of another tool. */
  document: documentSchema.nullable(),
  engine: engineInfoSchema.nullable(),
  checkpoint: z.string().nullable(),
  /** In order of their steps. */
  checkpoints: z.array(checkpointSchema),
  events: z.array(runEventSchema),
  /** Why the run halted before an update that would have written NaN or infinity; null where it did not. */
  notFinite: notFiniteSchema.nullable(),
})
export type RunDetail = z.infer<typeof runDetailSchema>

/**
 * One pixel's worth of a series: the steps `[step, lastStep]` with their extremes, so no spike is lost.
 * A bucket of one point has min = max = last.
 */
export interface Bucket {
  step: number
  lastStep: number
  min: number
  max: number
  mean: number
  last: number
  /** Of the last point in the bucket. */
  epoch: number
  seconds: number
}

export interface Series {
  runId: number
  metric: string
  /** Points in the store in the asked range; when it equals `buckets.length` every point is drawn. */
  total: number
  buckets: Bucket[]
}

/**
 * Metric names. `batch/*` once per step on the step's own batch; `train/*` means over an epoch;
 * `val/*` once per epoch over the whole validation split.
 */
export const metrics = {
  batchLoss: 'batch/loss',
  batchAccuracy: 'batch/accuracy',
  trainLoss: 'train/loss',
  trainAccuracy: 'train/accuracy',
  valLoss: 'val/loss',
  valAccuracy: 'val/accuracy',
  /** Mean absolute error of a regression, in the target's own unit. */
  batchError: 'batch/mae',
  trainError: 'train/mae',
  valError: 'val/mae',
  /** Mean over the classes of the harmonic mean of precision and recall. */
  trainMacroF1: 'train/macro-f1',
  valMacroF1: 'val/macro-f1',
  /** Of a language model: exp of its loss, so many tokens it wavers between. */
  valPerplexity: 'val/perplexity',
  /** Of one class, where there are at most 20. */
  valF1: (className: string): string => `val/f1/${className}`,
  learningRate: 'step/learning-rate',
  /** L2 norm of all gradients together, before clipping; see training/run/meter.ts for which steps. */
  gradientNorm: 'step/gradient-norm',
  samplesPerSecond: 'speed/samples',
  /** Milliseconds of a step, means over at least 50 ms. */
  timeData: 'time/data',
  timeForward: 'time/forward',
  timeBackward: 'time/backward',
  timeUpdate: 'time/update',
  /** Of forward to update together, where a device is given a recorded step as one piece. */
  timeRecorded: 'time/recorded',
  /** Bytes that the engine holds, and the most it has held. */
  memoryActive: 'memory/active',
  memoryPeak: 'memory/peak',
} as const

export const modelSchema = z.object({
  id: z.string(),
  name: z.string(),
  updatedAt: z.number(),
  document: documentSchema,
})
export type Model = z.infer<typeof modelSchema>

export const templateSchema = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  /** What data it is for, in words: "images of any size". */
  needs: z.string(),
  /** Id of the sample set that it is tried on. */
  sample: z.string(),
  /** Settings that suit it. */
  config: trainConfigSchema,
  /** What it reaches on its sample set with those settings, at least. */
  reaches: z.object({ metric: z.string(), value: z.number() }),
  /** Whether it can be trained on the data as it is; null where there is no data yet. */
  fits: z.boolean().nullable(),
  document: documentSchema,
})
export type Template = z.infer<typeof templateSchema>

export const folderEntrySchema = z.object({ name: z.string(), path: z.string(), folder: z.boolean() })
export type FolderEntry = z.infer<typeof folderEntrySchema>

export const findingSchema = z.object({
  name: z.string(),
  status: z.enum(['ok', 'missing', 'problem']),
  value: z.string(),
  /** What to do; empty when nothing needs doing. */
  mend: z.string(),
})
export type Finding = z.infer<typeof findingSchema>
