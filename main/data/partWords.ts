/** Words that name a part of a split: of folders, files, arrays, or in a column. */
import type { Split } from '../common/data/dataset.ts'

const parts: ReadonlyMap<string, Split> = new Map(
  Object.entries({
    train: 'train',
    training: 'train',
    val: 'validation',
    valid: 'validation',
    validation: 'validation',
    dev: 'validation',
    test: 'test',
    testing: 'test',
  } as const),
)

/** The part that a word names, in any case; null where it names none. */
export const partNamed = (word: string): Split | null => parts.get(word.trim().toLowerCase()) ?? null
