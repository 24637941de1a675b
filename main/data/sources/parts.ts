/** Sub-folders that are parts of a split rather than classes. */
import type { Split } from '../../common/schemas.ts'
import type { Entry } from '../files.ts'
import { naturalOrder } from '../files.ts'

const names: Record<string, Split | 'test'> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
  testing: 'test',
}

export interface Part {
  split: Split | null
  folder: string
}

export interface Parts {
  /** One part without a split, or a training and a validation part. */
  parts: Part[]
  /** Sentences about what was taken for what. */
  reasons: string[]
}

/**
 * Finds train and validation folders. `test` serves as validation where there is no other, and is left
 * out otherwise. `train` without any counterpart is split by hash like a folder without parts.
 */
export function findParts(folder: string, entries: readonly Entry[]): Parts {
  const folders = entries.filter((entry) => entry.folder)
  const of = (wanted: Split | 'test'): Entry | undefined =>
    folders.find((entry) => names[entry.name.toLowerCase()] === wanted)
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
  reasons.push(`${train.name}/ is for training, ${held.name}/ for validation.`)
  if (validation && test) reasons.push(`${test.name}/ is left out; it stays unseen.`)
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
    ],
    reasons,
  }
}
