/** Exponential smoothing of a series whose points may be unevenly spaced. */

/**
 * Exponential moving average with the start-up bias removed (as Adam removes it: divide by the sum of the
 * weights). The weight of the past decays with the distance between points relative to the whole range, in
 * units of a thousandth of it, so a curve looks the same however many buckets it was read in, and a sparse
 * series (one value an epoch) stays as it is.
 *
 * @param x ascending positions; @param y values, of the same length; not-finite ones are skipped.
 * @param smoothing 0 (none) to below 1.
 */
export function smooth(x: readonly number[], y: readonly number[], smoothing: number): number[] {
  const first = x[0] ?? 0
  const range = (x[x.length - 1] ?? 0) - first
  if (smoothing <= 0 || range <= 0) return [...y]
  const result = new Array<number>(y.length)
  let sum = 0
  let weight = 0
  let previous = first
  for (let i = 0; i < y.length; i++) {
    const value = y[i] as number
    const position = x[i] as number
    if (!Number.isFinite(value)) {
      result[i] = value
      continue
    }
    const decay = smoothing ** (((position - previous) / range) * 1000)
    sum = sum * decay + value * (1 - smoothing)
    weight = weight * decay + (1 - smoothing)
    previous = position
    result[i] = sum / weight
  }
  return result
}
