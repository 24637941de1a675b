import { native } from '../addon.ts'
import { Tensor } from '../tensor.ts'
import { sizes } from './sizes.ts'
import type { Size } from './sizes.ts'

export interface ConvOptions {
  /** Places between windows, default 1. */
  stride?: Size
  /** Zeros on both sides, default 0. 'same' keeps the size (an odd one goes to the end), 'valid' is 0. */
  padding?: Size | 'same' | 'valid'
  /** Places between the taps of a window, default 1. */
  dilation?: Size
  /** Parts the channels are split into, each with weights of its own, default 1. */
  groups?: number
}

export interface ConvTransposeOptions {
  stride?: Size
  /** How many rows and columns the output loses on each side, default 0. */
  padding?: Size
  /** Rows and columns added at the end, less than stride or dilation, default 0. */
  outputPadding?: Size
  dilation?: Size
  groups?: number
}

const none: readonly number[] = Object.freeze([])

function paddingOf(where: string, padding: ConvOptions['padding']): readonly number[] {
  if (typeof padding !== 'string') return sizes(padding)
  if (padding !== 'same' && padding !== 'valid')
    throw new TypeError(`[${where}] unknown padding ${String(padding)}, use a number, 'same' or 'valid'`)
  return none
}

/**
 * Cross-correlation of signals. x `[N, C, L]` or `[C, L]`, weight `[O, C / groups, K]`, bias `[O]`; the
 * output has `floor((L + 2 padding - dilation (K - 1) - 1) / stride) + 1` places.
 */
export function conv1d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvOptions = {},
): Tensor {
  const { stride, padding, dilation, groups = 1 } = options
  const amount = paddingOf('conv1d', padding)
  const same = padding === 'same'
  return new Tensor(
    native.conv1d(x.id, weight.id, bias ? bias.id : 0, sizes(stride), amount, sizes(dilation), groups, same),
  )
}

function image(x: Tensor, weight: Tensor, bias: Tensor | null, o: ConvOptions, fuseRelu: boolean): Tensor {
  const amount = paddingOf('conv2d', o.padding)
  const same = o.padding === 'same'
  const stride = sizes(o.stride)
  const dilation = sizes(o.dilation)
  return new Tensor(
    native.conv2d(x.id, weight.id, bias?.id ?? 0, stride, amount, dilation, o.groups ?? 1, same, fuseRelu),
  )
}

/**
 * Cross-correlation of images. x `[N, C, H, W]` or `[C, H, W]`, weight `[O, C / groups, KH, KW]`, bias
 * `[O]`; sizes as conv1d's, height and width each. The result is channels-last in memory.
 */
export function conv2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvOptions = {},
): Tensor {
  return image(x, weight, bias, options, false)
}

/** relu(conv2d(...)) in one kernel. */
export function conv2dRelu(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvOptions = {},
): Tensor {
  return image(x, weight, bias, options, true)
}

function transposed(
  op: typeof native.convTranspose1d,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: ConvTransposeOptions,
): Tensor {
  const { stride, padding, outputPadding, dilation, groups = 1 } = options
  return new Tensor(
    op(
      x.id,
      weight.id,
      bias ? bias.id : 0,
      sizes(stride),
      sizes(padding),
      sizes(dilation),
      groups,
      sizes(outputPadding),
    ),
  )
}

/**
 * The gradient of conv1d in its input, as an op. x `[N, C, L]`, weight `[C, O / groups, K]`; the output has
 * `(L - 1) stride - 2 padding + dilation (K - 1) + outputPadding + 1` places.
 */
export function convTranspose1d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTransposeOptions = {},
): Tensor {
  return transposed(native.convTranspose1d, x, weight, bias, options)
}

/** As convTranspose1d, for images: x `[N, C, H, W]`, weight `[C, O / groups, KH, KW]`. */
export function convTranspose2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTransposeOptions = {},
): Tensor {
  return transposed(native.convTranspose2d, x, weight, bias, options)
}
