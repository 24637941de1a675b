import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/reduce.cpp. */
export interface ReduceNative {
  sum(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  mean(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  amax(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  amin(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  argmax(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  argmin(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  norms(tensors: readonly Handle[]): Float64Array
}
