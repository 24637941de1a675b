/**
 * Who trains, who validates, who is left for a last test. An item's side depends on its own content only (or on its
 * group's name), so adding data never moves an item, and exact duplicates never stand on both sides. The same number
 * orders the rows, which mixes the classes once and for all.
 */
import type { ImportOptions } from '../common/data/options.ts'
import type { Split } from '../common/data/dataset.ts'
import { digestNow, position } from './digest.ts'
import type { Pace } from './pace.ts'
import { count, refuse } from './refuse.ts'
import { stratify } from './stratify.ts'

export interface Row {
  classIndex: number
  /** In [0, 1), from a hash of the item's content. */
  position: number
  /** As the source gives it; null where the source has no split of its own. */
  split: Split | null
  /** What the row has in the column by which rows stay together; null or absent where it has nothing. */
  group?: string | null
  /** The first 8 bytes of the digest of its content, by which duplicates are found; absent where rows overlap. */
  digest?: bigint
}

/** How much is held out where the source gives no split. */
export type Shares = Pick<ImportOptions, 'validationShare' | 'split'>

/** The side of a number in [0, 1). */
const sideAt = (at: number, { validationShare, split }: Shares): Split =>
  at < validationShare ? 'validation' : at >= 1 - split.testShare ? 'test' : 'train'

export interface Order {
  /** Indices into the source's rows, in the order of the cache: training first. */
  train: number[]
  validation: number[]
  test: number[]
  /** Sentences about how the sides were chosen; none where by each item alone. */
  notes: string[]
}

/**
 * @throws UserError `data/empty-split` when training or validation would be empty; `data/no-groups` when rows are to
 *   stay together by a column that the source does not give
 */
export async function orderRows(rows: readonly Row[], shares: Shares, pace: Pace): Promise<Order> {
  const { given, by } = shares.split
  // Positions are uniform, so buckets stay small and no single sort holds the thread.
  const buckets: number[][] = Array.from({ length: Math.ceil(rows.length / 1000) }, () => [])
  for (const [index, row] of rows.entries()) {
    if (index % 1024 === 0) await pace.rest()
    buckets[Math.floor(row.position * buckets.length)]!.push(index)
  }
  const sorted: number[] = []
  for (const bucket of buckets) {
    await pace.rest()
    bucket.sort((a, b) => rows[a]!.position - rows[b]!.position || a - b)
    for (const index of bucket) sorted.push(index)
  }
  const free = (row: Row): boolean => row.split === null || !given
  const choose: number[] = []
  for (const [place, index] of sorted.entries()) {
    if (place % 1024 === 0) await pace.rest()
    if (free(rows[index]!)) choose.push(index)
  }
  const chooser = await chooserOf(by, rows, choose, shares, pace)
  const order: Order = { train: [], validation: [], test: [], notes: chooser.notes }
  for (const index of sorted) {
    const row = rows[index]!
    order[free(row) ? chooser.sideOf(index) : row.split!].push(index)
    await pace.rest()
  }
  checkSides(
    order.train.length,
    order.validation.length,
    shares.validationShare,
    rows.some((row) => !free(row)),
  )
  return order
}

/** Chooses the sides of rows that have none of their own. */
export interface Chooser {
  sideOf(index: number): Split
  notes: string[]
}

/** @param free the rows whose side is to be chosen, in the order of their positions */
async function chooserOf(
  by: Shares['split']['by'],
  rows: readonly Row[],
  free: readonly number[],
  shares: Shares,
  pace: Pace,
): Promise<Chooser> {
  if (free.length === 0 || by === 'item')
    return { sideOf: (index) => sideAt(rows[index]!.position, shares), notes: [] }
  return by === 'group' ? grouped(rows, free, shares, pace) : stratify(rows, free, shares, pace)
}

async function grouped(
  rows: readonly Row[],
  free: readonly number[],
  shares: Shares,
  pace: Pace,
): Promise<Chooser> {
  const sides = new Map<string, Split>()
  let alone = 0
  for (const index of free) {
    await pace.rest()
    const group = rows[index]!.group ?? null
    if (group === null) alone += 1
    else if (!sides.has(group)) sides.set(group, sideAt(position(digestNow(group)), shares))
  }
  const column = shares.split.groupColumn
  if (sides.size === 0)
    refuse(
      'no-groups',
      column === null
        ? 'No column was chosen by which samples stay together.'
        : `No sample has anything in "${column}", by which they were to stay together.`,
      'Choose a column of the source, or split by item.',
    )
  return {
    sideOf(index) {
      const { group, position: own } = rows[index]!
      return (group != null ? sides.get(group) : undefined) ?? sideAt(own, shares)
    },
    notes: [
      `${count(sides.size, 'group')} by "${column}": each is wholly in one part.`,
      ...(alone > 0
        ? [`${count(alone, 'sample has', 'samples have')} nothing in "${column}": each stands alone.`]
        : []),
    ],
  }
}

/** @throws UserError `data/empty-split` */
export function checkSides(train: number, validation: number, share: number, given: boolean): void {
  if (train > 0 && validation > 0) return
  const side = train === 0 ? 'training' : 'validation'
  const total = count(train + validation, 'sample')
  if (given)
    refuse(
      'empty-split',
      `The ${side} part has no readable sample (${total} in all).`,
      `Add some to it, or choose a folder without parts.`,
    )
  refuse(
    'empty-split',
    `No sample fell into the ${side} part: ${total}, of which ${Math.round(share * 100)} % are held out for validation.`,
    train === 0
      ? 'Lower the validation share, or add samples.'
      : 'Raise the validation share, or add samples.',
  )
}
