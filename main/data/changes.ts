/** What a data set has that the one before it had not: samples compared by the digests of their content. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dataset, Refreshed } from '../common/data/dataset.ts'
import { cacheFiles, cacheFolder } from './cache/layout.ts'
import { groupEqual } from './check/groups.ts'
import type { Pace } from './pace.ts'
import { count, someOf } from './refuse.ts'

export type Changes = Refreshed['changes']

/** Sentences are about the content; what becomes of the older data set is for the caller to say. */
export async function changesBetween(
  before: Dataset,
  after: Dataset,
  datasetsFolder: string,
  pace: Pace,
): Promise<Changes> {
  if (before.id === after.id)
    return {
      added: 0,
      removed: 0,
      kept: total(after),
      sentences: ['Nothing has changed: the data set stays as it is.'],
    }
  const [old, fresh] = [await readDigests(before, datasetsFolder), await readDigests(after, datasetsFolder)]
  const classes = classSentences(before, after)
  if (!old || !fresh)
    return {
      added: 0,
      removed: 0,
      kept: 0,
      sentences: [
        `The content has changed: ${count(total(before), 'sample')} before, ${count(total(after), 'sample')} now.`,
        ...classes,
      ],
    }
  const { added, removed, kept, relabelled } = await tally(old, fresh, pace)
  const sentences = [
    `${count(added, 'sample is', 'samples are')} new, ${count(removed, 'is', 'are')} gone, ${count(kept, 'is as it was', 'are as they were')}.`,
    ...(relabelled > 0
      ? [`${count(relabelled, 'sample has', 'samples have')} another class than before.`]
      : []),
    ...classes,
  ]
  if (added + removed + relabelled === 0)
    sentences.push('The samples are the same; they are divided or named in another way.')
  return { added, removed, kept, sentences }
}

interface Digests {
  keys: BigUint64Array
  /** Class name by row; null where there are no classes. */
  className: ((row: number) => string) | null
}

async function readDigests(dataset: Dataset, datasetsFolder: string): Promise<Digests | null> {
  const folder = cacheFolder(datasetsFolder, dataset.id)
  const bytes = await readFile(join(folder, cacheFiles.digests)).catch(() => null)
  if (!bytes) return null
  const labels =
    dataset.task === 'classify' ? await readFile(join(folder, cacheFiles.labels)).catch(() => null) : null
  return {
    keys: new BigUint64Array(new Uint8Array(bytes).buffer),
    className: labels && ((row) => dataset.classes[labels.readUInt32LE(row * 8)]?.name ?? ''),
  }
}

async function tally(
  old: Digests,
  fresh: Digests,
  pace: Pace,
): Promise<{ added: number; removed: number; kept: number; relabelled: number }> {
  const keys = new BigUint64Array(old.keys.length + fresh.keys.length)
  keys.set(old.keys)
  keys.set(fresh.keys, old.keys.length)
  const { of, sizes } = await groupEqual(keys, pace)
  const before = new Uint32Array(sizes.length)
  const lastOld = new Int32Array(sizes.length).fill(-1)
  for (let row = 0; row < old.keys.length; row += 1) {
    before[of[row]!]! += 1
    lastOld[of[row]!] = row
  }
  const counts = { added: 0, removed: 0, kept: 0, relabelled: 0 }
  for (const [group, size] of sizes.entries()) {
    const was = before[group]!
    counts.kept += Math.min(was, size - was)
    counts.added += Math.max(0, size - 2 * was)
    counts.removed += Math.max(0, 2 * was - size)
  }
  if (old.className && fresh.className)
    for (let row = 0; row < fresh.keys.length; row += 1) {
      if (row % 1024 === 0) await pace.rest()
      const group = of[old.keys.length + row]!
      // Of content that is there several times, there is no telling which is which.
      if (before[group] !== 1 || sizes[group] !== 2) continue
      if (old.className(lastOld[group]!) !== fresh.className(row)) counts.relabelled += 1
    }
  return counts
}

const total = ({ trainCount, validationCount, testCount }: Dataset): number =>
  trainCount + validationCount + testCount

function classSentences(before: Dataset, after: Dataset): string[] {
  const names = (dataset: Dataset): string[] => dataset.classes.map(({ name }) => name)
  const [old, fresh] = [new Set(names(before)), new Set(names(after))]
  const added = names(after).filter((name) => !old.has(name))
  const gone = names(before).filter((name) => !fresh.has(name))
  return [
    ...(added.length > 0 ? [`${count(added.length, 'class is', 'classes are')} new: ${someOf(added)}.`] : []),
    ...(gone.length > 0 ? [`${count(gone.length, 'class is', 'classes are')} gone: ${someOf(gone)}.`] : []),
  ]
}
