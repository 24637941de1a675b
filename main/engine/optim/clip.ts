import { native } from '../addon.ts'
import type { Tensor } from '../tensor.ts'
import { idsOf } from './group.ts'

/**
 * Scales the gradients of `params` in place so that their norm together is at most `maxNorm`, and returns what
 * it was. `step({ maxNorm })` does the same without changing the gradients, inside the update. As in PyTorch a
 * norm that is not finite spoils every gradient: test the result.
 */
export function clipGradNorm(
  params: readonly Tensor[],
  maxNorm: number,
  options: { normType?: 2 | typeof Infinity } = {},
): number {
  const { normType = 2 } = options
  if (normType !== 2 && normType !== Infinity)
    throw new TypeError(`[clipGradNorm] normType must be 2 or Infinity, got ${String(normType)}`)
  return native.clipGradNorm(idsOf('clipGradNorm', params), maxNorm, normType === Infinity)
}

/** Clamps every element of the gradients of `params` to -maxValue..maxValue, in place. */
export function clipGradValue(params: readonly Tensor[], maxValue: number): void {
  native.clipGradValue(idsOf('clipGradValue', params), maxValue)
}
