import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/reduce.cpp. */
export interface ReduceNative {
  sum(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  mean(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  max(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  min(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  argmax(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  norms(tensors: readonly Handle[]): Float64Array
}
