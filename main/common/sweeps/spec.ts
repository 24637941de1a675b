/** What a sweep tries: settings with their values, how they are chosen, what counts as better, when it is enough. */
import { z } from 'zod'
import { documentSchema } from '../document.ts'
import { trainConfigSchema } from '../training.ts'

/** A value of a setting; null is "off". */
export const choiceSchema = z.union([z.number(), z.string().max(200), z.boolean(), z.null()])
export type Choice = z.infer<typeof choiceSchema>

/** Values by setting; see fields.ts for how settings are called. */
export const choicesSchema = z.record(z.string(), choiceSchema)
export type Choices = z.infer<typeof choicesSchema>

export const valuesSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('list'), values: z.array(choiceSchema).min(1).max(200) }),
  z.object({
    kind: z.literal('range'),
    low: z.number(),
    high: z.number(),
    /** `log`: every decade is as likely as every other. */
    scale: z.enum(['linear', 'log']),
    /** How many values a grid takes from it, both ends included. */
    points: z.number().int().min(2).max(200).default(5),
  }),
])
export type Values = z.infer<typeof valuesSchema>

export const dimensionSchema = z.object({
  /** A field of the configuration (`learningRate`, `schedule.kind`), or `layers.NODE.PARAMETER`. */
  setting: z.string().min(1).max(200),
  values: valuesSchema,
})
export type Dimension = z.infer<typeof dimensionSchema>

const trials = z.number().int().min(1).max(2000)
const seed = z.number().int().min(0).max(4294967295).default(1)

export const methodSchema = z.discriminatedUnion('kind', [
  /** Every combination. */
  z.object({ kind: z.literal('grid') }),
  /** So many combinations drawn at random; the same seed draws the same. */
  z.object({ kind: z.literal('random'), trials, seed }),
  /** Many start, each rung lets the best `1/eta` go on with `eta` times the epochs; see halving.ts. */
  z.object({
    kind: z.literal('halving'),
    trials,
    seed,
    /** Epochs of the lowest rung; the highest has those of the configuration. */
    minEpochs: z.number().int().min(1).max(100_000).default(1),
    eta: z.number().int().min(2).max(10).default(3),
  }),
])
export type Method = z.infer<typeof methodSchema>

export const objectiveSchema = z.object({
  /** A metric of an epoch, such as `val/accuracy`. */
  metric: z.string().min(1).max(120),
  direction: z.enum(['min', 'max']),
  /** Its best value over the epochs, or its last. */
  read: z.enum(['best', 'last']).default('best'),
})
export type Objective = z.infer<typeof objectiveSchema>

export const budgetSchema = z.object({
  /** No more runs than this; null: as many as the method makes. */
  runs: trials.nullable().default(null),
  /** No run starts any more when those before have trained so long. */
  minutes: z.number().positive().max(1e6).nullable().default(null),
})

export const sweepSpecSchema = z.object({
  document: documentSchema,
  datasetId: z.string(),
  /** What is not swept. */
  config: trainConfigSchema,
  /** None: the same run, once for every seed. */
  dimensions: z.array(dimensionSchema).max(20),
  method: methodSchema,
  /** Runs of every combination, from the configuration's seed on. */
  seeds: z.number().int().min(1).max(100).default(1),
  objective: objectiveSchema,
  budget: budgetSchema.prefault({}),
})
export type SweepSpec = z.infer<typeof sweepSpecSchema>
