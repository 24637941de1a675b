/** A layer's weights as something to look at: filters as images, tokens by what lies near them. */
import { z } from 'zod'

/** What a layer's weights can be shown as. */
export const weightViewSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('filters'),
    /** Key of the weights. */
    weight: z.string(),
    /** The weights are `[count, channels, rows, columns]`. */
    count: z.number(),
    channels: z.number(),
    rows: z.number(),
    columns: z.number(),
    /** The three channels are those of colour images. */
    colour: z.boolean(),
  }),
  z.object({ kind: z.literal('embedding'), weight: z.string(), tokens: z.number(), size: z.number() }),
])
export type WeightView = z.infer<typeof weightViewSchema>

const layer = z.object({
  runId: z.number().int(),
  nodeId: z.string(),
  /** Weights of this checkpoint; null: as they are now, or of the newest checkpoint when the run does not train. */
  checkpointId: z.number().int().nullable(),
})

/** Filters and channels of one page. */
export const pageOfFilters = { filters: 48, channels: 16 } as const

export const filtersQuerySchema = layer.extend({
  /** The first filter and channel; at most `pageOfFilters` follow. */
  firstFilter: z.number().int().min(0),
  firstChannel: z.number().int().min(0),
})
export type FiltersQuery = z.infer<typeof filtersQuerySchema>

export const filtersSchema = z.object({
  /** Of the weights. */
  step: z.number(),
  filters: z.number(),
  channels: z.number(),
  rows: z.number(),
  columns: z.number(),
  /** The largest magnitude among all weights of the layer. */
  scale: z.number(),
  /** `[filters, channels, rows, columns]` in 127ths of `scale`. */
  values: z.array(z.number().int()),
})
export type Filters = z.infer<typeof filtersSchema>

export const neighboursQuerySchema = layer.extend({
  /** A token as typed, or the beginning of one; null for one of the most frequent. */
  token: z.string().max(200).nullable(),
  most: z.number().int().min(1).max(100),
})
export type NeighboursQuery = z.infer<typeof neighboursQuerySchema>

const tokenSchema = z.object({ id: z.number(), text: z.string() })
export const neighboursSchema = z.object({
  /** Of the weights. */
  step: z.number(),
  /** What was found for the asked one; null where no token begins so. */
  token: tokenSchema.extend({ norm: z.number() }).nullable(),
  /** Tokens that begin as the asked one does, the most frequent first. */
  others: z.array(tokenSchema),
  /** By cosine similarity, the nearest first. */
  nearest: z.array(tokenSchema.extend({ similarity: z.number() })),
})
export type Neighbours = z.infer<typeof neighboursSchema>
