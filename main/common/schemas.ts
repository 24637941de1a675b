/** The data that crosses the contract, as zod schemas and the types they infer. */
import { z } from 'zod'
import { documentSchema } from './document.ts'
import {
  changeKinds,
  checkpointSchema,
  notFiniteSchema,
  parentSchema,
  trainConfigSchema,
} from './training.ts'

export * from './training.ts'

/** What happened to input that was refused; see errors.ts. */
export const refusalSchema = z.object({
  code: z.string(),
  what: z.string(),
  mend: z.string(),
  /** Stack trace, shown on demand only. */
  detail: z.string().optional(),
})

export const engineInfoSchema = z.object({
  version: z.string(),
  build: z.string(),
  instructionSet: z.string(),
  threads: z.number(),
  oneDNN: z.string().nullable(),
  cuda: z.object({ available: z.boolean(), reason: z.string() }),
})
export type EngineInfo = z.infer<typeof engineInfoSchema>

// ---------------------------------------------------------------- data

export const dataKindSchema = z.enum([
  'idx',
  'cifar',
  'npy',
  'image-list',
  'image-folder',
  'table',
  'text-classes',
  'running-text',
])
export type DataKind = z.infer<typeof dataKindSchema>

/** `bpe`: byte pairs, trained on the training texts. `file`: a given `tokenizer.json`. */
export const tokenizerSchema = z.enum(['word', 'character', 'byte', 'bpe', 'file'])
export type TokenizerName = z.infer<typeof tokenizerSchema>

/** Who trains, who validates and who is left for a last test. */
export const splitOptionsSchema = z.object({
  /** Take the parts that the source itself has (train/val/test folders), where it has any. */
  given: z.boolean().default(true),
  /**
   * `item`: by a hash of each sample's content, so adding data never moves a sample. `stratified`: the same share of
   * every class. `group`: samples with the same value in `groupColumn` stay together.
   */
  by: z.enum(['item', 'stratified', 'group']).default('item'),
  groupColumn: z.string().nullable().default(null),
  /** Held out for a last test and never looked at in training, 0 to 0.5. */
  testShare: z.number().min(0).max(0.5).default(0),
})
export type SplitOptions = z.infer<typeof splitOptionsSchema>
export const defaultSplit: SplitOptions = { given: true, by: 'item', groupColumn: null, testShare: 0 }

/** Everything about reading a source that a person may change before anything is read. */
export const importOptionsSchema = z.object({
  kind: dataKindSchema,
  name: z.string().min(1).max(120),
  /** Share of samples held out for validation where the source brings no split of its own, 0.05 to 0.5. */
  validationShare: z.number().min(0.05).max(0.5),
  split: splitOptionsSchema.default(defaultSplit),
  /** The import stops when more than this share of the samples cannot be used, 0 to 1. */
  mostSetAside: z.number().min(0).max(1).default(0.5),
  /**
   * Which columns of a list of texts or images are the sample and its label; null where there are no columns. Without a
   * header they are called "column 1", "column 2", ...
   */
  columns: z
    .object({ header: z.boolean(), input: z.string().min(1), label: z.string().min(1) })
    .nullable()
    .default(null),
  /** Images only. Ignored by idx, which has one size. */
  image: z
    .object({
      /**
       * `resize`: every image is stretched to `width` x `height`. `crop`: its shorter side is fitted and the middle kept.
       * `letterbox`: its longer side is fitted and the rest filled. `keep`: each as large as it is, within `longestSide`.
       */
      sizing: z.enum(['resize', 'crop', 'letterbox', 'keep']).default('resize'),
      height: z.number().int().min(1).max(1024),
      width: z.number().int().min(1).max(1024),
      channels: z.union([z.literal(1), z.literal(3)]),
      /** Of `keep`: larger images are shrunk to this, width to height as they were. */
      longestSide: z.number().int().min(8).max(1024).default(96),
      /**
       * Of `keep`: images are padded to a size that others have too, so that more of them share a batch, by at most this
       * share of the padded image, 0 to 0.5.
       */
      mostPadding: z.number().min(0).max(0.5).default(0),
    })
    .nullable(),
  /** Text only; of a running text the tokenizer and the vocabulary. */
  text: z
    .object({
      /** `tokens`: ids in their order, of any length. `bag-of-words`: how often each word occurs, as all texts once were. */
      representation: z.enum(['tokens', 'bag-of-words']).default('bag-of-words'),
      /** Of tokens; a bag is of words. */
      tokenizer: tokenizerSchema.default('word'),
      /** Path of the `tokenizer.json`; of the tokenizer `file` only. */
      tokenizerFile: z.string().min(1).max(4096).nullable().default(null),
      /**
       * Words or characters kept, most frequent in training first; of `bpe` the 256 bytes and what they are merged to. Bytes
       * are always all kept, and so is what a file has.
       */
      vocabularySize: z.number().int().min(2).max(100_000),
      /** What occurs less often in training is not kept, or not merged. */
      minimumFrequency: z.number().int().min(1).max(1000).default(1),
      /** Longer texts are cut to this many tokens. */
      maximumLength: z.number().int().min(1).max(4096).default(256),
    })
    .nullable(),
  /** Running text only: it is cut into blocks of `length` tokens that begin `stride` tokens apart. */
  blocks: z
    .object({
      length: z.number().int().min(2).max(4096),
      stride: z.number().int().min(1).max(4096),
    })
    .nullable()
    .default(null),
  /** Tables only. */
  table: z
    .object({
      /** Name of the column to predict. */
      target: z.string().min(1),
      task: z.enum(['classify', 'regress']),
      /** Names of columns that are no features. */
      leaveOut: z.array(z.string()),
      /** Without a header the columns are called "column 1", "column 2", ... */
      header: z.boolean().default(true),
      /** Columns that are read otherwise than guessed. */
      kinds: z.record(z.string(), z.enum(['number', 'category'])).default({}),
      /** Of numbers: (value - mean) / std, or the value's quantile in training mapped to a normal distribution. */
      scaling: z.enum(['standard', 'quantile', 'none']).default('standard'),
      /** `one-hot`: a feature for each category. `codes`: one feature with the category's number, for an embedding. */
      categories: z.enum(['one-hot', 'codes']).default('one-hot'),
      /** What a missing number is taken as; `indicator` is the mean and one feature more that says so. */
      missing: z.enum(['mean', 'median', 'zero', 'indicator']).default('mean'),
    })
    .nullable()
    .default(null),
})
export type ImportOptions = z.infer<typeof importOptionsSchema>

/** What a kind says nothing about. */
export const plainOptions = {
  validationShare: 0.2,
  split: defaultSplit,
  mostSetAside: 0.5,
  columns: null,
  image: null,
  text: null,
  blocks: null,
  table: null,
} as const satisfies Omit<ImportOptions, 'kind' | 'name'>

/** How the columns of a table become features unless somebody says otherwise. */
export const plainTable = {
  leaveOut: [] as string[],
  header: true,
  kinds: {} as Record<string, 'number' | 'category'>,
  scaling: 'standard',
  categories: 'one-hot',
  missing: 'mean',
} as const

const taskSchema = z.enum(['classify', 'regress', 'next-token'])

/** What the workbench thinks a path is, why, and how it would read it. */
const readingSchema = z.object({
  path: z.string(),
  options: importOptionsSchema,
  task: taskSchema,
  /** Short sentences: "10 folders with images, one per class". */
  reasons: z.array(z.string()),
  /** What is known before reading everything. */
  classes: z.array(z.object({ name: z.string(), count: z.number() })),
  sampleCount: z.number(),
  /** True where the source itself has train and validation parts. */
  givenSplit: z.boolean(),
  /** Names of a table's columns, in order. */
  columns: z.array(z.string()).default([]),
})
export type Reading = z.infer<typeof readingSchema>

/** The likeliest reading of a path, and others that are possible. */
export const guessSchema = readingSchema.extend({ others: z.array(readingSchema) })
export type Guess = z.infer<typeof guessSchema>

export const problemSchema = z.object({ path: z.string(), reason: z.string() })
export type Problem = z.infer<typeof problemSchema>

export const splitSchema = z.enum(['train', 'validation', 'test'])
export type Split = z.infer<typeof splitSchema>

/** Something a person should know about a data set before training on it. */
export const checkSchema = z.object({
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
  /** The check-up made at the end of the import. */
  checks: z.array(checkSchema).default([]),
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

/** What a way of reading texts makes of some of them, before anything is imported. */
export const surveySchema = z.object({
  /** Texts looked at, or the parts of running text. */
  texts: z.number(),
  /** False where only the beginning of the source was looked at; `notes` say how much. */
  whole: z.boolean(),
  /** At most 20 texts, some of training and some held out, at most 200 tokens of each. */
  examples: z.array(
    z.object({
      split: splitSchema,
      /** Null where texts have no class. */
      label: z.string().nullable(),
      tokens: z.array(z.object({ text: z.string(), id: z.number(), unknown: z.boolean() })),
      /** Tokens of the whole text. */
      length: z.number(),
    }),
  ),
  /** Distinct token ids, those for padding and unknown included; of a bag, its words. */
  vocabularySize: z.number(),
  /** Tokens of the texts that do not train, and how many of them are unknown. */
  heldOut: z.object({ tokens: z.number(), unknown: z.number() }),
  /**
   * How many texts have which length in tokens, before anything is cut, ascending: for common/lengths.ts. Empty for
   * running text, whose blocks are all alike.
   */
  lengths: z.array(z.tuple([z.number(), z.number()])),
  /** All tokens looked at. */
  tokens: z.number(),
  notes: z.array(z.string()),
})
export type Survey = z.infer<typeof surveySchema>

export const sampleSetSchema = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  path: z.string(),
})
export type SampleSet = z.infer<typeof sampleSetSchema>

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

const sizeSchema = z.object({ width: z.number(), height: z.number() })

/** Some samples of a source as they would be read, before anything is. */
export const glimpseSchema = z.object({
  /** Some images of every class, as they would be trained on. */
  images: z.array(
    z.object({
      /** What it is called: its path inside the source. */
      item: z.string(),
      className: z.string(),
      /** `data:image/png;base64,...`; null where it cannot be read. */
      image: z.string().nullable(),
      /** Why it would be set aside. */
      problem: z.string().nullable(),
      /** Sizes before and after; null where it cannot be read. */
      original: sizeSchema.nullable(),
      stored: sizeSchema.nullable(),
    }),
  ),
  /** Of lists and tables: what the first rows say about each column. */
  columns: z.array(
    z.object({
      name: z.string(),
      /** `other`: texts and identifiers, of no use as features. */
      kind: z.enum(['number', 'category', 'constant', 'other']),
      distinct: z.number(),
      missing: z.number(),
      /** Why it is of that kind, where it is of no use. */
      reason: z.string(),
      examples: z.array(z.string()),
    }),
  ),
  /** The first rows, cell by cell. */
  rows: z.array(z.array(z.string())),
})
export type Glimpse = z.infer<typeof glimpseSchema>

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

export const progressSchema = z.object({
  done: z.number(),
  total: z.number(),
  note: z.string(),
})
export type Progress = z.infer<typeof progressSchema>

// ---------------------------------------------------------------- training

/** A training image, and what the first epochs of a run would make of it. */
export const augmentedItemSchema = z.object({
  row: z.number(),
  /** `data:image/png;base64,...` as stored. */
  original: z.string(),
  /** The same, of epochs 1 to 5. */
  variants: z.array(z.string()),
})
export type AugmentedItem = z.infer<typeof augmentedItemSchema>

/** `interrupted`: the process went away while the run was running. */
export const runStatusSchema = z.enum(['running', 'paused', 'finished', 'stopped', 'failed', 'interrupted'])
export type RunStatus = z.infer<typeof runStatusSchema>

/** One layer with weights, as the last probe saw it. */
export const layerHealthSchema = z.object({
  nodeId: z.string(),
  title: z.string(),
  gradientNorm: z.number(),
  weightNorm: z.number(),
  /** log10 of the norm of the last probed update over the weight norm; healthy between -4 and -2. Null when undefined. */
  updateRatio: z.number().nullable(),
})
export type LayerHealth = z.infer<typeof layerHealthSchema>

/** The state of the run in the engine worker; sent at most every 50 ms while it trains. */
export const liveSchema = z.object({
  runId: z.number(),
  status: runStatusSchema,
  step: z.number(),
  totalSteps: z.number(),
  /** 1-based. */
  epoch: z.number(),
  epochs: z.number(),
  /** 1-based batch within the epoch. */
  batch: z.number(),
  batches: z.number(),
  learningRate: z.number(),
  samplesPerSecond: z.number(),
  /** Seconds trained so far, pauses left out. */
  seconds: z.number(),
  secondsLeft: z.number().nullable(),
  /** Share of the last second in which training waited for data, 0 to 1. */
  waiting: z.number(),
  /** Newest value of each metric. */
  latest: z.record(z.string(), z.number()),
  layers: z.array(layerHealthSchema),
  /** Engine memory in bytes. */
  memory: z.object({ active: z.number(), peak: z.number(), cached: z.number() }),
  /** Last step whose metrics are in the store: ask `runs.series` again when it grows. */
  storedStep: z.number(),
  /** Events of this stretch of the run that are in the store: ask `runs.get` again when it grows. */
  storedEvents: z.number(),
  /** Whether the run ends with the epoch it is in, because somebody asked for that. */
  stopsAfterEpoch: z.boolean(),
  error: refusalSchema.nullable(),
})
export type Live = z.infer<typeof liveSchema>

// ---------------------------------------------------------------- runs

export const summarySchema = z.object({
  last: z.number(),
  min: z.number(),
  max: z.number(),
  minStep: z.number(),
  maxStep: z.number(),
  count: z.number(),
})
export type Summary = z.infer<typeof summarySchema>

export const runSchema = z.object({
  id: z.number(),
  name: z.string(),
  status: runStatusSchema,
  createdAt: z.number(),
  endedAt: z.number().nullable(),
  datasetId: z.string(),
  datasetName: z.string(),
  modelName: z.string(),
  config: trainConfigSchema,
  parameters: z.number(),
  epochsDone: z.number(),
  steps: z.number(),
  seconds: z.number(),
  samplesPerSecond: z.number(),
  /** By metric name; see `metrics` below. */
  summaries: z.record(z.string(), summarySchema),
  error: refusalSchema.nullable(),
  /** The run and the step that it was forked from. */
  parent: parentSchema.nullable(),
  /** SHA-256 over the bytes of all weights and running statistics, in the order of the newest checkpoint's file. */
  weightsSha256: z.string().nullable(),
})
export type Run = z.infer<typeof runSchema>

/** Something that happened to a run while it ran; `changeKinds` are marked on its charts. */
export const runEventSchema = z.object({
  step: z.number(),
  kind: z.enum([
    ...changeKinds,
    'paused',
    'resumed',
    'stopped',
    /** Weights were kept; the note holds the proof: SHA-256 of the weights and of the next batch. */
    'checkpoint',
    /** Goes on from a checkpoint, with the same two sums: equal ones say that nothing differs. */
    'restored',
    /** Something worth reading: a first loss far from what is expected, one batch learnt by heart. */
    'remark',
  ]),
  note: z.string(),
})
export type RunEvent = z.infer<typeof runEventSchema>

export const runDetailSchema = runSchema.extend({
  document: documentSchema,
  engine: engineInfoSchema,
  checkpoint: z.string().nullable(),
  /** In order of their steps. */
  checkpoints: z.array(checkpointSchema),
  events: z.array(runEventSchema),
  /** Why the run halted before an update that would have written NaN or infinity; null where it did not. */
  notFinite: notFiniteSchema.nullable(),
})
export type RunDetail = z.infer<typeof runDetailSchema>

/**
 * One pixel's worth of a series: the steps `[step, lastStep]` with their extremes, so no spike is lost.
 * A bucket of one point has min = max = last.
 */
export const bucketSchema = z.object({
  step: z.number(),
  lastStep: z.number(),
  min: z.number(),
  max: z.number(),
  mean: z.number(),
  last: z.number(),
  /** Of the last point in the bucket. */
  epoch: z.number(),
  seconds: z.number(),
})
export type Bucket = z.infer<typeof bucketSchema>

export const seriesSchema = z.object({
  runId: z.number(),
  metric: z.string(),
  /** Points in the store in the asked range; when it equals `buckets.length` every point is drawn. */
  total: z.number(),
  buckets: z.array(bucketSchema),
})
export type Series = z.infer<typeof seriesSchema>

/**
 * Metric names. `batch/*` once per step on the step's own batch; `train/*` means over an epoch;
 * `val/*` once per epoch over the whole validation split; `gradient/<nodeId>` every few steps.
 */
export const metrics = {
  batchLoss: 'batch/loss',
  batchAccuracy: 'batch/accuracy',
  trainLoss: 'train/loss',
  trainAccuracy: 'train/accuracy',
  valLoss: 'val/loss',
  valAccuracy: 'val/accuracy',
  /** Mean absolute error of a regression, in the target's own unit. */
  batchError: 'batch/mae',
  trainError: 'train/mae',
  valError: 'val/mae',
  /** Mean over the classes of the harmonic mean of precision and recall. */
  trainMacroF1: 'train/macro-f1',
  valMacroF1: 'val/macro-f1',
  /** Of a language model: exp of its loss, so many tokens it wavers between. */
  valPerplexity: 'val/perplexity',
  /** Of one class, where there are at most 20. */
  valF1: (className: string): string => `val/f1/${className}`,
  gradient: (nodeId: string): string => `gradient/${nodeId}`,
  learningRate: 'step/learning-rate',
  /** L2 norm of all gradients together, before clipping; see training/run/meter.ts for which steps. */
  gradientNorm: 'step/gradient-norm',
  samplesPerSecond: 'speed/samples',
  /** Milliseconds of a step, means over at least 50 ms. */
  timeData: 'time/data',
  timeForward: 'time/forward',
  timeBackward: 'time/backward',
  timeUpdate: 'time/update',
  /** Bytes that the engine holds, and the most it has held. */
  memoryActive: 'memory/active',
  memoryPeak: 'memory/peak',
} as const

export const modelSchema = z.object({
  id: z.string(),
  name: z.string(),
  updatedAt: z.number(),
  document: documentSchema,
})
export type Model = z.infer<typeof modelSchema>

export const templateSchema = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  /** What data it is for, in words: "images of any size". */
  needs: z.string(),
  /** Id of the sample set that it is tried on. */
  sample: z.string(),
  /** Settings that suit it. */
  config: trainConfigSchema,
  /** What it reaches on its sample set with those settings, at least. */
  reaches: z.object({ metric: z.string(), value: z.number() }),
  /** Whether it can be trained on the data as it is; null where there is no data yet. */
  fits: z.boolean().nullable(),
  document: documentSchema,
})
export type Template = z.infer<typeof templateSchema>

export const folderEntrySchema = z.object({ name: z.string(), path: z.string(), folder: z.boolean() })
export type FolderEntry = z.infer<typeof folderEntrySchema>

export const findingSchema = z.object({
  name: z.string(),
  status: z.enum(['ok', 'missing', 'problem']),
  value: z.string(),
  /** What to do; empty when nothing needs doing. */
  mend: z.string(),
})
export type Finding = z.infer<typeof findingSchema>
