import { native } from '../addon.ts'
import { Tensor } from '../tensor.ts'

/** int64 lengths `[B]` in 0..steps -> bool `[B, steps]`, true before each sequence's end. */
export function lengthsMask(lengths: Tensor, steps: number): Tensor {
  return new Tensor(native.lengthsMask(lengths.id, steps))
}

/** Mean over the true steps of padded sequences: x `[B, T, ...]`, int64 lengths `[B]` in 1..T -> `[B, ...]`. */
export function maskedMean(x: Tensor, lengths: Tensor): Tensor {
  return new Tensor(native.maskedMean(x.id, lengths.id))
}

/** Maximum over the true steps, as maskedMean; equal greatest steps share the gradient. */
export function maskedMax(x: Tensor, lengths: Tensor): Tensor {
  return new Tensor(native.maskedMax(x.id, lengths.id))
}
