import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/linear.cpp. */
export interface LinearNative {
  matmul(a: Handle, b: Handle): Handle
  linear(x: Handle, weight: Handle, bias: Handle, fuseRelu: boolean): Handle
}
