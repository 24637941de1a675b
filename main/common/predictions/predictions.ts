/** What a run says of every sample of a split, and whether it is right: typed columns, one entry for each sample. */
import { z } from 'zod'
import { splitSchema } from '../data/dataset.ts'

/** Samples of a split whose predictions are kept, the first of them; `total` says how many there are. */
export const mostPredictions = 200_000

/** `best`: of the epoch with the best checkpoint. `last`: of the newest epoch that was evaluated. */
export const keptPredictionsSchema = z.enum(['best', 'last'])
export type KeptPredictions = z.infer<typeof keptPredictionsSchema>

export interface PredictedClasses {
  task: 'classify'
  /** Names, by the numbers of `target` and `predicted`. */
  classes: readonly string[]
  target: Uint32Array
  predicted: Uint32Array
  /** Of the predicted class, 0 to 1. */
  probability: Float32Array
  /** Probability of the true class. */
  ofTarget: Float32Array
  loss: Float32Array
}

export interface PredictedNumbers {
  task: 'regress'
  targets: readonly string[]
  /** `[samples, targets]`, in the targets' own units. The residual is `predicted - wanted`. */
  wanted: Float32Array
  predicted: Float32Array
  /** Of the normalised targets, as trained. */
  loss: Float32Array
}

export interface PredictedTokens {
  task: 'next-token'
  /** Share of the sequence's tokens that were predicted, 0 to 1. */
  right: Float32Array
  /** Mean over the sequence's tokens. */
  loss: Float32Array
}

export interface Predictions {
  step: number
  /** Epochs done. */
  epoch: number
  /** Row in the data set of the first sample; the others follow it. */
  firstRow: number
  /** Samples in the split; more than are kept where there are more than `mostPredictions`. */
  total: number
  /**
   * First 8 bytes of the SHA-256 of each sample's content, which stay when a data set is read again; null where the data
   * set has none, as running text.
   */
  ids: BigUint64Array | null
  of: PredictedClasses | PredictedNumbers | PredictedTokens
}

export const countOf = ({ of }: Pick<Predictions, 'of'>): number => of.loss.length

/** A figure that is not finite is null. */
const figure = z.number().nullable()
export const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

/** What a run says of one sample. */
export const answerSchema = z.discriminatedUnion('task', [
  z.object({
    task: z.literal('classify'),
    target: z.string(),
    predicted: z.string(),
    probability: figure,
    ofTarget: figure,
    loss: figure,
  }),
  z.object({
    task: z.literal('regress'),
    values: z.array(z.object({ name: z.string(), wanted: figure, predicted: figure })),
    loss: figure,
  }),
  z.object({ task: z.literal('next-token'), right: figure, loss: figure }),
])
export type Answer = z.infer<typeof answerSchema>

export function answerOf({ of }: Predictions, at: number): Answer {
  const loss = finite(of.loss[at]!)
  switch (of.task) {
    case 'classify':
      return {
        task: 'classify',
        target: of.classes[of.target[at]!] ?? String(of.target[at]),
        predicted: of.classes[of.predicted[at]!] ?? String(of.predicted[at]),
        probability: finite(of.probability[at]!),
        ofTarget: finite(of.ofTarget[at]!),
        loss,
      }
    case 'regress': {
      const begin = at * of.targets.length
      const values = of.targets.map((name, i) => ({
        name,
        wanted: finite(of.wanted[begin + i]!),
        predicted: finite(of.predicted[begin + i]!),
      }))
      return { task: 'regress', values, loss }
    }
    case 'next-token':
      return { task: 'next-token', right: finite(of.right[at]!), loss }
  }
}

const page = {
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(200).default(60),
}

export const predictionsQuerySchema = z.object({
  runId: z.number().int(),
  /** Null: the best epoch's, or the last one's where there is none. */
  kept: keptPredictionsSchema.nullable().default(null),
  /** `loss`: the highest first. */
  order: z.enum(['row', 'loss']).default('row'),
  ...page,
})
export type PredictionsQuery = z.infer<typeof predictionsQuerySchema>

/** Whose predictions they are. */
export const predictionsHeadSchema = z.object({
  runId: z.number(),
  kept: keptPredictionsSchema,
  split: splitSchema,
  step: z.number(),
  epoch: z.number(),
  datasetId: z.string(),
  /** Samples with a prediction, of so many in the split. */
  count: z.number(),
  total: z.number(),
})
export type PredictionsHead = z.infer<typeof predictionsHeadSchema>

const sampleId = z.string().nullable()

export const predictionsSchema = z.object({
  head: predictionsHeadSchema,
  rows: z.array(z.object({ row: z.number(), id: sampleId, answer: answerSchema })),
})
export type PredictionsPage = z.infer<typeof predictionsSchema>

// ---------------------------------------------------------------- two runs

/**
 * Of classes: whether run `a`, then run `b` is right. Of everything else there is no right and wrong: whose loss is lower.
 */
export const boxSchema = z.enum([
  'right-in-both',
  'mended',
  'broken',
  'wrong-in-both',
  'better',
  'worse',
  'same',
])
export type Box = z.infer<typeof boxSchema>

export const disagreementsQuerySchema = z.object({
  /** The baseline. */
  a: z.number().int(),
  b: z.number().int(),
  /** Samples of which box are listed; null: none, only counts. */
  box: boxSchema.nullable().default(null),
  ...page,
})
export type DisagreementsQuery = z.infer<typeof disagreementsQuerySchema>

export const disagreementsSchema = z.object({
  a: predictionsHeadSchema,
  b: predictionsHeadSchema,
  /** How the samples of the two were paired. */
  matchedBy: z.enum(['row', 'content']),
  boxes: z.array(z.object({ box: boxSchema, count: z.number() })),
  /** Samples that only one of the two was evaluated on. */
  onlyA: z.number(),
  onlyB: z.number(),
  /** Paired samples whose true class or value is not the same in both data sets; they are in no box. */
  relabelled: z.number(),
  /** Rows are of the data set of `b`. The plainest case of the box first. */
  rows: z.array(z.object({ row: z.number(), id: sampleId, a: answerSchema, b: answerSchema })),
})
export type Disagreements = z.infer<typeof disagreementsSchema>
