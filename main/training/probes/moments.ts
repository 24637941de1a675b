/** Statistics and histograms of values in a buffer. Pure. */
import { histogramBins, type Histogram } from '../../common/health/figures.ts'

export interface Moments {
  mean: number
  /** Standard deviation over all values (no correction). */
  spread: number
  sumOfSquares: number
  /** Share of exact zeros among finite values. */
  zeros: number
  notFinite: number
  /** Finite values. */
  count: number
  min: number
  max: number
}

/** Of the finite values; those that are not are counted. All zero where there are none. */
export function momentsOf(values: Float32Array): Moments {
  let sum = 0
  let squares = 0
  let zeros = 0
  let notFinite = 0
  let min = Infinity
  let max = -Infinity
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    // Also true of the infinities: their difference is not a number.
    if (value - value !== 0) {
      notFinite++
      continue
    }
    sum += value
    squares += value * value
    if (value === 0) zeros++
    if (value < min) min = value
    if (value > max) max = value
  }
  const count = values.length - notFinite
  if (count === 0) return { mean: 0, spread: 0, sumOfSquares: 0, zeros: 0, notFinite, count, min: 0, max: 0 }
  const mean = sum / count
  return {
    mean,
    spread: Math.sqrt(Math.max(0, squares / count - mean * mean)),
    sumOfSquares: squares,
    zeros: zeros / count,
    notFinite,
    count,
    min,
    max,
  }
}

/** The share of values whose size is above `bound`. */
export function shareBeyond(values: Float32Array, low: number, high: number): number {
  let beyond = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (value < low || value > high) beyond++
  }
  return values.length === 0 ? 0 : beyond / values.length
}

/** Widest range of a histogram in standard deviations from the mean: one outlier must not flatten all others. */
const reach = 4

/** Values over a robust range: within four standard deviations of the mean, and within minimum and maximum. */
export function histogramOf(values: Float32Array, step: number, moments: Moments): Histogram {
  const { mean, spread, notFinite } = moments
  let low = Math.max(moments.min, mean - reach * spread)
  let high = Math.min(moments.max, mean + reach * spread)
  if (!(high > low)) {
    const air = Math.max(Math.abs(mean) * 1e-3, 1e-12)
    low = mean - air
    high = mean + air
  }
  const counts = new Array<number>(histogramBins).fill(0)
  const perUnit = histogramBins / (high - low)
  let below = 0
  let above = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (value - value !== 0) continue
    if (value < low) below++
    else if (value > high) above++
    else {
      const bin = Math.min(histogramBins - 1, Math.floor((value - low) * perUnit))
      counts[bin] = (counts[bin] as number) + 1
    }
  }
  return { step, low, high, below, above, notFinite, counts }
}
