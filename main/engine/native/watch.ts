import type { Handle } from './handle.ts'

/** Entry points of native/src/node/watch.cpp. */
export interface WatchNative {
  /** `out`: count, not finite, zeros, beyond, sum, sum of squares, min, max. */
  sampleStatistics(
    tensors: readonly Handle[],
    distance: number,
    difference: boolean,
    low: number,
    high: number,
    sample: Float32Array,
    out: Float64Array,
  ): void
  /** `counts`: below, each bin, above. */
  histogram(values: Float32Array, low: number, high: number, counts: Uint32Array): void
  silentUnits(x: Handle, dim: number, window: number, silent: Uint16Array): number
}
