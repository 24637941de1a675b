/** A sample of the data set itself, as it lies in the workspace, with its truth. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { measured } from '../../common/settings.ts'
import type { Dataset } from '../../common/data/dataset.ts'
import { cacheFiles, storedSample, type SinglePreparation, type SingleSample } from '../../data/index.ts'

export interface StoredAsked {
  sample: SingleSample
  /** Its class, or its numbers; null where there is none. */
  truth: string | null
}

/** @throws UserError `data/unknown-row`, `data/cache-missing` */
export async function storedAsked(
  dataset: Dataset,
  preparation: SinglePreparation,
  folder: string,
  row: number,
): Promise<StoredAsked> {
  const sample = await storedSample(dataset, preparation, folder, row)
  return { sample, truth: await truthOf(dataset, folder, row) }
}

async function truthOf(
  { task, classes, targets }: Dataset,
  folder: string,
  row: number,
): Promise<string | null> {
  if (task === 'classify') {
    const labels = await readFile(join(folder, cacheFiles.labels))
    return classes[labels.readUInt32LE(8 * row)]?.name ?? null
  }
  if (task !== 'regress') return null
  const stored = await readFile(join(folder, cacheFiles.targets))
  return targets
    .map(({ name, mean, std }, at) => {
      const value = stored.readFloatLE(4 * (row * targets.length + at)) * std + mean
      return `${targets.length > 1 ? `${name} ` : ''}${measured(value)}`
    })
    .join(', ')
}
