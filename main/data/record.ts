/** The record of a data set: made when it is imported, kept beside its rows. */
import { rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Dataset } from '../common/data/dataset.ts'
import type { ImportOptions } from '../common/data/options.ts'
import { cacheFiles, cacheFolder } from './cache/layout.ts'
import type { Totals } from './cache/writer.ts'
import { refuseFileError } from './refuse.ts'
import type { Encoder, Scan } from './sources/source.ts'
import type { SourceState } from './sourceState.ts'
import type { Order } from './split.ts'

export interface Finished {
  id: string
  root: string
  options: ImportOptions
  source: SourceState | undefined
  scan: Scan
  order: Order
  encoder: Encoder
  totals: Totals
}

/** Without its check-up, which is made of it. */
export function recordOf({ id, root, options, source, scan, order, encoder, totals }: Finished): Dataset {
  const sizes = [...encoder.sizes]
    .map(([key, times]) => {
      const [width = 0, height = 0] = key.split('x').map(Number)
      return { width, height, count: times }
    })
    .sort((a, b) => b.count - a.count || a.width - b.width || a.height - b.height)
  const tokens = encoder.storedDtype === 'int32'
  return {
    id,
    name: options.name,
    path: root,
    options,
    sampleShape: [...encoder.sampleShape],
    content: tokens ? 'tokens' : 'values',
    task: scan.task,
    vocabularySize: tokens ? (encoder.vocabulary?.length ?? null) : null,
    symbols: totals.symbols,
    targets: encoder.targets ?? [],
    storedDtype: encoder.storedDtype,
    classes: scan.classNames.map((name, index) => ({ name, ...totals.classes[index]! })),
    trainCount: totals.trainCount,
    validationCount: totals.validationCount,
    testCount: totals.testCount,
    mean: totals.mean,
    std: totals.std,
    channels: totals.channels,
    buckets: encoder.buckets ?? [],
    sizes: sizes.slice(0, 20),
    problems: scan.problems.listed,
    problemCount: scan.problems.total,
    notes: [...order.notes, ...encoder.notes()],
    checks: null,
    bytes: totals.bytes,
    importedAt: Date.now(),
    ...(encoder.codes && { codes: [...encoder.codes] }),
    ...(source && { source }),
  }
}

export async function writeRecord(folder: string, record: Dataset): Promise<void> {
  const path = join(folder, cacheFiles.record)
  const unfinished = `${path}.unfinished`
  try {
    await writeFile(unfinished, `${JSON.stringify(record, null, 2)}\n`, { flush: true })
    await rename(unfinished, path)
  } catch (error) {
    refuseFileError(error, path)
  }
}

/** Gives a stored data set another name, or says where its content lies now. */
export async function bringUpToDate(
  record: Dataset,
  now: Pick<Dataset, 'name' | 'path' | 'source'>,
  datasetsFolder: string,
): Promise<Dataset> {
  const updated = { ...record, ...now, options: { ...record.options, name: now.name } }
  if (isDeepStrictEqual(updated, record)) return record
  const folder = cacheFolder(datasetsFolder, record.id)
  // The stored copy of a data set in the list may be gone; its name is no reason to complain of that.
  if (await stat(folder).catch(() => null)) await writeRecord(folder, updated)
  return updated
}
