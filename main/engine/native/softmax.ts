import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/softmax.cpp. */
export interface SoftmaxNative {
  softmax(x: Handle, dim: number): Handle
  logSoftmax(x: Handle, dim: number): Handle
}
