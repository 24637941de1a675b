import { native } from '../addon.ts'
import { Tensor } from '../tensor.ts'

/** Every tensor is `[C]` and may be left out. */
export interface BatchNormOptions {
  /** Statistics of evaluation; training moves them in place, the variance without bias. */
  runningMean?: Tensor | null
  runningVar?: Tensor | null
  weight?: Tensor | null
  bias?: Tensor | null
  /** Whether to use the batch's own statistics, default false. */
  training?: boolean
  /** Share of the new batch in the running statistics, default 0.1. */
  momentum?: number
  /** Added to the variance, default 1e-5. */
  eps?: number
}

/**
 * `(x - mean) / sqrt(variance + eps) * weight + bias` for every channel of x `[N, C]`, `[N, C, L]` or
 * `[N, C, H, W]` (Ioffe and Szegedy 2015). Training needs more than one value in each channel.
 */
export function batchNorm(x: Tensor, options: BatchNormOptions): Tensor {
  const { runningMean, runningVar, weight, bias, training = false, momentum = 0.1, eps = 1e-5 } = options
  return new Tensor(
    native.batchNorm(
      x.id,
      runningMean?.id ?? 0,
      runningVar?.id ?? 0,
      weight?.id ?? 0,
      bias?.id ?? 0,
      training,
      momentum,
      eps,
    ),
  )
}
