/**
 * Who trains, who validates, who is left for a last test. An item's side depends on its own content only, so adding data never
 * moves an item, and exact duplicates never stand on both sides. The same number orders the rows,
 * which mixes the classes once and for all.
 */
import type { ImportOptions, Split } from '../common/schemas.ts'
import type { Pace } from './pace.ts'
import { count, refuse } from './refuse.ts'

export interface Row {
  classIndex: number
  /** In [0, 1), from a hash of the item's content. */
  position: number
  /** As the source gives it; null where the source has no split of its own. */
  split: Split | null
}

/** How much is held out where the source gives no split. */
export type Shares = Pick<ImportOptions, 'validationShare' | 'split'>

export function sideOf(row: Row, { validationShare, split }: Shares): Split {
  if (row.split !== null) return row.split
  if (row.position < validationShare) return 'validation'
  return row.position >= 1 - split.testShare ? 'test' : 'train'
}

export interface Order {
  /** Indices into the source's rows, in the order of the cache: training first. */
  train: number[]
  validation: number[]
  test: number[]
}

/** @throws UserError `data/empty-split` when either side would be empty. */
export async function orderRows(rows: readonly Row[], shares: Shares, pace: Pace): Promise<Order> {
  // Positions are uniform, so buckets stay small and no single sort holds the thread.
  const buckets: number[][] = Array.from({ length: Math.ceil(rows.length / 1000) }, () => [])
  for (const [index, row] of rows.entries()) buckets[Math.floor(row.position * buckets.length)]!.push(index)
  const order: Order = { train: [], validation: [], test: [] }
  for (const bucket of buckets) {
    await pace.rest()
    bucket.sort((a, b) => rows[a]!.position - rows[b]!.position || a - b)
    for (const index of bucket) order[sideOf(rows[index]!, shares)].push(index)
  }
  checkSides(order.train.length, order.validation.length, shares.validationShare, rows[0]?.split !== null)
  return order
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
