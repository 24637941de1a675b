import { describe, expect, test } from 'vitest'
import { distribution } from './distribution.ts'

describe('the distribution of sizes', () => {
  test('of nothing is empty', () => {
    expect(distribution(new Map())).toEqual({ typical: 0, p90: 0, p99: 0, largest: 0, histogram: [] })
  })

  test('has quantiles that are sizes, and bars that hold every sample', () => {
    const sizes = new Map(Array.from({ length: 100 }, (_, index) => [100 - index, 2] as [number, number]))
    const { typical, p90, p99, largest, histogram } = distribution(sizes)
    expect([typical, p90, p99, largest]).toEqual([50, 90, 99, 100])
    expect(histogram.length).toBeLessThanOrEqual(40)
    expect(histogram.reduce((sum, bar) => sum + bar.count, 0)).toBe(
      [...sizes.values()].reduce((a, b) => a + b),
    )
    expect(histogram[0]!.from).toBe(1)
    expect(histogram.at(-1)!.to).toBe(100)
  })

  test('of one size is one bar', () => {
    expect(distribution(new Map([[7, 3]])).histogram).toEqual([{ from: 7, to: 7, count: 3 }])
  })
})
