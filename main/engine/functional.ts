import { native } from './addon.ts'
import type { Ops } from '../common/ops.ts'
import { Tensor } from './tensor.ts'

export type Reduction = 'mean' | 'sum' | 'none'
const reductions = { none: 0, mean: 1, sum: 2 } as const

function reductionNumber(reduction: Reduction | undefined): number {
  const number = reductions[reduction ?? 'mean'] as number | undefined
  if (number === undefined)
    throw new TypeError(`[loss] unknown reduction ${String(reduction)}, use mean, sum or none`)
  return number
}

/** `torch.nn.functional` over native tensors: the ops a layer's forward may call, and more. */
export const F = {
  /** x `[..., in]` @ weight `[out, in]`^T + bias `[out]`. */
  linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
    return new Tensor(native.linear(x.id, weight.id, bias ? bias.id : 0, false))
  },
  /** relu(linear(...)) in one kernel. */
  linearRelu(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
    return new Tensor(native.linear(x.id, weight.id, bias ? bias.id : 0, true))
  },
  relu: (x: Tensor): Tensor => x.relu(),
  tanh: (x: Tensor): Tensor => x.tanh(),
  sigmoid: (x: Tensor): Tensor => x.sigmoid(),
  softmax: (x: Tensor, dim: number): Tensor => x.softmax(dim),
  logSoftmax: (x: Tensor, dim: number): Tensor => x.logSoftmax(dim),
  flatten: (x: Tensor, startDim: number): Tensor => x.flatten(startDim),
  reshape: (x: Tensor, shape: readonly number[]): Tensor => x.reshape(shape),
  /** Zeroes each element with probability p and scales the rest by 1/(1-p); identity when not training. */
  dropout(x: Tensor, p: number, training: boolean): Tensor {
    return new Tensor(native.dropout(x.id, p, training))
  },
  /** Negative log-likelihood of int64 targets `[B]` under logits `[B, C]`. */
  crossEntropy(logits: Tensor, target: Tensor, options?: { reduction?: Reduction }): Tensor {
    return new Tensor(native.crossEntropy(logits.id, target.id, reductionNumber(options?.reduction)))
  },
  mseLoss(input: Tensor, target: Tensor, options?: { reduction?: Reduction }): Tensor {
    return new Tensor(native.mseLoss(input.id, target.id, reductionNumber(options?.reduction)))
  },
  /** a where condition (bool) holds, else b; all three broadcast. */
  where(condition: Tensor, a: Tensor, b: Tensor): Tensor {
    return new Tensor(native.where(condition.id, a.id, b.id))
  },
} satisfies Ops<Tensor> & Record<string, unknown>
