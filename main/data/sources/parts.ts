/** Sub-folders that are parts of a split rather than classes. */
import type { Split } from '../../common/data/dataset.ts'
import type { Entry } from '../files.ts'
import { naturalOrder } from '../files.ts'
import { partNamed } from '../partWords.ts'

export interface Part {
  split: Split | null
  folder: string
}

export interface Parts {
  /** One part without a split, or a training and a validation part, and a test part where there are all three. */
  parts: Part[]
  /** Sentences about what was taken for what. */
  reasons: string[]
}

/**
 * Finds train, validation and test folders. `test` serves as validation where there is no other. `train` without any
 * counterpart is split by hash like a folder without parts.
 */
export function findParts(folder: string, entries: readonly Entry[]): Parts {
  const folders = entries.filter((entry) => entry.folder)
  const of = (wanted: Split): Entry | undefined => folders.find((entry) => partNamed(entry.name) === wanted)
  const train = of('train')
  if (!train) return { parts: [{ split: null, folder }], reasons: [] }
  const validation = of('validation')
  const test = of('test')
  const held = validation ?? test
  const reasons: string[] = []
  if (!held) {
    reasons.push(`Only ${train.name}/ is there: part of it is held out for validation.`)
    return { parts: [{ split: null, folder: train.path }], reasons }
  }
  const last = validation ? test : undefined
  reasons.push(
    last
      ? `${train.name}/ is for training, ${held.name}/ for validation, ${last.name}/ for a last test.`
      : `${train.name}/ is for training, ${held.name}/ for validation.`,
  )
  const others = folders.filter((entry) => entry !== train && entry !== validation && entry !== test)
  if (others.length > 0)
    reasons.push(
      `Left out, beside ${train.name}/: ${others
        .map((entry) => entry.name)
        .sort(naturalOrder)
        .slice(0, 5)
        .join(', ')}.`,
    )
  return {
    parts: [
      { split: 'train', folder: train.path },
      { split: 'validation', folder: held.path },
      ...(last ? [{ split: 'test' as const, folder: last.path }] : []),
    ],
    reasons,
  }
}
