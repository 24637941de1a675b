import { native } from '../addon.ts'
import { Tensor } from '../tensor.ts'
import { reductionNumber } from './reduction.ts'
import type { Reduction } from './reduction.ts'

/** Negative log-likelihood of int64 targets `[B]` under logits `[B, C]`. */
export function crossEntropy(logits: Tensor, target: Tensor, options?: { reduction?: Reduction }): Tensor {
  return new Tensor(native.crossEntropy(logits.id, target.id, reductionNumber(options?.reduction)))
}

export function mseLoss(input: Tensor, target: Tensor, options?: { reduction?: Reduction }): Tensor {
  return new Tensor(native.mseLoss(input.id, target.id, reductionNumber(options?.reduction)))
}
