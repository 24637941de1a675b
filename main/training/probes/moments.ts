/** Figures of sampled values, and their histogram. */
import { histogramBins, type Histogram } from '../../common/health/figures.ts'
import { histogram, type SampleStatistics } from '../../engine/index.ts'

export interface Moments {
  mean: number
  /** Standard deviation over all values (no correction). */
  spread: number
  /** Share of exact zeros among finite values. */
  zeros: number
}

/** Of the finite values; all zero where there are none. */
export function momentsOf({ count, sum, sumOfSquares, zeros }: SampleStatistics): Moments {
  if (count === 0) return { mean: 0, spread: 0, zeros: 0 }
  const mean = sum / count
  return { mean, spread: Math.sqrt(Math.max(0, sumOfSquares / count - mean * mean)), zeros: zeros / count }
}

/** Widest range of a histogram in standard deviations from the mean: one outlier must not flatten all others. */
const reach = 4

/** Values over a robust range: within four standard deviations of the mean, and within minimum and maximum. */
export function histogramOf(values: Float32Array, step: number, statistics: SampleStatistics): Histogram {
  const { mean, spread } = momentsOf(statistics)
  const { count, min, max, notFinite } = statistics
  let low = count > 0 ? Math.max(min, mean - reach * spread) : 0
  let high = count > 0 ? Math.min(max, mean + reach * spread) : 0
  if (!(high > low)) {
    const air = Math.max(Math.abs(mean) * 1e-3, 1e-12)
    low = mean - air
    high = mean + air
  }
  return { step, low, high, notFinite, ...histogram(values, low, high, histogramBins) }
}
