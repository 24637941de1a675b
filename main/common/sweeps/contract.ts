/** What crosses the contract about sweeps and their queue. */
import { z } from 'zod'
import { refusalSchema } from '../schemas.ts'
import { choicesSchema, objectiveSchema, sweepSpecSchema } from './spec.ts'

/** `waiting` also while it has begun and been interrupted: it goes on where it was. */
export const trialStatusSchema = z.enum(['waiting', 'running', 'finished', 'failed', 'skipped'])
export type TrialStatus = z.infer<typeof trialStatusSchema>

export const trialSchema = z.object({
  /** From 1. */
  number: z.number(),
  status: trialStatusSchema,
  choices: choicesSchema,
  seed: z.number(),
  /** Null before it begins, or when the run was deleted. */
  runId: z.number().nullable(),
  /** The objective at each rung it has done (one, but for successive halving); null where it was not a number. */
  values: z.array(z.number().nullable()),
  /** Why it failed. */
  error: refusalSchema.nullable(),
})
export type Trial = z.infer<typeof trialSchema>

/** `queued`: trains, or waits for its turn. `stopped` goes on when it is asked to, as `paused` does. */
export const sweepStatusSchema = z.enum(['queued', 'paused', 'finished', 'stopped'])
export type SweepStatus = z.infer<typeof sweepStatusSchema>

export const sweepSchema = z.object({
  id: z.number(),
  name: z.string(),
  status: sweepStatusSchema,
  createdAt: z.number(),
  endedAt: z.number().nullable(),
  /** Why it is paused or ended as it did, in a sentence; null where that needs no saying. */
  remark: z.string().nullable(),
  objective: objectiveSchema,
  counts: z.object({
    total: z.number(),
    finished: z.number(),
    failed: z.number(),
    skipped: z.number(),
  }),
  /** The trial that trains now. */
  training: z.object({ number: z.number(), text: z.string(), runId: z.number() }).nullable(),
  /** The best so far; of replicates, the mean over their seeds. */
  best: z.object({ number: z.number(), text: z.string(), value: z.number() }).nullable(),
  /** Trained so far, all its runs together. */
  seconds: z.number(),
})
export type Sweep = z.infer<typeof sweepSchema>

export const sweepDetailSchema = sweepSchema.extend({
  spec: sweepSpecSchema,
  datasetName: z.string(),
  trials: z.array(trialSchema),
})
export type SweepDetail = z.infer<typeof sweepDetailSchema>

/** The queue: what trains and waits in its order, then what has ended, the newest first. */
export const queueSchema = z.object({
  sweeps: z.array(sweepSchema),
  /** A run that was started by hand, which the queue waits for. */
  waitsFor: z.number().nullable(),
  /** Why it stands still though nobody paused it: the workspace could not be written. */
  fault: refusalSchema.nullable(),
})
export type Queue = z.infer<typeof queueSchema>

export const sweepPreviewSchema = z.object({
  /** Runs there will be. */
  runs: z.number(),
  combinations: z.number(),
  /** Runs that the method would make; more than `runs` where the budget cuts it short. */
  wanted: z.number(),
  first: z.array(z.object({ number: z.number(), text: z.string() })),
  /** Epochs of all runs together; about, for successive halving. */
  epochs: z.number(),
  /** By halving: epochs of every rung. */
  rungs: z.array(z.number()).nullable(),
  /** Null: no run of this model on this data has been trained yet. */
  seconds: z.number().nullable(),
  /** The run whose speed the time is worked out from. */
  speedOf: z.object({ runId: z.number(), name: z.string() }).nullable(),
})
export type SweepPreview = z.infer<typeof sweepPreviewSchema>
