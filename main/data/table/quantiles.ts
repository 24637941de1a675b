/** Where a value stands among those of training, and what a normal distribution has there. */
import type { Pace } from '../pace.ts'

const mostQuantiles = 1000
const chunk = 1 << 15

/** Sorted in pieces that are merged, so that no single sort of a million values holds the thread. */
export async function sorted(values: Float64Array, pace: Pace): Promise<Float64Array> {
  let from = Float64Array.from(values)
  for (let begin = 0; begin < from.length; begin += chunk) {
    await pace.rest()
    from.subarray(begin, begin + chunk).sort()
  }
  let into = new Float64Array(from.length)
  for (let width = chunk; width < from.length; width *= 2) {
    for (let begin = 0; begin < from.length; begin += 2 * width) await merge(from, into, begin, width, pace)
    ;[from, into] = [into, from]
  }
  return from
}

async function merge(
  from: Float64Array,
  into: Float64Array,
  begin: number,
  width: number,
  pace: Pace,
): Promise<void> {
  const [middle, end] = [Math.min(begin + width, from.length), Math.min(begin + 2 * width, from.length)]
  let [left, right] = [begin, middle]
  for (let at = begin; at < end; at += 1) {
    if (at % 4096 === 0) await pace.rest()
    const takeLeft = right >= end || (left < middle && from[left]! <= from[right]!)
    into[at] = takeLeft ? from[left++]! : from[right++]!
  }
}

/** The value at a probability, between its neighbours. @param ascending at least one value */
export function valueAt(ascending: Float64Array, probability: number): number {
  const at = probability * (ascending.length - 1)
  const [below, above] = [ascending[Math.floor(at)]!, ascending[Math.ceil(at)]!]
  return below + (above - below) * (at - Math.floor(at))
}

/** At most 1,000 values at equal steps of probability, from the smallest to the largest. */
export function quantileTable(ascending: Float64Array): number[] {
  const steps = Math.min(mostQuantiles, ascending.length)
  return Array.from({ length: steps }, (_, step) => valueAt(ascending, steps === 1 ? 0 : step / (steps - 1)))
}

/**
 * The probability of a value in such a table; of values that fill several steps, their middle. At the ends half a step is
 * kept from 0 and 1, where a normal distribution has infinities.
 */
export function probabilityIn(table: readonly number[], value: number): number {
  const first = bound(table, (entry) => entry >= value)
  const behind = bound(table, (entry) => entry > value)
  const steps = table.length - 1
  let at: number
  if (behind > first) at = (first + behind - 1) / 2
  else if (first === 0) at = 0
  else if (first > steps) at = steps
  else {
    const [below, above] = [table[first - 1]!, table[first]!]
    at = first - 1 + (value - below) / (above - below)
  }
  const margin = 0.5 / table.length
  return Math.min(1 - margin, Math.max(margin, at / Math.max(1, steps)))
}

/** Index of the first entry for which it holds; it holds for all behind it. */
function bound(table: readonly number[], holds: (entry: number) => boolean): number {
  let [low, high] = [0, table.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(table[middle]!)) high = middle
    else low = middle + 1
  }
  return low
}

const tail = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
] as const
const tailBelow = [
  7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1,
] as const
const centre = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
] as const
const centreBelow = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1,
  1,
] as const
const tailFrom = 0.02425

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)

/**
 * The standard normal's value below which it lies with a probability in (0, 1); relative error under 1.2e-9. Rational
 * approximation of P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution function", 2003.
 */
export function normalQuantile(probability: number): number {
  if (probability > 1 - tailFrom) return -normalQuantile(1 - probability)
  if (probability < tailFrom) {
    const q = Math.sqrt(-2 * Math.log(probability))
    return polynomial(tail, q) / polynomial(tailBelow, q)
  }
  const q = probability - 0.5
  return (polynomial(centre, q * q) * q) / polynomial(centreBelow, q * q)
}
