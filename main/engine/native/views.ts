import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/views.cpp. */
export interface ViewsNative {
  reshape(x: Handle, shape: readonly number[]): Handle
  view(x: Handle, shape: readonly number[]): Handle
  transpose(x: Handle, a: number, b: number): Handle
  permute(x: Handle, order: readonly number[]): Handle
  narrow(x: Handle, dim: number, start: number, length: number): Handle
  select(x: Handle, dim: number, index: number): Handle
  expand(x: Handle, shape: readonly number[]): Handle
  squeeze(x: Handle): Handle
  squeezeDim(x: Handle, dim: number): Handle
  unsqueeze(x: Handle, dim: number): Handle
  flatten(x: Handle, start: number, end: number): Handle
  contiguous(x: Handle): Handle
  clone(x: Handle): Handle
  to(x: Handle, dtype: number): Handle
  toDevice(x: Handle, device: number): Handle
  bring(x: Handle, device: number): Handle
  device(x: Handle): number
}
