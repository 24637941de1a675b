import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/elementwise.cpp. */
export interface ElementwiseNative {
  neg(x: Handle): Handle
  exp(x: Handle): Handle
  log(x: Handle): Handle
  sqrt(x: Handle): Handle
  abs(x: Handle): Handle
  square(x: Handle): Handle
  relu(x: Handle): Handle
  tanh(x: Handle): Handle
  sigmoid(x: Handle): Handle
  sign(x: Handle): Handle
  logicalNot(x: Handle): Handle
  add(a: Handle, b: Handle): Handle
  sub(a: Handle, b: Handle): Handle
  mul(a: Handle, b: Handle): Handle
  div(a: Handle, b: Handle): Handle
  pow(a: Handle, b: Handle): Handle
  maximum(a: Handle, b: Handle): Handle
  minimum(a: Handle, b: Handle): Handle
  addScalar(a: Handle, b: number): Handle
  subScalar(a: Handle, b: number): Handle
  rsub(a: Handle, b: number): Handle
  mulScalar(a: Handle, b: number): Handle
  divScalar(a: Handle, b: number): Handle
  powScalar(a: Handle, b: number): Handle
  eq(a: Handle, b: Handle): Handle
  ne(a: Handle, b: Handle): Handle
  lt(a: Handle, b: Handle): Handle
  le(a: Handle, b: Handle): Handle
  gt(a: Handle, b: Handle): Handle
  ge(a: Handle, b: Handle): Handle
  eqScalar(a: Handle, b: number): Handle
  neScalar(a: Handle, b: number): Handle
  ltScalar(a: Handle, b: number): Handle
  leScalar(a: Handle, b: number): Handle
  gtScalar(a: Handle, b: number): Handle
  geScalar(a: Handle, b: number): Handle
  where(condition: Handle, a: Handle, b: Handle): Handle
}
