import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/activation.cpp. */
export interface ActivationNative {
  gelu(x: Handle, tanhForm: boolean): Handle
  silu(x: Handle): Handle
  mish(x: Handle): Handle
  leakyRelu(x: Handle, slope: number): Handle
  elu(x: Handle, alpha: number): Handle
  selu(x: Handle): Handle
  softplus(x: Handle, beta: number, threshold: number): Handle
  logSigmoid(x: Handle): Handle
  hardtanh(x: Handle, low: number, high: number): Handle
  relu6(x: Handle): Handle
  hardsigmoid(x: Handle): Handle
  hardswish(x: Handle): Handle
}
