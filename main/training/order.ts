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

/** Rows of every batch of an epoch, in order; every row is in exactly one. The last of a group may be smaller. */
export function epochBatches(
  sizes: RowSizes,
  batchSize: number,
  seed: number,
  epoch: number,
): readonly Uint32Array[] {
  const next = stream(seed, epoch)
  switch (sizes.kind) {
    case 'alike':
      return cut(shuffle(ascending(sizes.count), next), batchSize)
    case 'lengths': {
      const { lengths } = sizes
      const rows = shuffle(ascending(lengths.length), next)
      const pool = batchesPerPool * batchSize
      // Sorting is stable, so rows of one length stay in the shuffled order.
      for (let from = 0; from < rows.length; from += pool)
        rows.subarray(from, from + pool).sort((a, b) => lengths[a]! - lengths[b]!)
      return shuffle(cut(rows, batchSize), next)
    }
    case 'groups': {
      const rows = shuffle(ascending(sizes.groups.length), next)
      return shuffle(
        byGroup(rows, sizes.groups).flatMap((group) => cut(group, batchSize)),
        next,
      )
    }
  }
}

/** How many batches an epoch has: the same in every epoch. */
export function batchCount(sizes: RowSizes, batchSize: number): number {
  switch (sizes.kind) {
    case 'alike':
      return Math.ceil(sizes.count / batchSize)
    case 'lengths':
      return Math.ceil(sizes.lengths.length / batchSize)
    case 'groups': {
      const counts = new Map<number, number>()
      for (const group of sizes.groups) counts.set(group, (counts.get(group) ?? 0) + 1)
      return [...counts.values()].reduce((sum, rows) => sum + Math.ceil(rows / batchSize), 0)
    }
  }
}

/** The rows in batches for looking at each once: by size, nothing shuffled. */
export function orderedBatches(
  sizes: RowSizes,
  batchSizeOf: (row: number) => number,
): readonly Uint32Array[] {
  const rows = ascending(sizes.kind === 'alike' ? sizes.count : sizesOf(sizes).length)
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

const sizesOf = (sizes: Exclude<RowSizes, { kind: 'alike' }>): Uint32Array =>
  sizes.kind === 'lengths' ? sizes.lengths : sizes.groups

const ascending = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, row) => row)

function cut(rows: Uint32Array, size: number): Uint32Array[] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, index) =>
    rows.subarray(index * size, (index + 1) * size),
  )
}

/** The rows of each group, in the order given. */
function byGroup(rows: Uint32Array, groups: Uint32Array): Uint32Array[] {
  const lists: number[][] = []
  for (const row of rows) (lists[groups[row]!] ??= []).push(row)
  return lists.filter((list) => list.length > 0).map((list) => Uint32Array.from(list))
}
