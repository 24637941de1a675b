/** How a source is read: everything that a person may change before anything is. */
import { z } from 'zod'

const dataKindSchema = z.enum([
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

/** What a network that learns from a source of this kind reads. */
export const inputOf: Record<DataKind, 'image' | 'text' | 'row'> = {
  idx: 'image',
  cifar: 'image',
  npy: 'image',
  'image-list': 'image',
  'image-folder': 'image',
  table: 'row',
  'text-classes': 'text',
  'running-text': 'text',
}

/** `bpe`: byte pairs, trained on the training texts. `file`: a given `tokenizer.json`. */
const tokenizerSchema = z.enum(['word', 'character', 'byte', 'bpe', 'file'])
export type TokenizerName = z.infer<typeof tokenizerSchema>

/** Who trains, who validates and who is left for a last test. */
const splitOptionsSchema = z.object({
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
