/** What a checkpoint is worth on a split of a data set: the part of the contract. */
import { z } from 'zod'
import { partSchema, previewItemSchema } from '../data/dataset.ts'
import { subjectQuerySchema } from '../predict/subject.ts'

export const evaluateQuerySchema = subjectQuerySchema.extend({
  /** Null is the data set that it was trained on. */
  datasetId: z.string().nullable().default(null),
  /** A folder or a file that need not be a data set of the workspace; it goes before `datasetId`. */
  path: z.string().min(1).max(4096).nullable().default(null),
  /** Of a path as the data of the training were divided, by item. */
  split: partSchema.default('validation'),
})
export type EvaluateQuery = z.infer<typeof evaluateQuerySchema>

const figure = z.number().nullable()

const classFiguresSchema = z.object({
  name: z.string(),
  support: z.number(),
  precision: figure,
  recall: figure,
  f1: figure,
  rocArea: figure,
  averagePrecision: figure,
})

const classEvaluationSchema = z.object({
  task: z.literal('classify'),
  samples: z.number(),
  notFinite: z.number(),
  accuracy: z.number(),
  topK: z.array(z.number()),
  logLoss: z.number(),
  macroF1: figure,
  weightedF1: figure,
  classes: z.array(classFiguresSchema),
  confusion: z.array(z.number()),
  calibration: z.array(
    z.object({ from: z.number(), to: z.number(), count: z.number(), confidence: figure, accuracy: figure }),
  ),
  calibrationError: z.number(),
})

const numberEvaluationSchema = z.object({
  task: z.literal('regress'),
  targets: z.array(
    z.object({
      name: z.string(),
      samples: z.number(),
      notFinite: z.number(),
      mae: figure,
      rmse: figure,
      r2: figure,
      bias: figure,
    }),
  ),
  /** Some samples of the first target, evenly drawn: at most 2,000. */
  residuals: z.array(z.object({ row: z.number(), wanted: z.number(), predicted: z.number() })),
})

const tokenEvaluationSchema = z.object({
  task: z.literal('next-token'),
  samples: z.number(),
  /** Mean cross-entropy of a token. */
  loss: z.number(),
  perplexity: z.number(),
  /** Share of the tokens that were the likeliest. */
  accuracy: z.number(),
})

export const evaluationSchema = z.object({
  /** Ask for cells, worst samples and curves by it; kept until a few others were made, or the workbench is closed. */
  id: z.number(),
  runId: z.number(),
  checkpointId: z.number(),
  step: z.number(),
  /** Null of a path. */
  datasetId: z.string().nullable(),
  datasetName: z.string(),
  split: partSchema,
  /** Sentences about what was left out, and what other data has that the training had not. */
  notes: z.array(z.string()),
  seconds: z.number(),
  figures: z.discriminatedUnion('task', [
    classEvaluationSchema,
    numberEvaluationSchema,
    tokenEvaluationSchema,
  ]),
})
export type Evaluation = z.infer<typeof evaluationSchema>

const page = {
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(200).default(60),
}

export const evaluatedQuerySchema = z.object({
  id: z.number().int(),
  /** One cell of the confusion matrix; null for all samples. */
  cell: z
    .object({ target: z.number().int().min(0), predicted: z.number().int().min(0) })
    .nullable()
    .default(null),
  /** `worst`: the true class's probability, or the absolute error, decides; `row`: in their order. */
  order: z.enum(['worst', 'row']).default('worst'),
  ...page,
})
export type EvaluatedQuery = z.infer<typeof evaluatedQuerySchema>

export const evaluatedSchema = z.object({
  total: z.number(),
  rows: z.array(
    z.object({
      row: z.number(),
      item: previewItemSchema.pick({ image: true, text: true }),
      /** Class or numbers, as people read them. */
      truth: z.string(),
      answer: z.string(),
      /** Of the true class, 0 to 1; null of numbers. */
      ofTruth: figure,
    }),
  ),
})
export type Evaluated = z.infer<typeof evaluatedSchema>

const point = z.object({ x: z.number(), y: z.number(), threshold: figure })
export const classCurvesSchema = z.object({ roc: z.array(point), precisionRecall: z.array(point) })
