/** Operations that slide a window over images and sequences, or lay them out in another size. */
import { add, multiply, type Dim } from '../../common/dims.ts'
import { placesOf, reachOf, type Window } from '../../common/layers/windows.ts'
import type { AvgPoolOptions, ConvOptions, MaxPoolOptions, Ops, Size } from '../../common/ops.ts'
import type { Attributes } from './graph.ts'
import { notInOnnx } from './refusal.ts'
import { resized, shapeTensor } from './shaping.ts'
import type { Traced } from './traced.ts'

const each = (size: Size | undefined, axes: number, otherwise: number): readonly number[] =>
  typeof size === 'object' ? size : new Array<number>(axes).fill(size ?? otherwise)

/** Axes behind the batch and the channels. */
const places = (x: Traced): readonly Dim[] => x.dims.slice(2)

const attributesOf = (windows: readonly Window[]): Attributes => ({
  kernel_shape: { ints: windows.map(({ kernel }) => kernel) },
  strides: { ints: windows.map(({ stride }) => stride) },
  dilations: { ints: windows.map(({ dilation }) => dilation) },
  pads: { ints: [...windows.map(({ before }) => before), ...windows.map(({ after }) => after)] },
})

const slid = (x: Traced, channels: Dim, windows: readonly Window[]): Dim[] => [
  x.dim(0),
  channels,
  ...windows.map((window, i) => placesOf(places(x)[i] as Dim, window)),
]

function convolution(
  x: Traced,
  weight: Traced,
  bias: Traced | null | undefined,
  { stride, padding = 0, dilation, groups = 1 }: ConvOptions = {},
): Traced {
  const kernels = weight.dims.slice(2).map(Number)
  const windows = kernels.map((kernel, i): Window => {
    const axes = kernels.length
    const reach = { kernel, dilation: each(dilation, axes, 1)[i] ?? 1 }
    const total = reachOf(reach) - 1
    const around = each(padding === 'valid' || padding === 'same' ? 0 : padding, axes, 0)[i] ?? 0
    const before = padding === 'same' ? Math.floor(total / 2) : around
    const after = padding === 'same' ? total - before : around
    return { ...reach, stride: each(stride, axes, 1)[i] ?? 1, before, after }
  })
  const attributes = { ...attributesOf(windows), group: { i: groups } }
  const dims = slid(x, weight.dim(0), windows)
  return x.graph.one('Conv', bias ? [x, weight, bias] : [x, weight], attributes, dims, x.dtype)
}

function pool(
  op: string,
  x: Traced,
  kernelSize: Size,
  { stride, padding, dilation, ceilMode }: MaxPoolOptions & AvgPoolOptions,
  more: Attributes,
): Traced {
  if (ceilMode) throw notInOnnx('its windows reach over the edge')
  const axes = places(x).length
  const windows = each(kernelSize, axes, 1).map((kernel, i): Window => {
    const around = each(padding, axes, 0)[i] ?? 0
    const steps = each(stride ?? kernelSize, axes, 1)[i] ?? 1
    return { kernel, stride: steps, dilation: each(dilation, axes, 1)[i] ?? 1, before: around, after: around }
  })
  const { dilations, ...attributes } = attributesOf(windows)
  const all = { ...attributes, ...(dilation === undefined ? {} : { dilations: dilations! }), ...more }
  return x.graph.one(op, [x], all, slid(x, x.dim(1), windows), x.dtype)
}

const maxPool = (x: Traced, kernelSize: Size, options: MaxPoolOptions = {}): Traced =>
  pool('MaxPool', x, kernelSize, options, {})
const averagePool = (x: Traced, kernelSize: Size, options: AvgPoolOptions = {}): Traced =>
  pool('AveragePool', x, kernelSize, options, {
    count_include_pad: { i: options.countIncludePad === false ? 0 : 1 },
  })

/**
 * bool `[parts, size]`: which places belong to each of so many nearly equal parts,
 * floor(i size / parts) up to ceil((i + 1) size / parts).
 */
function partsOf(x: Traced, axis: number, parts: number): Traced {
  const { graph } = x
  const size = graph.size(x.dim(axis))
  const column = (shift: number): Traced =>
    graph.constant(Array.from({ length: parts }, (_, i) => i + shift), [parts, 1], 'int64') // prettier-ignore
  const begin = column(0).mul(size).div(parts)
  const end = column(1)
    .mul(size)
    .add(parts - 1)
    .div(parts)
  const place = range(x, x.dim(axis))
  return place.unsqueeze(0).ge(begin).and(place.unsqueeze(0).lt(end))
}

/** int64 `[size]`: 0, 1, 2, ... */
export function range({ graph }: Pick<Traced, 'graph'>, size: Dim): Traced {
  const [zero, one] = [graph.constant([0], [], 'int64'), graph.constant([1], [], 'int64')]
  return graph.one('Range', [zero, graph.size(size), one], {}, [size], 'int64')
}

/** ONNX has no pooling to a fixed size: each axis in turn, by which places belong to which part. */
function adaptivePool(x: Traced, outputSize: number | readonly (number | null)[], greatest: boolean): Traced {
  let result = x
  for (const axis of [2, 3]) {
    const parts = typeof outputSize === 'number' ? outputSize : outputSize[axis - 2]
    if (parts === null || parts === undefined) continue
    const inside = partsOf(result, axis, parts)
    const last = axis === 3 ? result : result.transpose(2, 3)
    const made = greatest
      ? last.graph
          .one('Where', [inside, last.unsqueeze(3), last.beside(-Infinity)], {}, [...last.dims.slice(0, 3), parts, last.dim(3)], last.dtype)
          .amax(4)
      : last.matmul(shares(inside).transpose(0, 1)) // prettier-ignore
    result = axis === 3 ? made : made.transpose(2, 3)
  }
  return result
}

/** Of each part, an equal share for each of its places. */
function shares(inside: Traced): Traced {
  const ones = inside.to('float32')
  return ones.div(ones.sum(1, true))
}

function pad(x: Traced, amounts: readonly number[], { mode = 'constant', value = 0 } = {}): Traced {
  const onnxMode = { constant: 'constant', reflect: 'reflect', replicate: 'edge', circular: null }[mode]
  if (!onnxMode) throw notInOnnx(`it pads by ${mode}`)
  const { graph } = x
  const axes = Array.from({ length: amounts.length / 2 }, (_, i) => x.dims.length - 1 - i)
  const at = (i: number): number => amounts[i] ?? 0
  const pads = [...axes.map((_, i) => at(2 * i)), ...axes.map((_, i) => at(2 * i + 1))]
  const dims = axes.reduce((shape, axis, i) => resized(shape, axis, add(x.dim(axis), at(2 * i) + at(2 * i + 1))), x.dims) // prettier-ignore
  const list = (values: number[]): Traced => graph.constant(values, [values.length], 'int64')
  const inputs = [x, list(pads), x.beside(value), list(axes)]
  return graph.one('Pad', inputs, { mode: { s: onnxMode } }, dims, x.dtype)
}

type Interpolation = Parameters<Ops<Traced>['interpolate']>[1]

function interpolate(
  x: Traced,
  { size, scaleFactor, mode = 'nearest', alignCorners }: Interpolation,
): Traced {
  const axes = places(x).length
  const head = x.dims.slice(0, 2)
  const dims = size
    ? [...head, ...each(size, axes, 1)]
    : [...head, ...each(scaleFactor, axes, 1).map((factor, i) => multiply(factor, places(x)[i] as Dim))]
  const nearest = mode === 'nearest'
  const attributes: Attributes = {
    mode: { s: nearest ? 'nearest' : 'linear' },
    coordinate_transformation_mode: { s: nearest ? 'asymmetric' : alignCorners ? 'align_corners' : 'half_pixel' }, // prettier-ignore
    ...(nearest ? { nearest_mode: { s: 'floor' } } : {}),
  }
  const { graph } = x
  const inputs = size
    ? [x, null, null, shapeTensor(x, dims)]
    : [x, null, graph.constant([1, 1, ...each(scaleFactor, axes, 1)], [2 + axes], 'float32')]
  return graph.one('Resize', inputs, attributes, dims, x.dtype)
}

type Transposed = NonNullable<Parameters<Ops<Traced>['convTranspose2d']>[3]>

/**
 * What output padding adds at the end is cut off less there; beyond what the kernel reaches there is only the bias. ONNX's
 * own output padding may not be larger than the stride.
 */
function convTranspose2d(
  x: Traced,
  weight: Traced,
  bias: Traced | null | undefined,
  { stride, padding, outputPadding, dilation, groups = 1 }: Transposed = {},
): Traced {
  const more = each(outputPadding, 2, 0)
  const windows = weight.dims.slice(2).map((kernel, i): Window => {
    const before = each(padding, 2, 0)[i] ?? 0
    const after = Math.max(0, before - (more[i] ?? 0))
    return { kernel: Number(kernel), stride: each(stride, 2, 1)[i] ?? 1, dilation: each(dilation, 2, 1)[i] ?? 1, before, after } // prettier-ignore
  })
  const beyond = windows.map(({ before }, i) => Math.max(0, (more[i] ?? 0) - before))
  const grown = windows.map((window, i) =>
    add(
      multiply(window.stride, add(places(x)[i] as Dim, -1)),
      reachOf(window) - window.before - window.after,
    ),
  )
  const channels = Number(weight.dim(1)) * groups
  const attributes = { ...attributesOf(windows), group: { i: groups } }
  const reached = beyond.every((places) => places === 0)
  const inputs = bias && reached ? [x, weight, bias] : [x, weight]
  const made = x.graph.one('ConvTranspose', inputs, attributes, [x.dim(0), channels, ...grown], x.dtype)
  if (reached) return made
  const [rows = 0, columns = 0] = beyond
  const padded = pad(made, [0, columns, 0, rows])
  return bias ? padded.add(bias.reshape([1, channels, 1, 1])) : padded
}

type Sliding =
  | 'conv1d' | 'conv2d' | 'conv2dRelu' | 'convTranspose2d' | 'maxPool1d' | 'maxPool2d' | 'avgPool1d' | 'avgPool2d'
  | 'adaptiveMaxPool2d' | 'adaptiveAvgPool2d' | 'pad' | 'interpolate' // prettier-ignore

export const sliding: Pick<Ops<Traced>, Sliding> = {
  conv1d: convolution,
  conv2d: convolution,
  conv2dRelu: (x, weight, bias, options) => {
    const made = convolution(x, weight, bias, options)
    return made.graph.one('Relu', [made], {}, made.dims, made.dtype)
  },
  convTranspose2d,
  maxPool1d: maxPool,
  maxPool2d: maxPool,
  avgPool1d: averagePool,
  avgPool2d: averagePool,
  adaptiveMaxPool2d: (x, size) => adaptivePool(x, size, true),
  adaptiveAvgPool2d: (x, size) => adaptivePool(x, size, false),
  pad,
  interpolate,
}
