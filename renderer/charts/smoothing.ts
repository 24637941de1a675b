/** Smoothing of a series whose points may be unevenly spaced: the result follows from the curve, not from how finely it was read. */

/**
 * Exponential moving average with the start-up bias removed (as Adam removes it: divide by the sum of the weights).
 * The weight of the past decays with the distance between points relative to the run's whole range, in units of a
 * thousandth of it, and a point weighs as much as the stretch that it stands for: so a curve keeps its form however many
 * buckets it was read in, also where it was read more finely, and a sparse series (one value an epoch) stays as it is.
 *
 * @param x ascending positions; @param y values, of the same length; not-finite ones are skipped.
 * @param smoothing 0 (none) to below 1.
 * @param range that of the run; of these points unless given.
 */
export function smooth(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  smoothing: number,
  range = rangeOf(x),
): number[] {
  if (smoothing <= 0 || range <= 0) return Array.from(y)
  const result = new Array<number>(y.length)
  let sum = 0
  let weight = 0
  // The first point has none before it: it stands for as much as the second.
  let previous = 2 * (x[0] ?? 0) - (x[1] ?? 0)
  for (let i = 0; i < y.length; i++) {
    const value = y[i] as number
    const position = x[i] as number
    if (!Number.isFinite(value)) {
      result[i] = value
      continue
    }
    const decay = smoothing ** (((position - previous) / range) * 1000)
    sum = sum * decay + value * (1 - decay)
    weight = weight * decay + (1 - decay)
    previous = position
    result[i] = weight > 0 ? sum / weight : value
  }
  return result
}

/**
 * Mean or median of what lies within `width` around each point, so that steps are as steep and peaks stand where they
 * were. Not-finite values are skipped, and stay where they are.
 *
 * @param width in the unit of `x`.
 */
export function smoothWindow(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  width: number,
  kind: 'mean' | 'median',
): number[] {
  if (!(width > 0)) return Array.from(y)
  const result = new Array<number>(y.length)
  const inside = kind === 'mean' ? new Mean() : new Median()
  let low = 0
  let high = 0
  for (let i = 0; i < y.length; i++) {
    const at = x[i] as number
    for (; high < y.length && (x[high] as number) <= at + width / 2; high++) inside.add(y[high] as number)
    for (; (x[low] as number) < at - width / 2; low++) inside.remove(y[low] as number)
    result[i] = Number.isFinite(y[i]) ? inside.value() : (y[i] as number)
  }
  return result
}

class Mean {
  #sum = 0
  /** What rounding took from the sum (Neumaier): or a loss that once was 1e30 would leave nothing of the others. */
  #lost = 0
  #count = 0
  add(value: number): void {
    if (Number.isFinite(value)) this.#change(value, 1)
  }
  remove(value: number): void {
    if (Number.isFinite(value)) this.#change(-value, -1)
  }
  value(): number {
    return (this.#sum + this.#lost) / this.#count
  }
  #change(value: number, points: number): void {
    const next = this.#sum + value
    this.#lost += Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - next + value : value - next + this.#sum
    this.#sum = next
    this.#count += points
  }
}

class Median {
  readonly #sorted: number[] = []
  add(value: number): void {
    if (Number.isFinite(value)) this.#sorted.splice(this.#place(value), 0, value)
  }
  remove(value: number): void {
    if (Number.isFinite(value)) this.#sorted.splice(this.#place(value), 1)
  }
  value(): number {
    const middle = (this.#sorted.length - 1) / 2
    return ((this.#sorted[Math.floor(middle)] ?? NaN) + (this.#sorted[Math.ceil(middle)] ?? NaN)) / 2
  }
  /** Of the first value that is not below. */
  #place(value: number): number {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#sorted[middle] as number) < value) low = middle + 1
      else high = middle
    }
    return low
  }
}

const rangeOf = (x: ArrayLike<number>): number => (x[x.length - 1] ?? 0) - (x[0] ?? 0)
