/** What sizes samples have: quantiles, and bars to draw. */
import type { Dataset, Histogram } from '../../common/data/dataset.ts'

const mostBars = 40

/** @param sizes how often each size occurs */
export function distribution(sizes: ReadonlyMap<number, number>): Dataset['symbols'][string] {
  const ascending = [...sizes].sort(([a], [b]) => a - b)
  const total = ascending.reduce((sum, [, times]) => sum + times, 0)
  const at = (quantile: number): number => {
    let passed = 0
    return ascending.find(([, times]) => (passed += times) >= quantile * total)?.[0] ?? 0
  }
  return {
    typical: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    largest: ascending.at(-1)?.[0] ?? 0,
    histogram: bars(ascending),
  }
}

function bars(ascending: readonly (readonly [number, number])[]): Histogram {
  const from = ascending[0]?.[0] ?? 0
  const to = ascending.at(-1)?.[0] ?? 0
  const width = Math.ceil((to - from + 1) / mostBars)
  const made: Histogram = Array.from(
    { length: ascending.length && Math.ceil((to - from + 1) / width) },
    (_, index) => ({
      from: from + index * width,
      to: Math.min(to, from + (index + 1) * width - 1),
      count: 0,
    }),
  )
  for (const [size, times] of ascending) made[Math.floor((size - from) / width)]!.count += times
  return made
}
