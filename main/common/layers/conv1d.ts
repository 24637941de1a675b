import { isSymbolic, multiply, type Dim, type Shape } from '../dims.ts'
import { inputOf, numberParameter, sampleShape, type Layer, type Parameters, withOptions } from '../layer.ts'
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
import { maskBehind } from './masking.ts'
import { sequenceFeatures } from './ranks.ts'
import { placesOf, type Window } from './windows.ts'

const outChannelsOf = (parameters: Parameters): number => numberParameter(parameters, 'outChannels', 32)
const windowOf = (parameters: Parameters): Window => slidingWindows(parameters, 1)[0] as Window

const weightShape = (inputs: Readonly<Record<string, Shape>>, parameters: Parameters): readonly number[] => [
  outChannelsOf(parameters),
  channelsAt(inputs, 2) / groupsOf(parameters),
  windowOf(parameters).kernel,
]

/** Convolution of sequences along time. */
export const conv1d: Layer = {
  kind: 'conv1d',
  title: 'Conv 1D',
  group: 'Convolution',
  help: 'Slides small filters along a sequence and finds short patterns wherever they appear. Sequences are B x T x C, features last; padding of shorter ones counts as zeros.',
  formula: "y = W ∗ x + b along T; T' = ⌊(T + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1",
  source: {
    title: 'torch.nn.Conv1d',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html',
  },
  keywords: ['convolution', 'cnn', 'filter', 'kernel', 'sequence', 'time', 'causal', 'tcn'],
  fields: [
    outChannelsField('outChannels', 'Features out', 'How many filters, each making one feature.', 32),
    ...slidingFields(1),
    groupsField,
    biasField,
  ],
  inputs: ['input'],
  outputs: ['output'],
  widthKey: 'outChannels',
  summary: (parameters) => convolutionSummary(String(outChannelsOf(parameters)), parameters, 1),
  shape(inputs, parameters, context) {
    const shape = inputOf(inputs)
    const features = sequenceFeatures(shape, context)
    if (typeof features !== 'number') return { error: features }
    const error = groupsError(shape, features, parameters, context)
    if (error) return { error }
    const places = slide(shape, shape.slice(1, 2), slidingWindows(parameters, 1), context)
    if ('message' in places) return { error: places }
    return { outputs: { output: [shape[0] as Dim, ...places, outChannelsOf(parameters)] } }
  },
  weights: (inputs, parameters) =>
    convolutionWeights(weightShape(inputs, parameters), outChannelsOf(parameters), parameters),
  forward({ ops, inputs, weights, parameters, lengths }) {
    const window = windowOf(parameters)
    const { padding, byHand } = paddingArguments([window], parameters)
    // Only windows that reach over the end see what lies behind it.
    const own = maskBehind(ops, inputOf(inputs), window.after > 0 ? lengths('input', 1) : null, 0)
    const x = own.transpose(1, 2)
    const output = ops.conv1d(
      byHand ? ops.pad(x, byHand) : x,
      inputOf(weights, 'weight'),
      weights['bias'] ?? null,
      { stride: window.stride, padding, dilation: window.dilation, groups: groupsOf(parameters) },
    )
    return { output: output.transpose(1, 2) }
  },
  cost(inputs, parameters) {
    const shape = inputOf(inputs)
    const window = windowOf(parameters)
    // Where sequences differ in length and windows reach over their ends, a copy without what lies behind is kept.
    const masks = isSymbolic(shape[1] as Dim) && window.after > 0
    return {
      flops: convolutionFlops(weightShape(inputs, parameters), [placesOf(shape[1] as Dim, window)]),
      keeps: { inputs: masks ? [] : ['input'], outputs: [] },
      extraBytes: masks ? multiply(4, ...sampleShape(shape)) : 0,
    }
  },
  pytorch: (inputs, parameters) =>
    convolutionPytorch(
      1,
      { in: channelsAt(inputs, 2), out: outChannelsOf(parameters), groups: groupsOf(parameters) },
      parameters,
    ),
  exported(inputs, parameters) {
    const { kernel, stride, dilation, before, after } = windowOf(parameters)
    const options = [
      ['stride', stride, 1],
      ['dilation', dilation, 1],
      ['before', before, 0],
      ['after', after, 0],
      ['groups', groupsOf(parameters), 1],
    ] as const
    return {
      module: withOptions(
        `layers.Conv1d(${channelsAt(inputs, 2)}, ${outChannelsOf(parameters)}, ${kernel})`,
        ...options.map(([name, value, usual]) => value !== usual && `${name}=${value}`),
        parameters['bias'] === false && 'bias=False',
      ),
      lengths: [{ port: 'input', axis: 1 }],
    }
  },
}
