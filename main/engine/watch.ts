/** Looking at tensors while a network trains, cheap enough to be done on the way: nothing is recorded or kept. */
import { native } from './addon.ts'
import type { Tensor } from './tensor.ts'

/** Of some values; sums, least and greatest are of the finite ones. */
export interface SampleStatistics {
  /** Finite values. */
  count: number
  /** NaN and infinities. */
  notFinite: number
  zeros: number
  /** Values below `low` or above `high`, infinities included. */
  beyond: number
  sum: number
  sumOfSquares: number
  /** Infinity, and `max` -Infinity, where no value is finite. */
  min: number
  max: number
}

const found = new Float64Array(8)
let counted = new Uint32Array(0)

/**
 * Values a sample takes of a tensor: every `distance`-th as they lie in memory, the last `numel % distance` left out; all
 * of a tensor of fewer than `distance`.
 */
export function sampleLength(numel: number, distance: number): number {
  return numel < distance ? numel : Math.floor(numel / distance)
}

/**
 * Reads a sample of the tensors, one after another, into `sample` and measures it, in one native call. Any dtype.
 * With `difference`, `sample` holds what an earlier call read of the same tensors: it becomes, and measured is, how much
 * they have changed since.
 *
 * @param sample as long as the `sampleLength` of all tensors together
 * @throws TAPE_SHAPE when it is not
 */
export function sampleStatistics(
  tensors: readonly Tensor[],
  distance: number,
  sample: Float32Array,
  options: { difference?: boolean; low?: number; high?: number } = {},
): SampleStatistics {
  const { difference = false, low = -Infinity, high = Infinity } = options
  const ids = tensors.map((tensor) => tensor.id)
  native.sampleStatistics(ids, distance, difference, low, high, sample, found)
  const [count, notFinite, zeros, beyond, sum, sumOfSquares, min, max] = found as unknown as Eight
  return { count, notFinite, zeros, beyond, sum, sumOfSquares, min, max }
}
type Eight = [number, number, number, number, number, number, number, number]

/**
 * Finite values by `bins` parts of `low..high` of equal width, `high` itself in the last, and how many are below and above.
 *
 * @throws TAPE_VALUE unless `low < high`
 */
export function histogram(
  values: Float32Array,
  low: number,
  high: number,
  bins: number,
): { below: number; above: number; counts: number[] } {
  if (counted.length !== bins + 2) counted = new Uint32Array(bins + 2)
  native.histogram(values, low, high, counted)
  return {
    below: counted[0] as number,
    above: counted[bins + 1] as number,
    counts: Array.from(counted.subarray(1, bins + 1)),
  }
}

/**
 * Counts, for each unit (index along `dim`), in how many calls in a row `x` was all zeros there; any other value begins
 * anew.
 *
 * @param window calls in a row that are asked about
 * @param silent the counts, one for each unit, kept by the caller; all zeros at first
 * @returns how many units have been silent for `window` calls or more
 */
export function silentUnits(x: Tensor, dim: number, window: number, silent: Uint16Array): number {
  return native.silentUnits(x.id, dim, window, silent)
}
