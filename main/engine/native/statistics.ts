import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/statistics.cpp. No dims means all of them. */
export interface StatisticsNative {
  var(x: Handle, dims: readonly number[], correction: number, keepdim: boolean): Handle
  std(x: Handle, dims: readonly number[], correction: number, keepdim: boolean): Handle
  prod(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  logsumexp(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  norm(x: Handle, p: number, dims: readonly number[], keepdim: boolean): Handle
  countNonzero(x: Handle, dims: readonly number[]): Handle
  any(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  all(x: Handle, dims: readonly number[], keepdim: boolean): Handle
  cumsum(x: Handle, dim: number): Handle
  /** [values, indices] */
  maxAlong(x: Handle, dim: number, keepdim: boolean): [Handle, Handle]
  minAlong(x: Handle, dim: number, keepdim: boolean): [Handle, Handle]
}
