import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/indexing.cpp. */
export interface IndexingNative {
  indexSelect(x: Handle, dim: number, index: Handle): Handle
  indexAdd(x: Handle, dim: number, index: Handle, source: Handle): Handle
  gather(x: Handle, dim: number, index: Handle): Handle
  takeAlongDim(x: Handle, index: Handle, dim: number): Handle
  scatter(x: Handle, dim: number, index: Handle, source: Handle): Handle
  scatterScalar(x: Handle, dim: number, index: Handle, value: number): Handle
  scatterAdd(x: Handle, dim: number, index: Handle, source: Handle): Handle
  maskedSelect(x: Handle, mask: Handle): Handle
  nonzero(x: Handle): Handle
  oneHot(index: Handle, classes: number): Handle
  /** [values, indices] */
  sort(x: Handle, dim: number, descending: boolean): [Handle, Handle]
  argsort(x: Handle, dim: number, descending: boolean): Handle
  /** [values, indices] */
  topk(x: Handle, count: number, dim: number, largest: boolean): [Handle, Handle]
}
