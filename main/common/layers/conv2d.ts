import type { Dim, Shape } from '../dims.ts'
import { inputOf, numberParameter, type Layer, type Parameters } from '../layer.ts'
import {
  biasField,
  channelsAt,
  convolutionFlops,
  convolutionPytorch,
  convolutionSummary,
  convolutionWeights,
  groupsError,
  groupsField,
  groupsOf,
  outChannelsField,
  paddingArguments,
  slide,
  slidingFields,
  slidingWindows,
} from './convolution.ts'
import { imageChannels } from './ranks.ts'
import { placesOf, windowFormula } from './windows.ts'

const outChannelsOf = (parameters: Parameters): number => numberParameter(parameters, 'outChannels', 32)

const weightShape = (inputs: Readonly<Record<string, Shape>>, parameters: Parameters): readonly number[] => [
  outChannelsOf(parameters),
  channelsAt(inputs, 1) / groupsOf(parameters),
  ...slidingWindows(parameters, 2).map(({ kernel }) => kernel),
]

/** Convolution of images. */
export const conv2d: Layer = {
  kind: 'conv2d',
  title: 'Conv 2D',
  group: 'Convolution',
  help: 'Slides small filters over an image; each output channel says where its pattern appears. The filters are the same at every place, so images of any size work.',
  formula: `y = W ∗ x + b; ${windowFormula}`,
  source: {
    title: 'torch.nn.Conv2d',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html',
  },
  keywords: ['convolution', 'cnn', 'filter', 'kernel', 'image'],
  fields: [
    outChannelsField('outChannels', 'Channels out', 'How many filters, each making one channel.', 32),
    ...slidingFields(2),
    groupsField,
    biasField,
  ],
  inputs: ['input'],
  outputs: ['output'],
  summary: (parameters) => convolutionSummary(String(outChannelsOf(parameters)), parameters, 2),
  shape(inputs, parameters, context) {
    const shape = inputOf(inputs)
    const channels = imageChannels(shape, context)
    if (typeof channels !== 'number') return { error: channels }
    const error = groupsError(shape, channels, parameters, context)
    if (error) return { error }
    const places = slide(shape, shape.slice(2), slidingWindows(parameters, 2), context)
    if ('message' in places) return { error: places }
    return { outputs: { output: [shape[0] as Dim, outChannelsOf(parameters), ...places] } }
  },
  weights: (inputs, parameters) =>
    convolutionWeights(weightShape(inputs, parameters), outChannelsOf(parameters), parameters),
  forward({ ops, inputs, weights, parameters }) {
    const windows = slidingWindows(parameters, 2)
    const { padding, byHand } = paddingArguments(windows, parameters)
    const x = byHand ? ops.pad(inputOf(inputs), byHand) : inputOf(inputs)
    const output = ops.conv2d(x, inputOf(weights, 'weight'), weights['bias'] ?? null, {
      stride: windows.map(({ stride }) => stride),
      padding,
      dilation: windows.map(({ dilation }) => dilation),
      groups: groupsOf(parameters),
    })
    return { output }
  },
  cost(inputs, parameters) {
    const places = slidingWindows(parameters, 2).map((window, i) =>
      placesOf(inputOf(inputs)[i + 2] as Dim, window),
    )
    return {
      flops: convolutionFlops(weightShape(inputs, parameters), places),
      keeps: { inputs: ['input'], outputs: [] },
      extraBytes: 0,
    }
  },
  pytorch: (inputs, parameters) =>
    convolutionPytorch(
      2,
      { in: channelsAt(inputs, 1), out: outChannelsOf(parameters), groups: groupsOf(parameters) },
      parameters,
    ),
}
