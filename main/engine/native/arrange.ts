import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/arrange.cpp. */
export interface ArrangeNative {
  cat(tensors: readonly Handle[], dim: number): Handle
  stack(tensors: readonly Handle[], dim: number): Handle
  split(x: Handle, size: number, dim: number): Handle[]
  splitSizes(x: Handle, sizes: readonly number[], dim: number): Handle[]
  chunk(x: Handle, count: number, dim: number): Handle[]
  unbind(x: Handle, dim: number): Handle[]
  repeat(x: Handle, counts: readonly number[]): Handle
  tile(x: Handle, counts: readonly number[]): Handle
  flip(x: Handle, dims: readonly number[]): Handle
  roll(x: Handle, shifts: readonly number[], dims: readonly number[]): Handle
  tril(x: Handle, diagonal: number): Handle
  triu(x: Handle, diagonal: number): Handle
  diagonal(x: Handle, offset: number, a: number, b: number): Handle
  movedim(x: Handle, from: readonly number[], to: readonly number[]): Handle
  unflatten(x: Handle, dim: number, sizes: readonly number[]): Handle
  unfold(x: Handle, dim: number, size: number, step: number): Handle
}
