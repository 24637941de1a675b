import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/loss.cpp. */
export interface LossNative {
  crossEntropy(
    logits: Handle,
    target: Handle,
    reduction: number,
    weight: Handle,
    ignoreIndex: number,
    labelSmoothing: number,
  ): Handle
  nllLoss(
    logProbabilities: Handle,
    target: Handle,
    reduction: number,
    weight: Handle,
    ignoreIndex: number,
  ): Handle
  mseLoss(input: Handle, target: Handle, reduction: number): Handle
  l1Loss(input: Handle, target: Handle, reduction: number): Handle
  huberLoss(input: Handle, target: Handle, reduction: number, delta: number): Handle
  smoothL1Loss(input: Handle, target: Handle, reduction: number, beta: number): Handle
  bceWithLogits(logits: Handle, target: Handle, weight: Handle, posWeight: Handle, reduction: number): Handle
  klDiv(input: Handle, target: Handle, reduction: number, logTarget: boolean): Handle
  cosineSimilarity(a: Handle, b: Handle, dim: number, eps: number): Handle
}
