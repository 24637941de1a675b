/** What the convolutions share: their fields, padding, weights and PyTorch form. */
import { formatShape, multiply, type Dim, type Shape } from '../dims.ts'
import {
  inputOf,
  numberParameter,
  sizesParameter,
  type Field,
  type Mend,
  type Parameters,
  type ShapeContext,
  type ShapeError,
  type WeightSpec,
} from '../layer.ts'
import {
  formatSizes,
  placesOf,
  pythonSizes,
  reachOf,
  sizesField,
  windowError,
  type Window,
} from './windows.ts'

/** `causal` (sequences only) pads in front, so that no place sees what comes after it. */
type Padding = 'same' | 'valid' | 'amount' | 'causal'

export const paddingOf = (parameters: Parameters): Padding => (parameters['padding'] ?? 'same') as Padding

const paddingTitles: Record<Padding, string> = {
  same: 'Same size',
  causal: 'Causal (only before)',
  valid: 'None',
  amount: 'By number',
}

export const outChannelsField = (key: string, title: string, help: string, value: number): Field => ({
  type: 'integer',
  key,
  title,
  help,
  default: value,
  minimum: 1,
  maximum: 65536,
})

export const biasField: Field = {
  type: 'boolean',
  key: 'bias',
  title: 'Bias',
  help: 'Adds a trained offset per channel; not needed where Batch norm follows.',
  default: true,
}

export const groupsField: Field = {
  type: 'integer',
  key: 'groups',
  title: 'Groups',
  help: 'Parts that the channels are split into, each with filters of its own.',
  default: 1,
  minimum: 1,
  maximum: 65536,
  advanced: true,
}

export const groupsOf = (parameters: Parameters): number => numberParameter(parameters, 'groups', 1)

/** Kernel, stride, padding and dilation for `axes` axes. */
export const slidingFields = (axes: 1 | 2): readonly Field[] => [
  sizesField(axes, {
    key: 'kernel',
    title: 'Kernel',
    help: axes === 1 ? 'How many steps it sees at once.' : 'Height x width that it sees at once.',
    default: 3,
  }),
  sizesField(axes, {
    key: 'stride',
    title: 'Stride',
    help: 'How far it moves from place to place; 2 halves the size.',
    default: 1,
  }),
  {
    type: 'choice',
    key: 'padding',
    title: 'Padding',
    help: 'Zeros around the input. Same size: as many as it takes for the stride alone to decide the size.',
    default: 'same',
    choices: (axes === 1
      ? (['same', 'causal', 'valid', 'amount'] as const)
      : (['same', 'valid', 'amount'] as const)
    ).map((value) => ({ value, title: paddingTitles[value] })),
  },
  sizesField(axes, {
    key: 'amount',
    title: 'Zeros on each side',
    help: 'Places added before and after.',
    default: 1,
    minimum: 0,
    appliesTo: ({ padding }) => padding === 'amount',
  }),
  sizesField(axes, {
    key: 'dilation',
    title: 'Dilation',
    help: 'Distance between the places that one window reads; 2 skips every other.',
    default: 1,
    advanced: true,
  }),
]

/** The windows along `axes` axes. */
export function slidingWindows(parameters: Parameters, axes: 1 | 2): readonly Window[] {
  const kernels = sizesParameter(parameters, 'kernel', axes, 3)
  const strides = sizesParameter(parameters, 'stride', axes, 1)
  const dilations = sizesParameter(parameters, 'dilation', axes, 1)
  const amounts = sizesParameter(parameters, 'amount', axes, 1)
  return kernels.map((kernel, i) => {
    const dilation = dilations[i] ?? 1
    const total = reachOf({ kernel, dilation }) - 1
    const [before, after] = {
      same: [Math.floor(total / 2), Math.ceil(total / 2)],
      causal: [total, 0],
      valid: [0, 0],
      amount: [amounts[i] ?? 0, amounts[i] ?? 0],
    }[paddingOf(parameters)] as [number, number]
    return { kernel, stride: strides[i] ?? 1, dilation, before, after }
  })
}

/**
 * Output sizes along the axes that a window slides over.
 * @returns the error with its mends where it does not fit
 */
export function slide(
  shape: Shape,
  sizes: readonly Dim[],
  windows: readonly Window[],
  context: ShapeContext,
): readonly Dim[] | ShapeError {
  const padding = {
    kind: 'set-parameter',
    title: 'Pad to the same size',
    node: context.node,
    key: 'padding',
    value: 'same',
  } as const
  const error = windowError(shape, sizes, windows, context, padding)
  return error ?? windows.map((window, i) => placesOf(sizes[i] as Dim, window))
}

/** Channels, in or out, that cannot be divided into groups. */
export function groupsError(
  shape: Shape,
  channels: number,
  parameters: Parameters,
  { node }: ShapeContext,
): ShapeError | null {
  const groups = groupsOf(parameters)
  const outChannels = numberParameter(parameters, 'outChannels', 32)
  const one: Mend = { kind: 'set-parameter', title: 'Set groups to 1', node, key: 'groups', value: 1 }
  if (channels % groups !== 0)
    return {
      message: `splits channels into ${groups} groups, but gets ${channels} channels (${formatShape(shape)})`,
      mends: [one],
    }
  if (outChannels % groups === 0) return null
  const nearest = Math.ceil(outChannels / groups) * groups
  const widen: Mend = {
    kind: 'set-parameter',
    title: `Set channels out to ${nearest}`,
    node,
    key: 'outChannels',
    value: nearest,
  }
  return {
    message: `splits channels into ${groups} groups, and ${outChannels} channels out cannot be divided so`,
    mends: [widen, one],
  }
}

/** `weight` of the shape given and a `bias`, in PyTorch's default: U(-b, b) with b = 1/sqrt(fan-in). */
export function convolutionWeights(
  shape: readonly number[],
  outChannels: number,
  parameters: Parameters,
): readonly WeightSpec[] {
  const fanIn = shape.slice(1).reduce((a, b) => a * b, 1)
  const initial = { kind: 'uniform', bound: 1 / Math.sqrt(fanIn) } as const
  const weight = { name: 'weight', shape, initial }
  return parameters['bias'] === false ? [weight] : [weight, { name: 'bias', shape: [outChannels], initial }]
}

/** A multiply-add for every weight at every place, of the output or (transposed) of the input. */
export const convolutionFlops = (weights: readonly number[], places: readonly Dim[]): Dim =>
  multiply(2, ...weights, ...places)

/** How the op is told its padding, and the places to pad by hand where it cannot: `F.pad`'s amounts. */
export function paddingArguments(
  windows: readonly Window[],
  parameters: Parameters,
): { padding: 'same' | readonly number[]; byHand: readonly number[] | null } {
  if (paddingOf(parameters) === 'same' && windows.every(({ stride }) => stride === 1))
    return { padding: 'same', byHand: null }
  if (windows.every(({ before, after }) => before === after))
    return { padding: windows.map(({ before }) => before), byHand: null }
  return {
    padding: windows.map(() => 0),
    byHand: windows.toReversed().flatMap(({ before, after }) => [before, after]),
  }
}

/** `nn.Conv2d(3, 32, 3, stride=2, padding=1)`; what is PyTorch's default is left out. */
export function convolutionPytorch(
  axes: 1 | 2,
  channels: { in: number; out: number; groups: number },
  parameters: Parameters,
): string {
  const windows = slidingWindows(parameters, axes)
  const { padding, byHand } = paddingArguments(windows, parameters)
  const sizes = (key: 'stride' | 'dilation'): string => pythonSizes(windows.map((window) => window[key]))
  const padded = padding === 'same' ? "'same'" : pythonSizes(padding)
  const optional = [
    ['stride', sizes('stride'), '1'],
    ['padding', padded, '0'],
    ['dilation', sizes('dilation'), '1'],
    ['groups', String(channels.groups), '1'],
    ['bias', parameters['bias'] === false ? 'False' : 'True', 'True'],
  ].flatMap(([name, value, usual]) => (value === usual ? [] : [`${name}=${value}`]))
  const kernel = pythonSizes(windows.map((window) => window.kernel))
  const own = `nn.Conv${axes}d(${[channels.in, channels.out, kernel, ...optional].join(', ')})`
  if (!byHand) return own
  const zeros =
    axes === 1 ? `nn.ConstantPad1d((${byHand.join(', ')}), 0.0)` : `nn.ZeroPad2d((${byHand.join(', ')}))`
  return `nn.Sequential(${zeros}, ${own})`
}

/** `32 · 3 x 3 · stride 2`. */
export function convolutionSummary(lead: string, parameters: Parameters, axes: 1 | 2): string {
  const windows = slidingWindows(parameters, axes)
  const stride = windows.map((window) => window.stride)
  const kernel = windows.map((window) => window.kernel).join(' x ')
  const parts = [lead, kernel]
  if (stride.some((size) => size !== 1)) parts.push(`stride ${formatSizes(stride)}`)
  if (parameters['bias'] === false) parts.push('no bias')
  return parts.join(' · ')
}

/** The fixed channels at an axis of an input whose shape was accepted. */
export const channelsAt = (inputs: Readonly<Record<string, Shape>>, axis: number): number =>
  Number(inputOf(inputs)[axis])
