import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/masked.cpp. */
export interface MaskedNative {
  lengthsMask(lengths: Handle, steps: number): Handle
  maskedMean(x: Handle, lengths: Handle): Handle
  maskedMax(x: Handle, lengths: Handle): Handle
}
