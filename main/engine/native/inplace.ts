import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/inplace.cpp. */
export interface InplaceNative {
  add_(self: Handle, other: Handle): void
  sub_(self: Handle, other: Handle): void
  mul_(self: Handle, other: Handle): void
  div_(self: Handle, other: Handle): void
  addScalar_(self: Handle, other: number): void
  subScalar_(self: Handle, other: number): void
  mulScalar_(self: Handle, other: number): void
  divScalar_(self: Handle, other: number): void
  copy_(self: Handle, source: Handle): void
  fill_(self: Handle, value: number): void
  uniform_(self: Handle, low: number, high: number): void
  normal_(self: Handle, mean: number, std: number): void
}
