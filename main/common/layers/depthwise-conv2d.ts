import type { Dim, Shape } from '../dims.ts'
import { inputOf, numberParameter, type Layer, type Parameters } from '../layer.ts'
import {
  biasField,
  channelsAt,
  convolutionFlops,
  convolutionPytorch,
  convolutionSummary,
  convolutionWeights,
  outChannelsField,
  paddingArguments,
  slide,
  slidingFields,
  slidingWindows,
} from './convolution.ts'
import { imageChannels } from './ranks.ts'
import { placesOf } from './windows.ts'

const multiplierOf = (parameters: Parameters): number => numberParameter(parameters, 'multiplier', 1)

const weightShape = (inputs: Readonly<Record<string, Shape>>, parameters: Parameters): readonly number[] => [
  channelsAt(inputs, 1) * multiplierOf(parameters),
  1,
  ...slidingWindows(parameters, 2).map(({ kernel }) => kernel),
]

/** A convolution with filters of its own for every channel. */
export const depthwiseConv2d: Layer = {
  kind: 'depthwise-conv2d',
  title: 'Depthwise conv 2D',
  group: 'Convolution',
  help: 'Filters every channel by itself, at a fraction of the work of Conv 2D. A Conv 2D with a 1 x 1 kernel after it mixes the channels.',
  formula: 'y[c] = W[c] ∗ x[c] + b[c]',
  source: {
    title:
      'Howard et al. 2017, MobileNets: efficient convolutional neural networks for mobile vision applications',
    url: 'https://arxiv.org/abs/1704.04861',
  },
  keywords: ['convolution', 'separable', 'mobilenet', 'groups', 'image'],
  fields: [
    ...slidingFields(2),
    outChannelsField('multiplier', 'Filters per channel', 'Channels out for each channel in.', 1),
    biasField,
  ],
  inputs: ['input'],
  outputs: ['output'],
  summary: (parameters) => convolutionSummary(`${multiplierOf(parameters)} per channel`, parameters, 2),
  shape(inputs, parameters, context) {
    const shape = inputOf(inputs)
    const channels = imageChannels(shape, context)
    if (typeof channels !== 'number') return { error: channels }
    const places = slide(shape, shape.slice(2), slidingWindows(parameters, 2), context)
    if ('message' in places) return { error: places }
    return { outputs: { output: [shape[0] as Dim, channels * multiplierOf(parameters), ...places] } }
  },
  weights(inputs, parameters) {
    const shape = weightShape(inputs, parameters)
    return convolutionWeights(shape, shape[0] ?? 0, parameters)
  },
  forward({ ops, inputs, weights, parameters }) {
    const x = inputOf(inputs)
    const windows = slidingWindows(parameters, 2)
    const { padding, byHand } = paddingArguments(windows, parameters)
    const padded = byHand ? ops.pad(x, byHand) : x
    const output = ops.conv2d(padded, inputOf(weights, 'weight'), weights['bias'] ?? null, {
      stride: windows.map(({ stride }) => stride),
      padding,
      dilation: windows.map(({ dilation }) => dilation),
      groups: x.shape[1] ?? 1,
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
  pytorch(inputs, parameters) {
    const channels = channelsAt(inputs, 1)
    const out = channels * multiplierOf(parameters)
    return convolutionPytorch(2, { in: channels, out, groups: channels }, parameters)
  },
}
