/**
 * The operations a layer's forward may call, over any tensor type. Implemented by `main/engine` (F).
 * Names, argument order and semantics are PyTorch's `torch.nn.functional`.
 */
export interface Ops<T> {
  /** y = x W^T + b over the last axis. x `[..., in]`, weight `[out, in]`, bias `[out]`. */
  linear(x: T, weight: T, bias: T | null): T
  relu(x: T): T
  tanh(x: T): T
  sigmoid(x: T): T
  softmax(x: T, dim: number): T
  /** Merges all axes from `startDim` on into one. */
  flatten(x: T, startDim: number): T
  reshape(x: T, shape: readonly number[]): T
  /** Zeroes each element with probability p and scales the rest by 1/(1-p); identity when not training. */
  dropout(x: T, p: number, training: boolean): T
  /** Mean negative log-likelihood of int64 targets `[B]` under logits `[B, C]`; a scalar. */
  crossEntropy(logits: T, target: T): T
}
