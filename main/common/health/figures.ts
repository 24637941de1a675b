/** What a probe measures of every layer: the contract between the training loop, the store and the Inspect page. */
import { z } from 'zod'
import { weightViewSchema } from './weights.ts'

/** What of a layer is measured. `updates` are the new weights minus the old. */
export const parts = ['weights', 'gradients', 'updates', 'activations'] as const
export type Part = (typeof parts)[number]

/** `spread` is the standard deviation, `zeros` the share of exact zeros, `notFinite` a count of NaN and infinities. */
export const statistics = ['mean', 'spread', 'norm', 'zeros', 'notFinite'] as const
export type Statistic = (typeof statistics)[number]

/** Of a layer as a whole. */
export const layerFigures = [
  /** log10 of the norm of an update over the norm of the weights. */
  'updateRatio',
  /** Share of units that gave zero for every sample of the last probed batches; of ReLU and its kind. */
  'dead',
  /** Share of outputs beyond 97 % of their bound; of tanh, sigmoid and their kind. */
  'saturated',
] as const

export type Figure = `${Part}.${Statistic}` | (typeof layerFigures)[number]

/** Every figure in the order in which a probe holds them. */
export const figures: readonly Figure[] = [
  ...parts.flatMap((part) => statistics.map((statistic): Figure => `${part}.${statistic}`)),
  ...layerFigures,
]
export const figureIndex = new Map(figures.map((figure, index) => [figure, index]))

/** What a layer does to a signal that can die or saturate; null for all others. */
export type Squash = 'rectifier' | 'tanh' | 'sigmoid'

export const probedLayerSchema = z.object({
  nodeId: z.string(),
  title: z.string(),
  /** Layer kind, such as `linear`. */
  kind: z.string(),
  /** Title of the last layer with weights before it; null for the first and for layers with weights. */
  after: z.string().nullable(),
  squash: z.enum(['rectifier', 'tanh', 'sigmoid']).nullable(),
  /** Number of weights; 0 for a layer without. */
  weights: z.number(),
  /** True where figures of weights are of evenly spaced ones; norms are of all. */
  sampled: z.boolean(),
  /** What its weights can be shown as; null for most, and for runs that were probed before there was such a thing. */
  view: weightViewSchema.nullable().default(null),
})
export type ProbedLayer = z.infer<typeof probedLayerSchema>

const value = z.number().nullable()
const figureSchema = z.enum(figures as [Figure, ...Figure[]])

/** The probes of a run, thinned to some columns; of each column the probe that is furthest from healthy. */
export const healthHistorySchema = z.object({
  layers: z.array(probedLayerSchema),
  /** Probes in the store in the asked range. */
  total: z.number(),
  /** Step, epoch and seconds of each column, ascending. */
  steps: z.array(z.number()),
  epochs: z.array(z.number()),
  seconds: z.array(z.number()),
  /** By figure: a row for each layer with a value for each column. */
  rows: z.partialRecord(figureSchema, z.array(z.array(value))),
  /** Every figure of each layer at the last probe; null before the first. */
  now: z.object({ step: z.number(), layers: z.array(z.partialRecord(figureSchema, value)) }).nullable(),
})
export type HealthHistory = z.infer<typeof healthHistorySchema>

export const healthQuerySchema = z.object({
  runId: z.number().int(),
  figures: z.array(figureSchema).max(figures.length),
  /** Columns at most; a heat map asks for its width in cells. */
  maxColumns: z.number().int().min(1).max(2000),
  fromStep: z.number().nullable(),
  toStep: z.number().nullable(),
})
export type HealthQuery = z.infer<typeof healthQuerySchema>

export const histogramBins = 64

/** How values were spread at one step. What lies outside of `low..high` is counted apart, and so are NaN and infinities. */
export const histogramSchema = z.object({
  step: z.number(),
  low: z.number(),
  high: z.number(),
  below: z.number(),
  above: z.number(),
  notFinite: z.number(),
  /** `histogramBins` of equal width. */
  counts: z.array(z.number()),
})
export type Histogram = z.infer<typeof histogramSchema>

export const histogramQuerySchema = z.object({
  runId: z.number().int(),
  nodeId: z.string(),
  part: z.enum(parts),
  /** Histograms at most, evenly spaced, the last one always. */
  most: z.number().int().min(1).max(500),
})
export type HistogramQuery = z.infer<typeof histogramQuerySchema>
