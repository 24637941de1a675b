import { describe, expect, test } from 'vitest'
import { epochBatches } from '../training/order.ts'
import { effectOf, quantile, textsIn } from './lengths.ts'
import type { LengthCounts } from './lengths.ts'

const lengths: LengthCounts = [
  [1, 50],
  [2, 40],
  [10, 9],
  [100, 1],
]

test('quantiles are lengths that occur', () => {
  expect([0.5, 0.9, 0.99, 1].map((share) => quantile(lengths, share))).toEqual([1, 2, 10, 100])
  expect(quantile([], 0.5)).toBe(0)
  expect(textsIn(lengths)).toBe(100)
})

test('what is cut and lost is counted exactly', () => {
  // 320 tokens; of 100 text of 100 keeps 10.
  expect(effectOf(lengths, 10, 4)).toMatchObject({ textsCut: 0.01, tokensLost: 90 / 320 })
  expect(effectOf(lengths, 100, 4)).toMatchObject({ textsCut: 0, tokensLost: 0 })
  expect(effectOf([], 10, 4)).toEqual({ textsCut: 0, tokensLost: 0, padding: 0 })
})

test('texts of one length have no padding, nor has a batch of one', () => {
  expect(effectOf([[7, 1000]], 256, 32).padding).toBe(0)
  expect(effectOf(lengths, 256, 1).padding).toBe(0)
  expect(effectOf(lengths, 1, 32).padding).toBe(0)
})

describe('the estimate of padding is what the batches of an epoch have', () => {
  /** Skewed, as texts are. */
  const skewed = (texts: number, spread: number): LengthCounts => {
    const counts = new Map<number, number>()
    for (let row = 0; row < texts; row += 1) {
      const length = 1 + Math.floor(20 * Math.exp(spread * Math.sin(row * 12.9898)))
      counts.set(length, (counts.get(length) ?? 0) + 1)
    }
    return [...counts].sort((a, b) => a[0] - b[0])
  }
  test.each([
    [5000, 0.8, 32, 256],
    [5000, 0.8, 32, 30],
    [20_000, 1.5, 64, 256],
    [300, 1, 16, 256],
    [40, 1, 64, 256],
  ])('%i texts, spread %f, batches of %i, at most %i tokens', (texts, spread, batchSize, maximum) => {
    const counts = skewed(texts, spread)
    const each = Uint32Array.from(
      counts.flatMap(([length, count]) => Array<number>(count).fill(Math.min(length, maximum))),
    )
    let filled = 0
    let held = 0
    for (const epoch of [0, 1, 2])
      for (const rows of epochBatches({ kind: 'lengths', lengths: each }, { batchSize }, 1, epoch)) {
        const some = [...rows].map((row) => each[row]!)
        filled += some.reduce((sum, length) => sum + length, 0)
        held += some.length * Math.max(...some)
      }
    const { padding } = effectOf(counts, maximum, batchSize)
    expect(Math.abs(padding - (1 - filled / held))).toBeLessThan(0.01)
  })
})
