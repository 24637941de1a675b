/** The learning-rate range test: what is asked, what is told on the way, and what comes out. */
import { z } from 'zod'
import { optimizerSchema, usualLearningRate, type OptimizerName } from './training.ts'

/** The rate rises so many powers of ten below and above where the optimizer usually starts. */
const span = 1e4

/** Where a test begins and ends unless somebody says otherwise: 1e-7 to 10 for Adam. */
export const usualRange = (optimizer: OptimizerName): { low: number; high: number } => {
  const usual = usualLearningRate[optimizer]
  return { low: Number((usual / span).toPrecision(3)), high: Number((usual * span).toPrecision(3)) }
}

const rate = z.number().positive().max(1e6)

export const rangeSchema = z
  .object({
    /** Rates of the first and the last step; null: the optimizer's usual range. */
    low: rate.nullable().default(null),
    high: rate.nullable().default(null),
    steps: z.number().int().min(20).max(2000).default(150),
  })
  .refine(({ low, high }) => low === null || high === null || low < high, {
    message: 'the lowest rate must be below the highest',
    path: ['high'],
  })
export type Range = z.infer<typeof rangeSchema>

const pointSchema = z.object({
  /** Of the update that followed this loss. */
  rate: z.number(),
  /** Of the step's batches. */
  loss: z.number(),
  smoothed: z.number(),
})
export type RangePoint = z.infer<typeof pointSchema>

export const rangeProgressSchema = z.object({
  done: z.number(),
  total: z.number(),
  note: z.string(),
  /** So far. */
  points: z.array(pointSchema),
})
export type RangeProgress = z.infer<typeof rangeProgressSchema>

export const rangeTestSchema = z.object({
  optimizer: optimizerSchema,
  low: z.number(),
  high: z.number(),
  points: z.array(pointSchema),
  /** Where the loss fell fastest; null where it did not fall. */
  steepest: z.number().nullable(),
  /** Where the loss left what it had reached for good, or stopped being a number; null where it did not up to `high`. */
  diverged: z.number().nullable(),
  /** Null where the loss did not fall at any rate. */
  suggestion: z.number().nullable(),
  /** How the suggestion came about, in a sentence; or why there is none. */
  rule: z.string(),
})
export type RangeTest = z.infer<typeof rangeTestSchema>
