import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/norm.cpp. */
export interface NormNative {
  layerNorm(x: Handle, shape: readonly number[], weight: Handle, bias: Handle, eps: number): Handle
  rmsNorm(x: Handle, shape: readonly number[], weight: Handle, eps: number): Handle
  groupNorm(x: Handle, groups: number, weight: Handle, bias: Handle, eps: number): Handle
}
