import { multiply, type Dim } from '../dims.ts'
import { inputOf, sampleShape, sizesParameter, type Layer, type Parameters } from '../layer.ts'
import { imageChannels } from './ranks.ts'
import { pythonSizes, sizesField } from './windows.ts'

const sizeOf = (parameters: Parameters): readonly number[] => sizesParameter(parameters, 'size', 2, 1)
const greatest = (parameters: Parameters): boolean => parameters['mode'] === 'max'

/** Pooling to a fixed size, whatever the size of the image. */
export const adaptivePool2d: Layer = {
  kind: 'adaptive-pool2d',
  title: 'Adaptive pool 2D',
  group: 'Pooling',
  help: 'Cuts an image of any size into the same number of nearly equal parts and takes the mean or the greatest value of each, so that Flatten and Linear can follow.',
  formula: "y[i] = mean or max of x[⌊i·H/H'⌋ .. ⌈(i+1)·H/H'⌉ − 1]",
  source: {
    title: 'torch.nn.AdaptiveAvgPool2d',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html',
  },
  keywords: ['global', 'any size', 'fixed size', 'average', 'max', 'spatial pyramid', 'image'],
  fields: [
    sizesField(2, {
      key: 'size',
      title: 'Size',
      help: 'Height x width of the result, of any image.',
      default: 4,
    }),
    {
      type: 'choice',
      key: 'mode',
      title: 'Of each part',
      help: 'What is kept of it.',
      default: 'average',
      choices: [
        { value: 'average', title: 'Mean' },
        { value: 'max', title: 'Maximum' },
      ],
    },
  ],
  inputs: ['input'],
  outputs: ['output'],
  summary: (parameters) => `${greatest(parameters) ? 'max' : 'mean'} · to ${sizeOf(parameters).join(' x ')}`,
  shape(inputs, parameters, context) {
    const shape = inputOf(inputs)
    const channels = imageChannels(shape, context)
    if (typeof channels !== 'number') return { error: channels }
    return { outputs: { output: [shape[0] as Dim, channels, ...sizeOf(parameters)] } }
  },
  weights: () => [],
  forward: ({ ops, inputs, parameters }) => ({
    output: greatest(parameters)
      ? ops.adaptiveMaxPool2d(inputOf(inputs), sizeOf(parameters))
      : ops.adaptiveAvgPool2d(inputOf(inputs), sizeOf(parameters)),
  }),
  cost: (inputs, parameters) => ({
    flops: multiply(...sampleShape(inputOf(inputs))),
    keeps: { inputs: [], outputs: [] },
    // Which place of each part was taken.
    extraBytes: greatest(parameters) ? multiply(4, inputOf(inputs)[1] as Dim, ...sizeOf(parameters)) : 0,
  }),
  pytorch: (_inputs, parameters) =>
    `nn.Adaptive${greatest(parameters) ? 'Max' : 'Avg'}Pool2d(${pythonSizes(sizeOf(parameters))})`,
}
