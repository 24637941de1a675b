/** Where a run is in its data, and what it has added up on the way: all that changes but weights. Plain data. */
import { z } from 'zod'
import { plannedChangeSchema, trainConfigSchema, type TrainConfig } from '../../common/training.ts'
import type { Position } from '../protocol.ts'
import type { Trainee } from './trainee.ts'

const scoreSchema = z.object({
  loss: z.number(),
  count: z.number(),
  correct: z.number().nullable(),
  error: z.number().nullable(),
})

export const cursorSchema = z.object({
  step: z.number(),
  /** From 1. */
  epoch: z.number(),
  /** Batches of the epoch that were trained on, of how many. */
  batch: z.number(),
  batches: z.number(),
  /** Evaluated ones. */
  epochsDone: z.number(),
  samples: z.number(),
  seconds: z.number(),
  /** The configuration that the epoch began with: it decides the order of the epoch's batches. */
  epochConfig: trainConfigSchema,
  /** Sums over the epoch so far; null at its start. */
  tally: scoreSchema.nullable(),
  /** Loss of the first step of all. */
  firstLoss: z.number().nullable(),
  /** Newest value of each metric of an epoch. */
  figures: z.record(z.string(), z.number()),
  best: z.object({ value: z.number(), step: z.number() }).nullable(),
  /** Of early stopping. */
  patience: z.object({ best: z.number().nullable(), bad: z.number() }),
  planned: z.array(plannedChangeSchema),
})
export type Cursor = z.infer<typeof cursorSchema>

export const startingCursor = (config: TrainConfig): Cursor => ({
  step: 0,
  epoch: 1,
  batch: 0,
  batches: 0,
  epochsDone: 0,
  samples: 0,
  seconds: 0,
  epochConfig: config,
  tally: null,
  firstLoss: null,
  figures: {},
  best: null,
  patience: { best: null, bad: 0 },
  planned: [],
})

export function startingPosition({ epochs, learningRate }: TrainConfig): Position {
  return {
    step: 0,
    totalSteps: 0,
    epoch: 1,
    epochs,
    batch: 0,
    batches: 0,
    epochsDone: 0,
    learningRate,
    samplesPerSecond: 0,
    seconds: 0,
    secondsLeft: null,
    waiting: 0,
    stopsAfterEpoch: false,
  }
}

/** Whether two configurations put the same rows into the same batches. */
export const sameOrder = (a: TrainConfig, b: TrainConfig): boolean =>
  a.batchSize === b.batchSize &&
  a.tokenBudget === b.tokenBudget &&
  a.balance === b.balance &&
  a.seed === b.seed &&
  a.overfitBatch === b.overfitBatch

/**
 * Sets what follows from the configuration in force and the epoch that the run is in: steps to come, the rate. Exact
 * where epochs are alike, which is nearly always; else what this one suggests.
 * @param later batches of an epoch after this one
 */
export function plan(position: Position, { config, rate }: Trainee, later: number): void {
  const stepsIn = (batches: number): number => Math.ceil(batches / config.accumulate)
  position.epochs = config.epochs
  const thisEpoch = stepsIn(position.batches - position.batch)
  const rest = Math.max(0, config.epochs - position.epoch) * stepsIn(later)
  position.totalSteps = position.step + thisEpoch + rest
  position.learningRate = rate.at(position.step, position.totalSteps)
}
