import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/loss.cpp. */
export interface LossNative {
  crossEntropy(logits: Handle, target: Handle, reduction: number): Handle
  mseLoss(input: Handle, target: Handle, reduction: number): Handle
}
