import { evaluate, formatShape, multiply, type Dim } from '../dims.ts'
import {
  inputOf,
  numberParameter,
  type DataShape,
  type Layer,
  type Parameters,
  type WeightSpec,
} from '../layer.ts'
import { sequenceFeatures } from './ranks.ts'
import { featuresOf } from './sequence.ts'

const maximumOf = (parameters: Parameters): number => numberParameter(parameters, 'maximum', 512)
const isLearned = ({ method }: Parameters): boolean => method !== 'sinusoidal'

/** What tells a layer without order, such as attention, where each step stands. */
export const positional: Layer = {
  kind: 'positional',
  title: 'Positions',
  group: 'Sequence',
  help: 'Adds to each step a vector that says where it stands. Attention sees a set, not a sequence, without it. Learned vectors are trained; sinusoidal ones are fixed waves of many lengths.',
  formula: 'y[t] = x[t] + p[t];  sinusoidal: p[t, 2i] = sin(t / 10000^(2i/D)), p[t, 2i+1] = cos of the same',
  source: {
    title: 'Vaswani et al. 2017, Attention is all you need',
    url: 'https://arxiv.org/abs/1706.03762',
  },
  keywords: ['position', 'positional', 'embedding', 'encoding', 'sinusoidal', 'transformer'],
  fields: [
    {
      type: 'choice',
      key: 'method',
      title: 'Vectors',
      help: 'Learned ones fit the data; sinusoidal ones need no training.',
      default: 'learned',
      choices: [
        { value: 'learned', title: 'Learned' },
        { value: 'sinusoidal', title: 'Sinusoidal' },
      ],
    },
    {
      type: 'integer',
      key: 'maximum',
      title: 'Longest',
      help: 'Steps of the longest sequence that it can number.',
      default: 512,
      minimum: 1,
      maximum: 1_000_000,
    },
    {
      type: 'number',
      key: 'std',
      title: 'Initial spread',
      help: 'Standard deviation of the first vectors; 0.02 as in GPT-2.',
      default: 0.02,
      minimum: 0.0001,
      maximum: 10,
      step: 0.01,
      advanced: true,
      appliesTo: isLearned,
    },
  ],
  inputs: ['input'],
  outputs: ['output'],
  summary: (parameters) =>
    `${isLearned(parameters) ? 'learned' : 'sinusoidal'} · up to ${maximumOf(parameters).toLocaleString('en-US')}`,
  shape(inputs, parameters, context) {
    const shape = inputOf(inputs)
    const features = sequenceFeatures(shape, context)
    if (typeof features !== 'number') return { error: features }
    const maximum = maximumOf(parameters)
    const longest = largest(shape[1] ?? 0, context.data)
    if (longest === null || longest <= maximum) return { outputs: { output: shape } }
    const counted = longest.toLocaleString('en-US')
    return {
      error: {
        message: `numbers up to ${maximum.toLocaleString('en-US')} steps, but gets ${formatShape(shape)} with up to ${counted}`,
        mends: [
          {
            kind: 'set-parameter',
            title: `Set longest to ${counted}`,
            node: context.node,
            key: 'maximum',
            value: longest,
          },
        ],
      },
    }
  },
  weights(inputs, parameters): WeightSpec[] {
    const width = featuresOf(inputs)
    const shape = [maximumOf(parameters), width]
    if (isLearned(parameters))
      return [
        { name: 'weight', shape, initial: { kind: 'normal', std: numberParameter(parameters, 'std', 0.02) } },
      ]
    const initial = {
      kind: 'values',
      // Worked out when it is asked for: analysis only wants the shape.
      get values() {
        return waves(maximumOf(parameters), width)
      },
    } as const
    return [{ name: 'weight', shape, initial, buffer: true }]
  },
  forward({ inputs, weights }) {
    const x = inputOf(inputs)
    return { output: x.add(inputOf(weights, 'weight').narrow(0, 0, x.shape[1] ?? 0)) }
  },
  cost: (inputs) => ({
    flops: multiply(...inputOf(inputs).slice(1)),
    keeps: { inputs: [], outputs: [] },
    extraBytes: 0,
  }),
  pytorch(inputs, parameters) {
    const width = featuresOf(inputs)
    const maximum = maximumOf(parameters)
    if (isLearned(parameters)) return `nn.Embedding(${maximum}, ${width})`
    const angles = `torch.outer(torch.arange(${maximum}.), 10000 ** (-torch.arange(0, ${width}, 2) / ${width}))`
    const table = `(lambda a: torch.stack((a.sin(), a.cos()), -1).flatten(1)[:, :${width}])(${angles})`
    return `nn.Embedding.from_pretrained(${table})`
  },
  exported: (inputs, parameters) => ({
    module: `layers.${isLearned(parameters) ? 'Learned' : 'Sinusoidal'}Positions(${maximumOf(parameters)}, ${featuresOf(inputs)})`,
  }),
}

/** The most that a size is in the data; null while that is not known. */
const largest = (size: Dim, { sizes }: DataShape): number | null =>
  evaluate(size, Object.fromEntries(Object.entries(sizes).map(([name, known]) => [name, known.largest])))

/** Row t: sine and cosine of t at wavelengths from 2π to 10000 · 2π. */
function waves(rows: number, width: number): Float32Array {
  const table = new Float32Array(rows * width)
  for (let i = 0; i < width; i++) {
    const frequency = 10000 ** (-(i - (i % 2)) / width)
    for (let t = 0; t < rows; t++) {
      const angle = t * frequency
      table[t * width + i] = i % 2 === 0 ? Math.sin(angle) : Math.cos(angle)
    }
  }
  return table
}
