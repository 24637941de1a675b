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
  clamp_(self: Handle, low: number, high: number): void
  relu_(self: Handle): void
  lerp_(self: Handle, end: Handle, weight: number): void
  addcmul_(self: Handle, a: Handle, b: Handle, value: number): void
  addcdiv_(self: Handle, a: Handle, b: Handle, value: number): void
  maskedFill_(self: Handle, mask: Handle, value: number): void
  indexAdd_(self: Handle, dim: number, index: Handle, source: Handle): void
  scatterAdd_(self: Handle, dim: number, index: Handle, source: Handle): void
  uniform_(self: Handle, low: number, high: number): void
  normal_(self: Handle, mean: number, std: number): void
}
