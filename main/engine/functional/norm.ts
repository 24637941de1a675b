import { native } from '../addon.ts'
import { Tensor } from '../tensor.ts'

/** The dimensions a norm runs over: one size, or the sizes of the last dimensions. */
export type NormalizedShape = number | readonly number[]
const sizes = (shape: NormalizedShape): readonly number[] => (typeof shape === 'number' ? [shape] : shape)

/**
 * (x - mean) / sqrt(variance + eps) * weight + bias over the last dimensions, which must be `normalizedShape`;
 * weight and bias have that shape (Ba, Kiros and Hinton 2016). The variance is the biased one. eps is 1e-5
 * unless given.
 */
export function layerNorm(
  x: Tensor,
  normalizedShape: NormalizedShape,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  options?: { eps?: number },
): Tensor {
  const shape = sizes(normalizedShape)
  return new Tensor(native.layerNorm(x.id, shape, weight?.id ?? 0, bias?.id ?? 0, options?.eps ?? 1e-5))
}

/**
 * x / sqrt(mean(x^2) + eps) * weight over the last dimensions (Zhang and Sennrich 2019). Without eps: the
 * machine epsilon of x's dtype, as in PyTorch.
 */
export function rmsNorm(
  x: Tensor,
  normalizedShape: NormalizedShape,
  weight: Tensor | null = null,
  options?: { eps?: number },
): Tensor {
  return new Tensor(native.rmsNorm(x.id, sizes(normalizedShape), weight?.id ?? 0, options?.eps ?? -1))
}

/**
 * Normalises each of `groups` groups of neighbouring channels of x `[B, C, ...]`; weight and bias `[C]` (Wu and
 * He 2018). `groups` = C normalises each channel alone (instance norm). eps is 1e-5 unless given.
 */
export function groupNorm(
  x: Tensor,
  groups: number,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  options?: { eps?: number },
): Tensor {
  return new Tensor(native.groupNorm(x.id, groups, weight?.id ?? 0, bias?.id ?? 0, options?.eps ?? 1e-5))
}
