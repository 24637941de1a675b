/**
 * What is in a `.tapedeck` file, a zip archive; README.md beside it says the same for readers of other programs. The
 * names below are the only ones that an archive may hold.
 */
import { z } from 'zod'
import { documentSchema } from '../../common/document.ts'
import { probedLayerSchema } from '../../common/health/figures.ts'
import { keptPredictionsSchema, type KeptPredictions } from '../../common/predictions/predictions.ts'
import {
  engineInfoSchema,
  originSchema,
  refusalSchema,
  runEventSchema,
  runStatusSchema,
  tagSchema,
} from '../../common/schemas.ts'
import { checkpointSchema, notFiniteSchema, parentSchema, trainConfigSchema } from '../../common/training.ts'

export const archiveFormat = 'tapedeck-archive'
/** Raised when a reader of the one before would read something wrong. */
export const archiveVersion = 1

export const manifestName = 'manifest.json'
export const runFolder = (id: number): string => `runs/${id}`
export const runFile = (id: number): string => `${runFolder(id)}/run.json`
export const pointsFile = (id: number): string => `${runFolder(id)}/points.jsonl`
export const probesFile = (id: number): string => `${runFolder(id)}/probes.jsonl`
export const predictionsFile = (id: number, kept: KeptPredictions): string =>
  `${runFolder(id)}/predictions-${kept}`
export const checkpointFolder = (id: number): string => `${runFolder(id)}/checkpoints`
export const datasetFile = (id: string): string => `datasets/${id}.json`

const count = z.number().int().min(0)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

export const manifestSchema = z.object({
  format: z.literal(archiveFormat),
  version: z.literal(archiveVersion),
  /** Of Tapedeck that wrote it. */
  tapedeck: z.string().max(40),
  createdAt: z.number(),
  runs: z.array(z.object({ id: count, name: z.string().max(200) })).max(10_000),
  /** All files but this one. */
  files: z.array(z.object({ path: z.string().max(200), bytes: count, sha256 })).max(1_000_000),
})
export type Manifest = z.infer<typeof manifestSchema>

export const checkpointName = /^(best|last|step|change|halted)-\d{1,15}$/

export const archivedRunSchema = z.object({
  id: count,
  name: z.string().min(1).max(200),
  status: runStatusSchema,
  createdAt: z.number(),
  endedAt: z.number().nullable(),
  datasetId: z.string().max(64),
  datasetName: z.string().max(1000),
  modelName: z.string().max(1000),
  config: trainConfigSchema.nullable(),
  document: documentSchema.nullable(),
  engine: engineInfoSchema.nullable(),
  parameters: z.number(),
  epochsDone: z.number(),
  steps: z.number(),
  seconds: z.number(),
  samplesPerSecond: z.number(),
  tags: z.array(tagSchema).max(1000),
  note: z.string().max(20_000),
  group: z.string().max(120).nullable(),
  origin: originSchema.nullable(),
  weightsSha256: sha256.nullable(),
  notFinite: notFiniteSchema.nullable(),
  error: refusalSchema.nullable(),
  /** The run of this archive that it was forked from. */
  parent: parentSchema.nullable(),
  events: z.array(runEventSchema),
  /** Points of each metric in points.jsonl. */
  metrics: z.array(z.object({ name: z.string().min(1).max(1000), count })),
  /** What the figures of probes.jsonl are of; empty where nothing was probed. */
  layers: z.array(probedLayerSchema),
  /** Names of the figures that a layer has in each probe, in their order. */
  figures: z.array(z.string().max(100)).max(1000),
  /** Which validation predictions are kept. */
  predictions: z.array(keptPredictionsSchema),
  checkpoints: z.array(
    checkpointSchema.omit({ id: true, runId: true, path: true }).extend({
      /** Of its three files, without an ending. */
      name: z.string().regex(checkpointName),
      config: trainConfigSchema,
    }),
  ),
})
export type ArchivedRun = z.infer<typeof archivedRunSchema>

const column = z.array(z.number()).max(100_000)

/** One line of points.jsonl: points of one metric in order of their steps. */
export const pointsLineSchema = z.object({
  metric: z.string(),
  steps: z.array(z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)).max(100_000),
  values: column,
  epochs: column,
  seconds: column,
})

/** One line of probes.jsonl. */
export const probeLineSchema = z.object({
  step: count,
  epoch: z.number(),
  seconds: z.number(),
  /** Base64 of little-endian float32: every figure of the first layer, then of the second. */
  figures: z.string(),
  histograms: z.array(
    z.object({
      nodeId: z.string().max(200),
      part: z.enum(['weights', 'gradients', 'updates', 'activations']),
      step: count,
      low: z.number(),
      high: z.number(),
      below: count,
      above: count,
      notFinite: count,
      counts: z
        .array(
          z
            .number()
            .int()
            .min(0)
            .max(2 ** 32 - 1),
        )
        .max(4096),
    }),
  ),
})
