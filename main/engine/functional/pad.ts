import { native } from '../addon.ts'
import { Tensor } from '../tensor.ts'
import { sizes } from './sizes.ts'
import type { Size } from './sizes.ts'

const padModes = { constant: 0, reflect: 1, replicate: 2, circular: 3 } as const
const interpolateModes = { nearest: 0, linear: 1, bilinear: 2 } as const

export interface PadOptions {
  /** 'reflect' mirrors at the edge place, 'replicate' repeats it, 'circular' goes on at the other end. */
  mode?: keyof typeof padModes
  /** What 'constant' (the default) fills with, default 0. */
  value?: number
}

/**
 * Adds places around x. `amounts` are numbers before and after the last dimension, then before and after the
 * one in front of it, and so on; negative ones take places away. 'constant' works on any dimensions, the
 * other modes on the last one of `[N, C, L]` or `[C, L]` or the last two of `[N, C, H, W]` or `[C, H, W]`.
 */
export function pad(x: Tensor, amounts: readonly number[], options: PadOptions = {}): Tensor {
  const mode = padModes[options.mode ?? 'constant'] as number | undefined
  if (mode === undefined)
    throw new TypeError(
      `[pad] unknown mode ${String(options.mode)}, use constant, reflect, replicate or circular`,
    )
  return new Tensor(native.pad(x.id, amounts, mode, options.value ?? 0))
}

export interface InterpolateOptions {
  /** Of the output, one number or one for each direction; or give scaleFactor. */
  size?: Size
  /** Output size over input size, rounded down. */
  scaleFactor?: Size
  /** 'nearest' (default), 'linear' for `[N, C, L]`, 'bilinear' for `[N, C, H, W]`. */
  mode?: keyof typeof interpolateModes
  /** Whether the corner places of input and output coincide (linear and bilinear), default false. */
  alignCorners?: boolean
}

/** x `[N, C, L]` or `[N, C, H, W]` in another size. */
export function interpolate(x: Tensor, options: InterpolateOptions): Tensor {
  const mode = interpolateModes[options.mode ?? 'nearest'] as number | undefined
  if (mode === undefined)
    throw new TypeError(`[interpolate] unknown mode ${String(options.mode)}, use nearest, linear or bilinear`)
  const scale = sizes(options.scaleFactor)
  const height = scale[0] ?? 0
  const width = scale[scale.length - 1] ?? 0
  return new Tensor(
    native.interpolate(x.id, sizes(options.size), height, width, mode, options.alignCorners ?? false),
  )
}
