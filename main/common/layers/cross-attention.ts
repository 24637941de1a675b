import type { Shape } from '../dims.ts'
import { inputOf, numberParameter, type ForwardCall, type Layer, type Parameters } from '../layer.ts'
import type { TensorMethods } from '../ops.ts'
import {
  attendMemory,
  attentionBytes,
  attentionFlops,
  attentionSource,
  attentionWeights,
  dropoutField,
  headsError,
  headsField,
  headsOf,
  type Extent,
} from './attending.ts'
import { attentionPytorch } from './attention.ts'
import { sequenceFeatures } from './ranks.ts'
import { clearPadding, featuresOf, lengthsOf, stepsOf } from './sequence.ts'

const extentOf = (inputs: Readonly<Record<string, Shape>>, parameters: Parameters): Extent => ({
  steps: stepsOf(inputs, 'query'),
  width: featuresOf(inputs, 'query'),
  keys: stepsOf(inputs, 'memory'),
  memory: featuresOf(inputs, 'memory'),
  heads: headsOf(parameters),
  causal: false,
})

/** Each step of one sequence looks at another sequence. */
export const crossAttention: Layer = {
  kind: 'cross-attention',
  title: 'Cross-attention',
  group: 'Attention',
  help: 'Each step of the query looks at all steps of the memory and takes of their values what answers it: how a decoder reads what an encoder made. The result is as long and wide as the query.',
  formula:
    'y = softmax(Q Kᵀ / √d) V, heads side by side, then Wₒ;  Q from the query, K and V from the memory',
  source: attentionSource,
  keywords: ['multi-head', 'mha', 'encoder-decoder', 'memory', 'query', 'key'],
  fields: [
    headsField,
    dropoutField(0, 'Share of attention weights zeroed while training.'),
    {
      type: 'boolean',
      key: 'bias',
      title: 'Bias',
      help: 'Adds trained offsets to the projections.',
      default: true,
      advanced: true,
    },
  ],
  inputs: ['query', 'memory'],
  outputs: ['output'],
  widthKey: () => null,
  summary: (parameters) => `${headsOf(parameters)} heads`,
  shape(inputs, parameters, context) {
    const query = inputOf(inputs, 'query')
    for (const port of ['query', 'memory']) {
      const features = sequenceFeatures(inputOf(inputs, port), context, port)
      if (typeof features !== 'number') return { error: features }
    }
    const error = headsError(featuresOf(inputs, 'query'), parameters, { ...context, widthSource: null })
    return error ? { error } : { outputs: { output: query } }
  },
  weights: (inputs, parameters) =>
    attentionWeights(
      '',
      featuresOf(inputs, 'query'),
      featuresOf(inputs, 'memory'),
      parameters['bias'] !== false,
    ),
  forward<T extends TensorMethods<T>>(call: ForwardCall<T>) {
    const { ops, inputs, weights, parameters, training } = call
    const options = {
      keyLengths: lengthsOf(call, 'memory'),
      dropout: numberParameter(parameters, 'dropout', 0),
      training,
    }
    const heads = headsOf(parameters)
    const seen = attendMemory(inputOf(inputs, 'query'), inputOf(inputs, 'memory'), {
      ops,
      weights,
      prefix: '',
      heads,
      options,
    })
    return { output: clearPadding(ops, seen, lengthsOf(call, 'query')) }
  },
  cost(inputs, parameters) {
    const extent = extentOf(inputs, parameters)
    return {
      flops: attentionFlops(extent),
      keeps: { inputs: ['query', 'memory'], outputs: [] },
      extraBytes: attentionBytes(extent),
    }
  },
  pytorch: (inputs, parameters) =>
    attentionPytorch(featuresOf(inputs, 'query'), featuresOf(inputs, 'memory'), parameters),
  exported: (inputs, parameters) => ({
    module: attentionPytorch(featuresOf(inputs, 'query'), featuresOf(inputs, 'memory'), parameters).replace(
      'nn.Multihead',
      'layers.Cross',
    ),
    lengths: [
      { port: 'query', axis: 1 },
      { port: 'memory', axis: 1 },
    ],
  }),
}
