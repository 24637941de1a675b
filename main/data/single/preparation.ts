/** Everything that makes a new sample what those of a data set are: kept with the data set and with every checkpoint. */
import { z } from 'zod'
import type { Dataset } from '../../common/data/dataset.ts'
import { importOptionsSchema } from '../../common/data/options.ts'
import { columnSchema, type Column } from '../table/columns.ts'
import { tokenizerFileSchema } from '../text/tokenizerFile.ts'
import type { TextPreparation } from '../text/tokenizers.ts'

/** As a checkpoint keeps it. */
const keptSchema = z.object({
  image: importOptionsSchema.shape.image,
  buckets: z.array(z.object({ width: z.number(), height: z.number() })).default([]),
  text: importOptionsSchema.shape.text,
  vocabulary: z.array(z.string()).nullable(),
  tokenizer: tokenizerFileSchema.nullable().default(null),
  columns: z.array(columnSchema).nullable(),
})

export interface SinglePreparation {
  dataset: Pick<Dataset, 'sampleShape' | 'storedDtype' | 'mean'>
  image: z.infer<typeof keptSchema>['image']
  buckets: readonly { width: number; height: number }[]
  /** Null where samples are no texts. */
  text: TextPreparation | null
  /** Null where samples are no rows of a table. */
  columns: readonly Column[] | null
}

/** What a training has settled: other data is read as its own was, and nothing is fitted to them. Plain data. */
export interface Fitted {
  preparation: SinglePreparation
  /** Of the training: its classes, its targets and their scales. */
  dataset: Dataset
}

/** @returns null where it is not understood */
export function preparationFrom(
  kept: unknown,
  dataset: Pick<Dataset, 'sampleShape' | 'storedDtype' | 'mean'>,
): SinglePreparation | null {
  const parsed = keptSchema.safeParse(kept)
  if (!parsed.success) return null
  const { image, buckets, text, vocabulary, tokenizer, columns } = parsed.data
  return {
    dataset,
    image,
    buckets,
    text: text && vocabulary ? { text, vocabulary, tokenizer } : null,
    columns,
  }
}
