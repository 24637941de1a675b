/** How unequal the classes of a data set are. */
import type { Dataset } from './data/dataset.ts'

export interface Imbalance {
  /** Training samples of the largest class over those of the smallest that has any; 1 when all are alike. */
  ratio: number
  smallest: { name: string; count: number }
  largest: { name: string; count: number }
  /** The smallest has less than half of the largest: accuracy then says little about it. */
  unbalanced: boolean
}

/** Null where there are fewer than two classes with training samples. */
export function imbalanceOf({ classes }: Pick<Dataset, 'classes'>): Imbalance | null {
  const counts = classes
    .map(({ name, train }) => ({ name, count: train }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => a.count - b.count)
  const [smallest] = counts
  const largest = counts.at(-1)
  if (!smallest || !largest || counts.length < 2) return null
  const ratio = largest.count / smallest.count
  return { ratio, smallest, largest, unbalanced: ratio > 2 }
}
