/**
 * A data set on disk, `datasets/<id>/`:
 *
 * - `inputs.bin`: samples, row-major, of the record's `storedDtype` (little endian), training rows first, then
 *   validation rows, then test rows.
 * - `rows.bin`: where each row begins in `inputs.bin` (in elements), then its size along each symbol of the sample
 *   shape; int64 little endian. Only where samples differ in size (a text of 7 tokens is `[begin, 7]`) and in running
 *   text, whose blocks overlap: the block `[T]` is followed by at least one more token, as the targets are the tokens
 *   one further on.
 * - `labels.bin`: class index per row, int64 little endian; of `classify`.
 * - `targets.bin`: `[targets]` float32 per row, normalised by their means and standard deviations; of `regress`.
 * - `items.json`: a JSON array with one line per row: the source's path, or the text cut at 2,000 characters.
 * - `items.offsets.bin`: where each row's line begins in `items.json`, and one more for the end; uint64
 *   little endian. The preview reads single rows with it.
 * - `vocabulary.json`: the tokens by id (0 is padding, 1 unknown), or the words of a bag in the order of the
 *   features; text only.
 * - `tokenizer.json`: of texts in byte pairs and of those read with a given tokenizer, see text/tokenizerFile.ts.
 * - `columns.json`: how the columns became features, `Column[]` of data/table/columns.ts; tables only.
 * - `digests.bin`: the first 8 bytes of each row's content digest, by which duplicates are found and a later import is
 *   compared; not of running text, and not in data sets that are older than this file.
 * - `dataset.json`: the record. Written last, and the folder is renamed into place after it, so a folder
 *   with a record is whole.
 */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { datasetSchema } from '../../common/data/dataset.ts'
import type { Dataset } from '../../common/data/dataset.ts'
import { refuse } from '../refuse.ts'

export const cacheFiles = {
  inputs: 'inputs.bin',
  rows: 'rows.bin',
  labels: 'labels.bin',
  items: 'items.json',
  offsets: 'items.offsets.bin',
  targets: 'targets.bin',
  vocabulary: 'vocabulary.json',
  columns: 'columns.json',
  tokenizer: 'tokenizer.json',
  digests: 'digests.bin',
  record: 'dataset.json',
} as const

/** Changes when the stored bytes of the same source and options would change. */
export const cacheFormat = 1

/** The folder of a data set. @throws UserError `data/unknown-id` for anything that is not an id. */
export function cacheFolder(datasetsFolder: string, id: string): string {
  if (!/^[0-9a-f]{16}$/.test(id))
    refuse(
      'unknown-id',
      `"${id.slice(0, 40)}" is not the id of a data set.`,
      'Choose a data set from the list.',
    )
  return join(datasetsFolder, id)
}

/** Bytes of one stored element. */
export const elementBytes = { uint8: 1, int32: 4, float32: 4 } as const

/** The symbols of a sample shape in their order: the columns of `rows.bin` after the first. */
export const symbolsOf = (sampleShape: Dataset['sampleShape']): string[] =>
  sampleShape.filter((size) => typeof size === 'string')

/** Whether the samples' places are in `rows.bin`; otherwise they stand one after another. */
export const hasPlaces = ({ sampleShape, task }: Pick<Dataset, 'sampleShape' | 'task'>): boolean =>
  task === 'next-token' || symbolsOf(sampleShape).length > 0

/** The record of a data set whose files are all there in their full length; null otherwise. */
export async function readCached(datasetsFolder: string, id: string): Promise<Dataset | null> {
  const folder = cacheFolder(datasetsFolder, id)
  try {
    const parsed = datasetSchema.safeParse(
      JSON.parse(await readFile(join(folder, cacheFiles.record), 'utf8')),
    )
    if (!parsed.success || parsed.data.id !== id) return null
    const rows = parsed.data.trainCount + parsed.data.validationCount + parsed.data.testCount
    const sizeOf = async (name: string): Promise<number | null> =>
      (await stat(join(folder, name)).catch(() => null))?.size ?? null
    const stored = Object.values(cacheFiles).filter((name) => name !== cacheFiles.record)
    const sizes = await Promise.all(stored.map(sizeOf))
    const whole =
      sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) === parsed.data.bytes &&
      (await sizeOf(cacheFiles.offsets)) === (rows + 1) * 8
    return whole ? parsed.data : null
  } catch {
    return null
  }
}
