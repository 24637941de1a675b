/** What a box of samples holds, with the numbers of the runs. */
import type { Box } from '../../../main/common/predictions/predictions.ts'

export const boxWords: Record<Box, { words: (a: number, b: number) => string; tone?: 'good' | 'bad' }> = {
  'right-in-both': { words: () => 'right in both' },
  mended: { words: (_, b) => `mended by ${b}`, tone: 'good' },
  broken: { words: (_, b) => `broken by ${b}`, tone: 'bad' },
  'wrong-in-both': { words: () => 'wrong in both' },
  better: { words: (_, b) => `lower loss in ${b}`, tone: 'good' },
  worse: { words: (a) => `lower loss in ${a}`, tone: 'bad' },
  same: { words: () => 'the same loss' },
}
