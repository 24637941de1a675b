/** A data set in the workspace, its samples, and how its source has changed since. */
import { z } from 'zod'
import { importOptionsSchema } from './options.ts'

export const taskSchema = z.enum(['classify', 'regress', 'next-token'])

const problemSchema = z.object({ path: z.string(), reason: z.string() })
export type Problem = z.infer<typeof problemSchema>

export const splitSchema = z.enum(['train', 'validation', 'test'])
export type Split = z.infer<typeof splitSchema>

/** Of what is evaluated: a split, or everything. */
export const partSchema = z.enum([...splitSchema.options, 'all'])
export type Part = z.infer<typeof partSchema>

/** Something a person should know about a data set before training on it. */
const checkSchema = z.object({
  kind: z.enum([
    'set-aside',
    'exact-duplicates',
    'near-duplicates',
    'leak',
    'conflicting-labels',
    'imbalance',
    'empty-class',
    'one-class-split',
    'constant-column',
  ]),
  /** `warning`: what is learnt or measured will be wrong unless it is mended. */
  severity: z.enum(['note', 'warning']),
  /** A sentence with the figure: "12 images are in training and in validation". */
  what: z.string(),
  mend: z.string(),
  /** Samples concerned. */
  count: z.number(),
  /** Rows that belong together (the duplicates of one sample), at most 100 groups of at most 20 rows. */
  groups: z.array(z.array(z.number().int())),
})
export type Check = z.infer<typeof checkSchema>

/** How often a size occurs: sizes `from` to `to`, both included. */
export const histogramSchema = z.array(z.object({ from: z.number(), to: z.number(), count: z.number() }))
export type Histogram = z.infer<typeof histogramSchema>

export const datasetSchema = z.object({
  /** Content fingerprint; also the folder name under `datasets/`. */
  id: z.string(),
  name: z.string(),
  path: z.string(),
  options: importOptionsSchema,
  /**
   * Shape of one sample without the batch axis: `[channels, height, width]`, `[features]`, `[T]` token ids. A size that
   * differs from sample to sample is a symbol: `T`, `H`, `W`.
   */
  sampleShape: z.array(z.union([z.number(), z.string()])),
  content: z.enum(['values', 'tokens']).default('values'),
  task: taskSchema.default('classify'),
  /** Distinct token ids; null for values. */
  vocabularySize: z.number().nullable().default(null),
  /** Sizes that the symbols of `sampleShape` stand for. */
  symbols: z
    .record(
      z.string(),
      z.object({
        /** The median. */
        typical: z.number(),
        p90: z.number().default(0),
        p99: z.number().default(0),
        largest: z.number(),
        /** At most 40 bars. */
        histogram: histogramSchema.default([]),
      }),
    )
    .default({}),
  /** What a regression predicts; each is trained as (value - mean) / std. */
  targets: z.array(z.object({ name: z.string(), mean: z.number(), std: z.number() })).default([]),
  /** Stored dtype of the inputs; values are normalised by mean and std, tokens (int32) are not. */
  storedDtype: z.enum(['uint8', 'float32', 'int32']),
  /** Of `classify` only. */
  classes: z.array(
    z.object({ name: z.string(), train: z.number(), validation: z.number(), test: z.number().default(0) }),
  ),
  trainCount: z.number(),
  validationCount: z.number(),
  /** Rows are stored in this order: training, validation, test. */
  testCount: z.number().default(0),
  /** Mean and standard deviation of the training inputs, in stored units (0..255 for images). */
  mean: z.number(),
  std: z.number(),
  /** The same by channel; of images, which are normalised by these. Empty for everything else, and for older data sets. */
  channels: z.array(z.object({ mean: z.number(), std: z.number() })).default([]),
  /** Of images that keep their sizes with padding: the sizes that they are padded to, and new ones too. */
  buckets: z.array(z.object({ width: z.number(), height: z.number() })).default([]),
  /** Distinct original image sizes, most frequent first (at most 20). Empty for text. */
  sizes: z.array(z.object({ width: z.number(), height: z.number(), count: z.number() })),
  /** Files set aside, at most 200 listed; `problemCount` is the true number. */
  problems: z.array(problemSchema),
  problemCount: z.number(),
  /** Sentences about what the import did to the samples: how many texts were cut, how many words are unknown. */
  notes: z.array(z.string()).default([]),
  /** The check-up made at the end of the import; null where it was made before there were any. */
  checks: z.array(checkSchema).nullable().default(null),
  bytes: z.number(),
  importedAt: z.number(),
  /**
   * Of tables with categories as numbers: how many numbers each feature may hold, 0 for unknown among them; 0 for
   * features that are measured values.
   */
  codes: z.array(z.number().int()).optional(),
  /** The files that it was made of; absent where there were too many to count, and in older records. */
  source: z
    .object({
      files: z.number(),
      /** Milliseconds since 1970 of the latest change to a file or folder. */
      newest: z.number(),
    })
    .optional(),
})
export type Dataset = z.infer<typeof datasetSchema>

/** Whether the samples are images: `[channels, height, width]`. */
export const showsImages = ({ sampleShape }: Pick<Dataset, 'sampleShape'>): boolean =>
  sampleShape.length === 3

export const previewItemSchema = z.object({
  index: z.number(),
  split: splitSchema,
  /** Null where samples have no class. */
  classIndex: z.number().nullable(),
  /** `data:image/png;base64,...` as it will be trained on. */
  image: z.string().nullable(),
  text: z.string().nullable(),
  /** The text as it is trained on, token by token; null where it is not. */
  tokens: z.array(z.string()).nullable(),
})
export type PreviewItem = z.infer<typeof previewItemSchema>

/** Whether what a data set was made of has changed since, by the names and times of files alone. */
export const sourceChangeSchema = z.object({
  state: z.enum(['same', 'changed', 'gone', 'unknown']),
  /** A sentence: "5 files, where there were 3". Empty where nothing changed. */
  what: z.string(),
})
export type SourceChange = z.infer<typeof sourceChangeSchema>

/** What a data set has that it had not before it was read again. */
export const refreshedSchema = z.object({
  /** The new data set, or the same where nothing changed. */
  dataset: datasetSchema,
  changes: z.object({
    /** Samples by content; all zero where the older one cannot tell. */
    added: z.number(),
    removed: z.number(),
    kept: z.number(),
    sentences: z.array(z.string()),
  }),
})
export type Refreshed = z.infer<typeof refreshedSchema>
