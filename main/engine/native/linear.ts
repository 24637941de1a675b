import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/linear.cpp. */
export interface LinearNative {
  matmul(a: Handle, b: Handle): Handle
  bmm(a: Handle, b: Handle): Handle
  addmm(c: Handle, a: Handle, b: Handle, beta: number, alpha: number): Handle
  baddbmm(c: Handle, a: Handle, b: Handle, beta: number, alpha: number): Handle
  dot(a: Handle, b: Handle): Handle
  mv(a: Handle, b: Handle): Handle
  outer(a: Handle, b: Handle): Handle
  linear(x: Handle, weight: Handle, bias: Handle, activation: number): Handle
}
