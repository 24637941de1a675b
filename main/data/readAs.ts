/** Other data read as a training read its own, into a folder of its own that nobody lists. */
import type { Dataset } from '../common/data/dataset.ts'
import type { ImportOptions } from '../common/data/options.ts'
import { makeTemporary, removeTemporary } from './cache/folders.ts'
import { absolutePath } from './files.ts'
import { makeDataset, type ImportContext, type Maker } from './import.ts'
import { optionsAs, settled } from './optionsAs.ts'
import type { ReadAs } from './writeAs.ts'

export interface ReadData {
  /** Its validation part is all that was asked for; its normalisation is the training's. */
  dataset: Dataset
  folder: string
  remove: () => Promise<void>
}

/**
 * @param options how it was imported; null of a path that never was
 * @throws UserError `data/other-kind`, `data/missing`, and as `optionsAs` and `writeAs` do
 */
export async function readAs(
  path: string,
  options: ImportOptions | null,
  as: ReadAs,
  { datasetsFolder, ...context }: ImportContext,
  make: Maker = makeDataset,
): Promise<ReadData> {
  const root = absolutePath(path)
  const settledOptions = settled(options ?? (await optionsAs(root, as.fitted)), as.fitted)
  const temporary = await makeTemporary(datasetsFolder)
  const remove = (): Promise<void> => removeTemporary(temporary)
  try {
    const job = { root, options: settledOptions, datasetsFolder, temporary, as }
    const { record } = await make(job, context)
    context.signal?.throwIfAborted()
    return { dataset: record, folder: temporary, remove }
  } catch (error) {
    await remove()
    throw error
  }
}
