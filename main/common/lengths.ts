/**
 * What a maximum length does to texts: pure functions over how many texts have which length, quick enough to be called
 * at every move of a slider.
 */

/** Lengths in tokens, ascending, each with how many texts have it. */
export type LengthCounts = readonly (readonly [length: number, count: number])[]

/** As training/order.ts: so many batches' texts are sorted by length together. */
const batchesPerPool = 50

export const textsIn = (lengths: LengthCounts): number => lengths.reduce((sum, [, count]) => sum + count, 0)

const tokensIn = (lengths: LengthCounts): number =>
  lengths.reduce((sum, [length, count]) => sum + length * count, 0)

/** The smallest length that at least this share of the texts do not exceed; 0 of no texts. @param share 0 to 1 */
export function quantile(lengths: LengthCounts, share: number): number {
  const wanted = share * textsIn(lengths)
  let passed = 0
  for (const [length, count] of lengths) {
    passed += count
    if (passed >= wanted) return length
  }
  return lengths.at(-1)?.[0] ?? 0
}

export interface LengthEffect {
  /** Share of the texts that are longer than the maximum, 0 to 1. */
  textsCut: number
  /** Share of all tokens that are cut off. */
  tokensLost: number
  /** Share of what a batch holds that is padding: an estimate, as batches are drawn anew each epoch. */
  padding: number
}

/** What cutting at `maximum` tokens does, trained in batches of `batchSize` texts bucketed by length. */
export function effectOf(lengths: LengthCounts, maximum: number, batchSize: number): LengthEffect {
  const texts = textsIn(lengths)
  const tokens = tokensIn(lengths)
  if (texts === 0 || tokens === 0) return { textsCut: 0, tokensLost: 0, padding: 0 }
  const kept = lengths.map(([length, count]) => [Math.min(length, maximum), count] as const)
  const longer = lengths.reduce((sum, [length, count]) => sum + (length > maximum ? count : 0), 0)
  return {
    textsCut: longer / texts,
    tokensLost: 1 - tokensIn(kept) / tokens,
    padding: paddingOf(kept, texts, batchSize),
  }
}

/**
 * Of a pool as it is on average: its texts are those at evenly spaced places of the distribution, sorted, cut into
 * batches, each padded to its longest.
 */
function paddingOf(kept: LengthCounts, texts: number, batchSize: number): number {
  const pool = Math.min(texts, batchesPerPool * batchSize)
  let held = 0
  let filled = 0
  let inBatch = 0
  let at = 0
  let passed = kept[0]![1]
  for (let row = 0; row < pool; row += 1) {
    const place = ((row + 0.5) / pool) * texts
    while (passed < place && at + 1 < kept.length) passed += kept[++at]![1]
    const length = kept[at]![0]
    filled += length
    inBatch += 1
    if (inBatch < batchSize && row + 1 < pool) continue
    held += length * inBatch
    inBatch = 0
  }
  return held === 0 ? 0 : 1 - filled / held
}
