/** Bars of a histogram of lengths. Pure. */
import { quantile, type LengthCounts } from '../../../main/common/lengths.ts'
import type { Histogram } from '../../../main/common/data/dataset.ts'

const mostBars = 60

/** The largest length that is drawn: a few very long texts must not press all others into one bar. */
export function lastShown(lengths: LengthCounts): number {
  const longest = lengths.at(-1)?.[0] ?? 1
  return Math.max(1, Math.min(longest, Math.ceil(quantile(lengths, 0.99) * 1.6)))
}

/** Bars of one width from the shortest to `end`; what is longer is left out. */
export function barsOf(lengths: LengthCounts, end: number): Histogram {
  const from = Math.min(lengths[0]?.[0] ?? 0, end)
  const width = Math.max(1, Math.ceil((end - from + 1) / mostBars))
  const bars = Array.from({ length: Math.ceil((end - from + 1) / width) }, (_, at) => ({
    from: from + at * width,
    to: Math.min(end, from + (at + 1) * width - 1),
    count: 0,
  }))
  for (const [length, times] of lengths) {
    const bar = bars[Math.floor((length - from) / width)]
    if (bar && length <= end) bar.count += times
  }
  return bars
}
