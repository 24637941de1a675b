/**
 * Which rows go into which batch of an epoch. A pure function of the rows' sizes, the batch size, the seed and the
 * epoch, and of nothing else: a run that is resumed finds the same order.
 */
import { shuffle, stream } from '../common/random.ts'

/** What rows must have in common to share a batch. */
export type RowSizes =
  /** All rows are alike. */
  | { kind: 'alike'; count: number }
  /** Any may share a batch, the shorter ones padded: best among those of about one length. */
  | { kind: 'lengths'; lengths: Uint32Array }
  /** Only rows of one group; groups are numbered from 0. */
  | { kind: 'groups'; groups: Uint32Array }

/** So many batches' rows are sorted by length together: enough to save padding, few enough to mix. */
const batchesPerPool = 50

export interface Cut {
  /** Rows of a batch; not asked where there is a budget. */
  batchSize: number
  /** Of lengths only: a batch's rows times its longest are at most this. Null: `batchSize` rows each. */
  budget?: number | null
}

/**
 * Rows of every batch of an epoch, in order; every row is in exactly one. The last of a group may be smaller.
 * @param drawn rows to train on instead of all, each as often as it stands there
 */
export function epochBatches(
  sizes: RowSizes,
  { batchSize, budget = null }: Cut,
  seed: number,
  epoch: number,
  drawn?: Uint32Array,
): readonly Uint32Array[] {
  const next = stream(seed, epoch)
  const rows = shuffle(drawn?.slice() ?? ascending(rowCount(sizes)), next)
  switch (sizes.kind) {
    case 'alike':
      return cut(rows, batchSize)
    case 'lengths': {
      const { lengths } = sizes
      // Sorting is stable, so rows of one length stay in the shuffled order.
      const byLength = (a: number, b: number): number => lengths[a]! - lengths[b]!
      // All are sorted, not only a pool: so the lengths in their order, and where they are cut, are those of every epoch.
      if (budget !== null) return shuffle(cutByBudget(rows.sort(byLength), lengths, budget), next)
      const pool = batchesPerPool * batchSize
      for (let from = 0; from < rows.length; from += pool) rows.subarray(from, from + pool).sort(byLength)
      return shuffle(cut(rows, batchSize), next)
    }
    case 'groups':
      return shuffle(
        byGroup(rows, sizes.groups).flatMap((group) => cut(group, batchSize)),
        next,
      )
  }
}

/** The rows in batches for looking at each once: by size, nothing shuffled. */
export function orderedBatches(
  sizes: RowSizes,
  batchSizeOf: (row: number) => number,
): readonly Uint32Array[] {
  const rows = ascending(rowCount(sizes))
  if (sizes.kind === 'lengths') rows.sort((a, b) => sizes.lengths[a]! - sizes.lengths[b]!)
  const groups = sizes.kind === 'groups' ? byGroup(rows, sizes.groups) : [rows]
  return groups.flatMap((group) => {
    const batches: Uint32Array[] = []
    for (let from = 0; from < group.length;) {
      // The largest of a batch decides: rows are ascending in length, so look where it would end.
      const few = batchSizeOf(group[Math.min(group.length - 1, from + batchSizeOf(group[from]!) - 1)]!)
      batches.push(group.subarray(from, from + few))
      from += few
    }
    return batches
  })
}

function rowCount(sizes: RowSizes): number {
  switch (sizes.kind) {
    case 'alike':
      return sizes.count
    case 'lengths':
      return sizes.lengths.length
    case 'groups':
      return sizes.groups.length
  }
}

const ascending = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, row) => row)

function cut(rows: Uint32Array, size: number): Uint32Array[] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, index) =>
    rows.subarray(index * size, (index + 1) * size),
  )
}

/** Rows ascending in length, as many to a batch as fit; one that is longer than the budget stands alone. */
function cutByBudget(rows: Uint32Array, lengths: Uint32Array, budget: number): Uint32Array[] {
  const batches: Uint32Array[] = []
  for (let from = 0, to = 1; from < rows.length; from = to, to += 1) {
    while (to < rows.length && (to - from + 1) * lengths[rows[to]!]! <= budget) to += 1
    batches.push(rows.subarray(from, to))
  }
  return batches
}

/** The rows of each group, in the order given. */
function byGroup(rows: Uint32Array, groups: Uint32Array): Uint32Array[] {
  const lists: number[][] = []
  for (const row of rows) (lists[groups[row]!] ??= []).push(row)
  return lists.filter((list) => list.length > 0).map((list) => Uint32Array.from(list))
}
