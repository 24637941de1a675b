/**
 * A data set on disk, `datasets/<id>/`:
 *
 * - `inputs.bin`: samples, row-major, uint8, training rows first, then validation rows.
 * - `labels.bin`: class index per row, int64 little endian.
 * - `items.json`: a JSON array with one line per row: the source's path, or the text cut at 2,000 characters.
 * - `items.offsets.bin`: where each row's line begins in `items.json`, and one more for the end; uint64
 *   little endian. The preview reads single rows with it.
 * - `vocabulary.json`: the words in the order of the features; text only.
 * - `dataset.json`: the record. Written last, and the folder is renamed into place after it, so a folder
 *   with a record is whole.
 */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { datasetSchema } from '../../common/schemas.ts'
import type { Dataset } from '../../common/schemas.ts'
import { refuse } from '../refuse.ts'

export const cacheFiles = {
  inputs: 'inputs.bin',
  labels: 'labels.bin',
  items: 'items.json',
  offsets: 'items.offsets.bin',
  vocabulary: 'vocabulary.json',
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

/** The record of a data set whose files are all there in their full length; null otherwise. */
export async function readCached(datasetsFolder: string, id: string): Promise<Dataset | null> {
  const folder = cacheFolder(datasetsFolder, id)
  try {
    const parsed = datasetSchema.safeParse(
      JSON.parse(await readFile(join(folder, cacheFiles.record), 'utf8')),
    )
    if (!parsed.success || parsed.data.id !== id) return null
    const rows = parsed.data.trainCount + parsed.data.validationCount
    const sampleBytes = parsed.data.sampleShape.reduce<number>((product, size) => product * Number(size), 1)
    const sizeOf = async (name: string): Promise<number> => (await stat(join(folder, name))).size
    const whole =
      (await sizeOf(cacheFiles.inputs)) === rows * sampleBytes &&
      (await sizeOf(cacheFiles.labels)) === rows * 8 &&
      (await sizeOf(cacheFiles.offsets)) === (rows + 1) * 8 &&
      (await sizeOf(cacheFiles.items)) > 0
    return whole ? parsed.data : null
  } catch {
    return null
  }
}
