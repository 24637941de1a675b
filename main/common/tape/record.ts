/**
 * The tape of one step of training as the engine recorded it: what the page shows of it. Nodes are numbered in the order in
 * which they were recorded; a layer's nodes stand side by side.
 */
import { z } from 'zod'
import { pictureSchema } from '../inspection.ts'

/** Nodes that a record lists one by one; of longer tapes each layer shows its first ones, and sums of the rest by op. */
export const mostNodes = 2048

export const tapeShapeSchema = z.object({ shape: z.array(z.number()), dtype: z.string() })
export type TapeShape = z.infer<typeof tapeShapeSchema>

/** Where an input of a node comes from: an output of another node, a leaf, or nowhere that wants a gradient. */
export const tapeInputSchema = z
  .union([z.object({ node: z.number(), output: z.number() }), z.object({ leaf: z.number() })])
  .nullable()
export type TapeInput = z.infer<typeof tapeInputSchema>

export const tapeSavedSchema = tapeShapeSchema.extend({
  /** `output`: its own result. `held`: there anyway, such as a weight or the batch. `value`: an input, or what it worked with. */
  kind: z.enum(['output', 'value', 'held']),
  bytes: z.number(),
  /** Another node saved the same memory before. */
  shared: z.boolean(),
  /** After which turn of backward its memory is free; null: not in this step. */
  freedAfter: z.number().nullable(),
})

export const tapeNodeSchema = z.object({
  id: z.number(),
  op: z.string(),
  /** Indexes `layers`. */
  layer: z.number(),
  inputs: z.array(tapeInputSchema),
  outputs: z.array(tapeShapeSchema),
  saved: z.array(tapeSavedSchema),
  /** Of memory that is kept for backward and that no node before it saved. */
  savedBytes: z.number(),
  forwardMs: z.number(),
  /** Null where backward did not pass it, and so is its turn. */
  backwardMs: z.number().nullable(),
  /** From 0, in the order of backward, and when it came, in milliseconds since the step began. */
  turn: z.number().nullable(),
  turnMs: z.number().nullable(),
  /** Euclidean norm of the gradient that arrives at it; null where none does, or where it is not finite. */
  gradientNorm: z.number().nullable(),
  /** Whether a gradient that passes it has NaN or infinities. */
  notFinite: z.boolean(),
})
export type TapeNode = z.infer<typeof tapeNodeSchema>

/** Nodes of a layer that are not listed. */
export const foldedSchema = z.object({
  op: z.string(),
  count: z.number(),
  forwardMs: z.number(),
  backwardMs: z.number(),
  savedBytes: z.number(),
})

export const tapeLayerSchema = z.object({
  /** Of the step of the plan; `loss` for what comes after the last one. */
  id: z.string(),
  title: z.string(),
  /** Of the layer catalogue; null for the loss. */
  group: z.string().nullable(),
  /** Ids in the document of the layers that it does the work of. */
  documentNodes: z.array(z.string()),
  /** The blocks that it lies in, outermost first, and which copy of each. */
  blocks: z.array(z.object({ id: z.string(), name: z.string(), copy: z.number() })),
  /** Layers that feed it. */
  inputs: z.array(z.number()),
  outputs: z.array(tapeShapeSchema),
  /** Numbers that it trains. */
  weights: z.number(),
  /** Its nodes on the tape: from this one on, so many. */
  first: z.number(),
  count: z.number(),
  folded: z.array(foldedSchema),
  /** Of all native calls while it ran. */
  forwardMs: z.number(),
  backwardMs: z.number(),
  savedBytes: z.number(),
  /** Of the gradient that arrives at its result. */
  gradientNorm: z.number().nullable(),
  notFinite: z.boolean(),
})
export type TapeLayer = z.infer<typeof tapeLayerSchema>

export const phases = ['batch', 'forward', 'backward', 'more', 'update'] as const
/** `more`: what comes between backward and the update, such as the other batches of an update that adds up several. */
export type TapePhase = (typeof phases)[number]

/** Who holds memory. `before`: what was there when the step began and is none of the others. */
export const holderKinds = [
  'weights',
  'gradients',
  'optimizer',
  'averages',
  'before',
  'batch',
  'saved',
  'passing',
] as const
export type HolderKind = (typeof holderKinds)[number]

export const memoryPointSchema = z.object({
  /** Since the step began. */
  ms: z.number(),
  phase: z.enum(phases),
  /** The layer that was at work; null: none. */
  layer: z.number().nullable(),
  /** Bytes by kind: there before the step, the batch, kept for backward, gradients, results on their way. */
  base: z.number(),
  batch: z.number(),
  saved: z.number(),
  gradients: z.number(),
  passing: z.number(),
})
export type MemoryPoint = z.infer<typeof memoryPointSchema>

export const memoryCurveSchema = z.object({
  points: z.array(memoryPointSchema),
  /** Of `points`, the highest. */
  peak: z.number(),
  peakBytes: z.number(),
  /** When each phase began. */
  phases: z.array(z.object({ phase: z.enum(phases), ms: z.number() })),
  endMs: z.number(),
  /** What holds the peak, greatest first; `layer` where it is a layer's. */
  holders: z.array(
    z.object({
      kind: z.enum(holderKinds),
      layer: z.number().nullable(),
      bytes: z.number(),
      count: z.number(),
    }),
  ),
})
export type MemoryCurve = z.infer<typeof memoryCurveSchema>

export const tapeHeadSchema = z.object({
  id: z.number(),
  runId: z.number(),
  /** The step that was recorded, from 1. */
  step: z.number(),
  /** `checkpoint`: the step after the newest checkpoint of a run that has ended, made once more and thrown away. */
  source: z.enum(['run', 'checkpoint']),
  recordedAt: z.number(),
  /** Samples of the batch, and what the data's symbols were in it. */
  size: z.number(),
  sizes: z.array(z.object({ symbol: z.string(), least: z.number(), most: z.number() })),
  input: tapeShapeSchema,
  /** Batches of the update; the tape is of the first. */
  batches: z.number(),
  loss: z.number(),
  nodes: z.number(),
  forwardMs: z.number(),
  backwardMs: z.number(),
  peakBytes: z.number(),
  /** Tapes of the same ops in the same order have the same. */
  signature: z.string(),
})
export type TapeHead = z.infer<typeof tapeHeadSchema>

export const tapeRecordSchema = tapeHeadSchema.extend({
  layers: z.array(tapeLayerSchema),
  listed: z.array(tapeNodeSchema),
  leaves: z.array(
    tapeShapeSchema.extend({
      /** Key of the weight, `<node>.<name>`; null for a leaf that is not a weight. */
      weight: z.string().nullable(),
    }),
  ),
  memory: memoryCurveSchema,
  /** The GPU whose memory that is; null: the processor's. */
  gpu: z.string().nullable(),
})
export type TapeRecord = z.infer<typeof tapeRecordSchema>

export const gradientLookSchema = tapeShapeSchema.extend({
  /** Figures of the finite values. */
  norm: z.number(),
  mean: z.number(),
  /** Standard deviation. */
  spread: z.number(),
  /** Share of values that are exactly zero, 0 to 1. */
  zeroShare: z.number(),
  /** Values that are NaN or infinite. */
  notFinite: z.number(),
  /** Null where there is none, or where the record's pictures are used up. */
  picture: pictureSchema.nullable(),
  /** What the picture shows: the batch's first sample, or all values. */
  shows: z.enum(['first sample', 'all values']),
})
export type GradientLook = z.infer<typeof gradientLookSchema>

/** The gradients of a node: those that arrive, by output, and those that it gives, by input. */
export const nodeGradientsSchema = z.object({
  arrives: z.array(gradientLookSchema.nullable()),
  gives: z.array(gradientLookSchema.nullable()),
})
export type NodeGradients = z.infer<typeof nodeGradientsSchema>

/** What a step would be if some layers kept nothing for backward and ran forward again instead. */
export const whatIfSchema = z.object({
  peakBytes: z.number(),
  /** With these layers checkpointed. */
  changedPeakBytes: z.number(),
  /** Where that peak would be. */
  at: z.object({ phase: z.enum(phases), layer: z.number().nullable() }),
  /** No longer held from the end of their forward to the beginning of their backward. */
  freedBytes: z.number(),
  addedMs: z.number(),
  /** Forward and backward as they were. */
  stepMs: z.number(),
})
export type WhatIf = z.infer<typeof whatIfSchema>
