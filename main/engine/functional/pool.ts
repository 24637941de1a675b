import { native } from '../addon.ts'
import { Tensor } from '../tensor.ts'
import { sizes } from './sizes.ts'
import type { Size } from './sizes.ts'

export interface MaxPoolOptions {
  /** Places between windows, default the kernel's size. */
  stride?: Size
  /** Places outside the image that windows may reach, at most half the kernel, default 0. */
  padding?: Size
  dilation?: Size
  /** Lets the last window run over the end, so that nothing is left out. */
  ceilMode?: boolean
}

export interface AvgPoolOptions {
  stride?: Size
  padding?: Size
  ceilMode?: boolean
  /** Whether the zeros of the padding count as places, default true. */
  countIncludePad?: boolean
}

/** A size for each direction, null for the input's own. */
export type AdaptiveSize = number | readonly (number | null)[]

const adaptive = (size: AdaptiveSize): readonly number[] =>
  typeof size === 'number' ? [size] : size.map((n) => n ?? -1)

/** Greatest of every window of x `[N, C, L]` or `[C, L]`; of equals the first gets the gradient. */
export function maxPool1d(x: Tensor, kernelSize: Size, options: MaxPoolOptions = {}): Tensor {
  const { stride, padding, dilation, ceilMode = false } = options
  return new Tensor(
    native.maxPool1d(x.id, sizes(kernelSize), sizes(stride), sizes(padding), sizes(dilation), ceilMode),
  )
}

/** Greatest of every window of x `[N, C, H, W]` or `[C, H, W]`; of equals the first gets the gradient. */
export function maxPool2d(x: Tensor, kernelSize: Size, options: MaxPoolOptions = {}): Tensor {
  const { stride, padding, dilation, ceilMode = false } = options
  return new Tensor(
    native.maxPool2d(x.id, sizes(kernelSize), sizes(stride), sizes(padding), sizes(dilation), ceilMode),
  )
}

/** Mean of every window of x `[N, C, L]` or `[C, L]`. */
export function avgPool1d(x: Tensor, kernelSize: Size, options: AvgPoolOptions = {}): Tensor {
  const { stride, padding, ceilMode = false, countIncludePad = true } = options
  return new Tensor(
    native.avgPool1d(x.id, sizes(kernelSize), sizes(stride), sizes(padding), ceilMode, countIncludePad),
  )
}

/** Mean of every window of x `[N, C, H, W]` or `[C, H, W]`. */
export function avgPool2d(x: Tensor, kernelSize: Size, options: AvgPoolOptions = {}): Tensor {
  const { stride, padding, ceilMode = false, countIncludePad = true } = options
  return new Tensor(
    native.avgPool2d(x.id, sizes(kernelSize), sizes(stride), sizes(padding), ceilMode, countIncludePad),
  )
}

/**
 * Greatest of `outputSize` windows that cut x `[N, C, L]` into nearly equal parts: window i covers
 * `floor(i L / n)` up to `ceil((i + 1) L / n)`. Any length gives the same output size.
 */
export function adaptiveMaxPool1d(x: Tensor, outputSize: AdaptiveSize): Tensor {
  return new Tensor(native.adaptiveMaxPool1d(x.id, adaptive(outputSize)))
}

/** As adaptiveMaxPool1d, for images `[N, C, H, W]`. */
export function adaptiveMaxPool2d(x: Tensor, outputSize: AdaptiveSize): Tensor {
  return new Tensor(native.adaptiveMaxPool2d(x.id, adaptive(outputSize)))
}

/** Means of the windows of adaptiveMaxPool1d. */
export function adaptiveAvgPool1d(x: Tensor, outputSize: AdaptiveSize): Tensor {
  return new Tensor(native.adaptiveAvgPool1d(x.id, adaptive(outputSize)))
}

/** Means of the windows of adaptiveMaxPool2d; with `outputSize` 1 the global average. */
export function adaptiveAvgPool2d(x: Tensor, outputSize: AdaptiveSize): Tensor {
  return new Tensor(native.adaptiveAvgPool2d(x.id, adaptive(outputSize)))
}
