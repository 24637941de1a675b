import { multiply, type Dim, type Shape } from '../dims.ts'
import { inputOf, sizesParameter, type Layer, type Parameters } from '../layer.ts'
import { imageChannels } from './ranks.ts'
import { formatSizes, pythonSizes, sizesField } from './windows.ts'

const bySize = (parameters: Parameters): boolean => parameters['by'] === 'size'
const factorOf = (parameters: Parameters): readonly number[] => sizesParameter(parameters, 'factor', 2, 2)
const sizeOf = (parameters: Parameters): readonly number[] => sizesParameter(parameters, 'size', 2, 32)
const modeOf = (parameters: Parameters): 'nearest' | 'bilinear' =>
  parameters['mode'] === 'bilinear' ? 'bilinear' : 'nearest'

const resized = (shape: Shape, parameters: Parameters): readonly Dim[] =>
  bySize(parameters)
    ? sizeOf(parameters)
    : factorOf(parameters).map((factor, i) => multiply(factor, shape[i + 2] as Dim))

/** Images in another size, without weights. */
export const upsample: Layer = {
  kind: 'upsample',
  title: 'Upsample',
  group: 'Pooling',
  help: 'Makes images larger: by repeating places (nearest) or by blending neighbours (bilinear). Has no weights; a Conv 2D often follows.',
  formula: "y[i] = x[⌊i·H/H'⌋] (nearest), or the blend of the nearest places (bilinear)",
  source: {
    title: 'torch.nn.Upsample',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Upsample.html',
  },
  keywords: ['interpolate', 'resize', 'enlarge', 'scale', 'unpool', 'decoder', 'image'],
  fields: [
    {
      type: 'choice',
      key: 'by',
      title: 'Given by',
      help: 'A factor keeps proportions; a size is the same for every image.',
      default: 'factor',
      choices: [
        { value: 'factor', title: 'Factor' },
        { value: 'size', title: 'Size' },
      ],
    },
    sizesField(2, {
      key: 'factor',
      title: 'Factor',
      help: 'How many times larger, height x width.',
      default: 2,
      maximum: 64,
      appliesTo: (parameters) => !bySize(parameters),
    }),
    sizesField(2, {
      key: 'size',
      title: 'Size',
      help: 'Height x width of the result.',
      default: 32,
      maximum: 8192,
      appliesTo: bySize,
    }),
    {
      type: 'choice',
      key: 'mode',
      title: 'Between places',
      help: 'Nearest keeps edges hard, bilinear smooths.',
      default: 'nearest',
      choices: [
        { value: 'nearest', title: 'Nearest' },
        { value: 'bilinear', title: 'Bilinear' },
      ],
    },
  ],
  inputs: ['input'],
  outputs: ['output'],
  summary: (parameters) =>
    `${bySize(parameters) ? `to ${sizeOf(parameters).join(' x ')}` : `times ${formatSizes(factorOf(parameters))}`} · ${modeOf(parameters)}`,
  shape(inputs, parameters, context) {
    const shape = inputOf(inputs)
    const channels = imageChannels(shape, context)
    if (typeof channels !== 'number') return { error: channels }
    return { outputs: { output: [shape[0] as Dim, channels, ...resized(shape, parameters)] } }
  },
  weights: () => [],
  forward: ({ ops, inputs, parameters }) => ({
    output: ops.interpolate(inputOf(inputs), {
      ...(bySize(parameters) ? { size: sizeOf(parameters) } : { scaleFactor: factorOf(parameters) }),
      mode: modeOf(parameters),
    }),
  }),
  cost: (inputs, parameters) => ({
    flops: multiply(
      modeOf(parameters) === 'bilinear' ? 7 : 1,
      inputOf(inputs)[1] as Dim,
      ...resized(inputOf(inputs), parameters),
    ),
    keeps: { inputs: [], outputs: [] },
    extraBytes: 0,
  }),
  pytorch: (_inputs, parameters) =>
    `nn.Upsample(${bySize(parameters) ? `size=${pythonSizes(sizeOf(parameters))}` : `scale_factor=${pythonSizes(factorOf(parameters))}`}, mode='${modeOf(parameters)}')`,
}
