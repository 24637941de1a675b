/** What is learnt about a model without training it: one batch looked at, and what a step takes. */
import { z } from 'zod'

/** The result of one layer for the first sample of a batch, small enough to draw on a node. */
export const pictureSchema = z.object({
  /** `image`: one map per channel. `strip`: one map, time to the right, features down. `bars`: one row of values. */
  kind: z.enum(['image', 'strip', 'bars']),
  rows: z.number(),
  columns: z.number(),
  /** Row-major values of each map, at most four maps; scaled by the largest magnitude of all to -1..1. */
  maps: z.array(z.array(z.number())),
  /** The largest magnitude, which 1 stands for. */
  scale: z.number(),
  /** True where rows, columns or channels were left out or averaged. */
  reduced: z.boolean(),
})
export type Picture = z.infer<typeof pictureSchema>

export const nodeLookSchema = z.object({
  /** Id in the document; a repeated layer is looked at in its first copy. */
  node: z.string(),
  /** Of the output, with the batch axis. */
  shape: z.array(z.number()),
  mean: z.number(),
  /** Standard deviation. */
  spread: z.number(),
  /** Share of values that are exactly zero, 0 to 1. */
  zeroShare: z.number(),
  /** Values that are NaN or infinite. */
  notFinite: z.number(),
  /** Norm of the loss's gradient in the output; null where none reaches it. */
  gradientNorm: z.number().nullable(),
  picture: pictureSchema.nullable(),
})
export type NodeLook = z.infer<typeof nodeLookSchema>

/** Forward and backward once, with starting weights; nothing is updated. */
export const oneBatchSchema = z.object({
  size: z.number(),
  loss: z.number(),
  /** What a model that knows nothing would have: ln K for K classes; of numbers, what their mean has. */
  expectedLoss: z.number(),
  /** In words, where the loss is far from that. */
  remark: z.string().nullable(),
  forwardMs: z.number(),
  backwardMs: z.number(),
  nodes: z.array(nodeLookSchema),
})
export type OneBatch = z.infer<typeof oneBatchSchema>

/** Measured on a few training steps whose updates are thrown away. */
export const forecastSchema = z.object({
  batchSize: z.number(),
  steps: z.number(),
  /** Median, in milliseconds. */
  stepMs: z.number(),
  stepsPerEpoch: z.number(),
  epochSeconds: z.number(),
  /** The largest batch of an epoch, with which it begins: its samples, and what the data's symbols were in it. */
  largest: z.object({ size: z.number(), sizes: z.record(z.string(), z.number()) }),
  /** Most bytes that the engine held during a step: weights, gradients, optimizer, activations. */
  peakBytes: z.number(),
  /** The GPU that it was measured on, and what of its memory nobody else holds; null: the processor. */
  gpu: z.object({ name: z.string(), availableBytes: z.number() }).nullable(),
})
export type Forecast = z.infer<typeof forecastSchema>

/** One input or weight of a custom operator: what its backward gives against finite differences. */
export const gradientCheckSchema = z.object({
  input: z.string(),
  passed: z.boolean(),
  /** The backward says that there is no gradient. */
  none: z.boolean(),
  /** Elements of the Jacobian that were compared; all of them for small shapes. */
  compared: z.number(),
  /** Where the two are furthest apart: d output at `of` / d input at `index`. */
  largest: z
    .object({
      output: z.string(),
      of: z.array(z.number()),
      index: z.array(z.number()),
      analytical: z.number(),
      numerical: z.number(),
    })
    .nullable(),
})
export type GradientCheck = z.infer<typeof gradientCheckSchema>

/** What rewrites gain: the same batches with them and without, turn by turn. */
export const rewriteGainSchema = z.object({
  batchSize: z.number(),
  /** How often each was run. */
  rounds: z.number(),
  /** Medians in milliseconds: forward and backward; and forward alone, as when evaluating. */
  training: z.object({ withMs: z.number(), withoutMs: z.number() }),
  evaluation: z.object({ withMs: z.number(), withoutMs: z.number() }),
})
export type RewriteGain = z.infer<typeof rewriteGainSchema>
