import { add, evaluate, formatShape, multiply, type Dim, type Shape } from '../dims.ts'
import { inputOf, numberParameter, sizesParameter, type Layer, type Parameters } from '../layer.ts'
import {
  biasField,
  channelsAt,
  convolutionFlops,
  convolutionWeights,
  groupsError,
  groupsField,
  groupsOf,
  outChannelsField,
} from './convolution.ts'
import { imageChannels } from './ranks.ts'
import { formatSizes, pythonSizes, sizesField } from './windows.ts'

interface Axis {
  kernel: number
  stride: number
  padding: number
  outputPadding: number
  dilation: number
}

const defaults = { kernel: 2, stride: 2, padding: 0, outputPadding: 0, dilation: 1 } as const

const axesOf = (parameters: Parameters): readonly Axis[] => {
  const sizes = (key: keyof Axis): readonly number[] => sizesParameter(parameters, key, 2, defaults[key])
  const axis = (i: 0 | 1): Axis => ({
    kernel: sizes('kernel')[i] ?? 1,
    stride: sizes('stride')[i] ?? 1,
    padding: sizes('padding')[i] ?? 0,
    outputPadding: sizes('outputPadding')[i] ?? 0,
    dilation: sizes('dilation')[i] ?? 1,
  })
  return [axis(0), axis(1)]
}

const outChannelsOf = (parameters: Parameters): number => numberParameter(parameters, 'outChannels', 32)

const grown = (size: Dim, { kernel, stride, padding, outputPadding, dilation }: Axis): Dim =>
  add(multiply(stride, add(size, -1)), dilation * (kernel - 1) + 1 + outputPadding - 2 * padding)

const weightShape = (inputs: Readonly<Record<string, Shape>>, parameters: Parameters): readonly number[] => [
  channelsAt(inputs, 1),
  outChannelsOf(parameters) / groupsOf(parameters),
  ...axesOf(parameters).map(({ kernel }) => kernel),
]

/** The opposite of a convolution with a stride: images that grow. */
export const convTranspose2d: Layer = {
  kind: 'conv-transpose2d',
  title: 'Transposed conv 2D',
  group: 'Convolution',
  help: 'Makes images larger with trained filters: every place of the input paints its filter into the output. Doubles height and width as it stands.',
  formula: "y = Wᵀ ∗ x + b; H' = (H − 1)·stride − 2·padding + dilation·(kernel − 1) + output padding + 1",
  source: {
    title: 'torch.nn.ConvTranspose2d',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html',
  },
  keywords: ['deconvolution', 'upsample', 'decoder', 'generator', 'image'],
  fields: [
    outChannelsField('outChannels', 'Channels out', 'How many channels it paints.', 32),
    sizesField(2, { key: 'kernel', title: 'Kernel', help: 'Height x width of the filters.', default: 2 }),
    sizesField(2, { key: 'stride', title: 'Stride', help: 'How many times larger it gets.', default: 2 }),
    sizesField(2, {
      key: 'padding',
      title: 'Padding',
      help: 'Rows and columns cut from each side of the result.',
      default: 0,
      minimum: 0,
    }),
    sizesField(2, {
      key: 'outputPadding',
      title: 'Output padding',
      help: 'Rows and columns added at the end of the result; less than the stride.',
      default: 0,
      minimum: 0,
      advanced: true,
    }),
    sizesField(2, {
      key: 'dilation',
      title: 'Dilation',
      help: 'Distance between the places that one filter paints.',
      default: 1,
      advanced: true,
    }),
    groupsField,
    biasField,
  ],
  inputs: ['input'],
  outputs: ['output'],
  summary(parameters) {
    const axes = axesOf(parameters)
    const kernel = axes.map((axis) => axis.kernel).join(' x ')
    return `${outChannelsOf(parameters)} · ${kernel} · stride ${formatSizes(axes.map(({ stride }) => stride))}`
  },
  shape(inputs, parameters, context) {
    const shape = inputOf(inputs)
    const channels = imageChannels(shape, context)
    if (typeof channels !== 'number') return { error: channels }
    const wrong = groupsError(shape, channels, parameters, context)
    if (wrong) return { error: wrong }
    const axes = axesOf(parameters)
    const set = (title: string, key: string) =>
      ({ kind: 'set-parameter', title, node: context.node, key, value: 0 }) as const
    const extra = axes.find((axis) => axis.outputPadding >= Math.max(axis.stride, axis.dilation))
    if (extra)
      return {
        error: {
          message: `has output padding of ${extra.outputPadding}, which must be less than the stride of ${extra.stride}`,
          mends: [set('Set output padding to 0', 'outputPadding')],
        },
      }
    const sizes = axes.map((axis, i) => grown(shape[i + 2] as Dim, axis))
    const typical = Object.fromEntries(
      Object.entries(context.data.sizes).map(([name, size]) => [name, size.typical]),
    )
    if (sizes.some((size) => (evaluate(size, typical) ?? 1) < 1))
      return {
        error: {
          message: `cuts more from the sides than there is: ${formatShape(shape)} becomes ${formatShape(sizes)}`,
          mends: [set('Set padding to 0', 'padding')],
        },
      }
    return { outputs: { output: [shape[0] as Dim, outChannelsOf(parameters), ...sizes] } }
  },
  weights: (inputs, parameters) =>
    convolutionWeights(weightShape(inputs, parameters), outChannelsOf(parameters), parameters),
  forward({ ops, inputs, weights, parameters }) {
    const axes = axesOf(parameters)
    const output = ops.convTranspose2d(inputOf(inputs), inputOf(weights, 'weight'), weights['bias'] ?? null, {
      stride: axes.map(({ stride }) => stride),
      padding: axes.map(({ padding }) => padding),
      outputPadding: axes.map(({ outputPadding }) => outputPadding),
      dilation: axes.map(({ dilation }) => dilation),
      groups: groupsOf(parameters),
    })
    return { output }
  },
  cost: (inputs, parameters) => ({
    flops: convolutionFlops(weightShape(inputs, parameters), inputOf(inputs).slice(2)),
    keeps: { inputs: ['input'], outputs: [] },
    extraBytes: 0,
  }),
  pytorch(inputs, parameters) {
    const axes = axesOf(parameters)
    const sizes = (key: keyof Axis): string => pythonSizes(axes.map((axis) => axis[key]))
    const optional = [
      ['stride', sizes('stride'), '1'],
      ['padding', sizes('padding'), '0'],
      ['output_padding', sizes('outputPadding'), '0'],
      ['dilation', sizes('dilation'), '1'],
      ['groups', String(groupsOf(parameters)), '1'],
      ['bias', parameters['bias'] === false ? 'False' : 'True', 'True'],
    ].flatMap(([name, value, usual]) => (value === usual ? [] : [`${name}=${value}`]))
    const first = [channelsAt(inputs, 1), outChannelsOf(parameters), sizes('kernel')]
    return `nn.ConvTranspose2d(${[...first, ...optional].join(', ')})`
  },
}
