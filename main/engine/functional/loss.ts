import { native } from '../addon.ts'
import { Tensor } from '../tensor.ts'
import { reductionNumber } from './reduction.ts'
import type { Reduction } from './reduction.ts'

export interface ReductionOption {
  /** mean unless given. */
  reduction?: Reduction
}

export interface ClassLossOptions extends ReductionOption {
  /** `[C]`, how much each class counts; a mean is weighted by it. It has no gradient. */
  weight?: Tensor | null
  /** Rows with this label count nothing; -100 unless given. */
  ignoreIndex?: number
}

/**
 * Negative log-likelihood under softmax(logits). logits `[B, C]`, `[B, C, d1, ...]` or `[C]`; target int64 class
 * numbers without the class dimension, or probabilities in the shape of logits. `labelSmoothing` spreads that
 * share of the target over all classes (Szegedy et al. 2016). A mean over rows that are all ignored is NaN.
 */
export function crossEntropy(
  logits: Tensor,
  target: Tensor,
  options?: ClassLossOptions & { labelSmoothing?: number },
): Tensor {
  const reduction = reductionNumber(options?.reduction)
  const ignored = options?.ignoreIndex ?? -100
  return new Tensor(
    native.crossEntropy(
      logits.id,
      target.id,
      reduction,
      options?.weight?.id ?? 0,
      ignored,
      options?.labelSmoothing ?? 0,
    ),
  )
}

/** As crossEntropy for log-probabilities. */
export function nllLoss(logProbabilities: Tensor, target: Tensor, options?: ClassLossOptions): Tensor {
  const reduction = reductionNumber(options?.reduction)
  const ignored = options?.ignoreIndex ?? -100
  return new Tensor(
    native.nllLoss(logProbabilities.id, target.id, reduction, options?.weight?.id ?? 0, ignored),
  )
}

/** (input - target)^2; both in the same shape. */
export function mseLoss(input: Tensor, target: Tensor, options?: ReductionOption): Tensor {
  return new Tensor(native.mseLoss(input.id, target.id, reductionNumber(options?.reduction)))
}

/** |input - target|. */
export function l1Loss(input: Tensor, target: Tensor, options?: ReductionOption): Tensor {
  return new Tensor(native.l1Loss(input.id, target.id, reductionNumber(options?.reduction)))
}

/** 0.5 d^2 where |d| < delta, else delta (|d| - 0.5 delta), d being input - target (Huber 1964). */
export function huberLoss(
  input: Tensor,
  target: Tensor,
  options?: ReductionOption & { delta?: number },
): Tensor {
  const reduction = reductionNumber(options?.reduction)
  return new Tensor(native.huberLoss(input.id, target.id, reduction, options?.delta ?? 1))
}

/** huberLoss divided by beta (Girshick 2015); beta 0 is l1Loss. */
export function smoothL1Loss(
  input: Tensor,
  target: Tensor,
  options?: ReductionOption & { beta?: number },
): Tensor {
  const reduction = reductionNumber(options?.reduction)
  return new Tensor(native.smoothL1Loss(input.id, target.id, reduction, options?.beta ?? 1))
}

/**
 * Binary cross-entropy of sigmoid(logits) against target in 0..1, both in the same shape; exact for logits of
 * any size. `weight` and `posWeight` (how much positive examples count) broadcast to that shape and have no
 * gradient.
 */
export function bceWithLogits(
  logits: Tensor,
  target: Tensor,
  options?: ReductionOption & { weight?: Tensor | null; posWeight?: Tensor | null },
): Tensor {
  const reduction = reductionNumber(options?.reduction)
  return new Tensor(
    native.bceWithLogits(
      logits.id,
      target.id,
      options?.weight?.id ?? 0,
      options?.posWeight?.id ?? 0,
      reduction,
    ),
  )
}

/**
 * target (log target - input), where input holds log-probabilities, and target too with `logTarget`. The mean is
 * over elements; batchmean, the divergence itself, divides by the first dimension.
 */
export function klDiv(
  input: Tensor,
  target: Tensor,
  options?: { reduction?: Reduction | 'batchmean'; logTarget?: boolean },
): Tensor {
  const log = options?.logTarget ?? false
  const kind = options?.reduction
  const reduction = reductionNumber(kind === 'batchmean' ? 'sum' : kind)
  const loss = new Tensor(native.klDiv(input.id, target.id, reduction, log))
  return kind === 'batchmean' ? loss.div(input.shape[0] ?? 1) : loss
}

/** a . b / (max(|a|, eps) max(|b|, eps)) along `dim` (1 unless given); shapes broadcast. */
export function cosineSimilarity(a: Tensor, b: Tensor, options?: { dim?: number; eps?: number }): Tensor {
  return new Tensor(native.cosineSimilarity(a.id, b.id, options?.dim ?? 1, options?.eps ?? 1e-8))
}
