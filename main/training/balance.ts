/** What is done about unbalanced classes: rare ones count more in the loss, or are drawn more often. */
import { shuffle, stream } from '../common/random.ts'

/** Told from the stream of an epoch's order by a key that no row has. */
const sampling = 0xfffffffe

/**
 * What a sample of each class counts in the loss: N / (K n_c), so that every class counts alike and the mean weight of
 * the training samples is 1. A class without samples counts 0.
 */
export function classWeights(counts: readonly number[]): number[] {
  const present = counts.filter((count) => count > 0).length
  const all = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => (count > 0 ? all / (present * count) : 0))
}

/**
 * The rows of one epoch, as many as there are, every class drawn equally often. Rows of a class come in turn, in an
 * order of their own: a rare one's several times, and none a second time before all have been drawn.
 * @param classes class of each training row
 */
export function balancedRows(classes: Uint32Array, seed: number, epoch: number): Uint32Array {
  const members: number[][] = []
  classes.forEach((one, row) => (members[one] ??= []).push(row))
  const present = members.filter((rows) => rows.length > 0)
  const next = stream(seed, epoch, sampling)
  // Which classes get the odd rows changes from epoch to epoch.
  shuffle(present, next)
  const drawn = new Uint32Array(classes.length)
  let at = 0
  present.forEach((rows, index) => {
    const share =
      Math.floor(classes.length / present.length) + (index < classes.length % present.length ? 1 : 0)
    for (let left = share; left > 0; left -= rows.length) {
      shuffle(rows, next)
      for (const row of rows.slice(0, left)) drawn[at++] = row
    }
  })
  return drawn
}
