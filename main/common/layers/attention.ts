import {
  inputOf,
  numberParameter,
  type ForwardCall,
  type Layer,
  type Parameters,
  withOptions,
} from '../layer.ts'
import type { TensorMethods } from '../ops.ts'
import {
  attendItself,
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
import { sequenceFeatures } from './ranks.ts'
import { clearPadding, featuresOf, lengthsOf, stepsOf } from './sequence.ts'
import type { Shape } from '../dims.ts'

const extentOf = (inputs: Readonly<Record<string, Shape>>, parameters: Parameters): Extent => ({
  steps: stepsOf(inputs),
  width: featuresOf(inputs),
  keys: stepsOf(inputs),
  memory: featuresOf(inputs),
  heads: headsOf(parameters),
  causal: parameters['causal'] === true,
})

/** Every step looks at every other. */
export const attention: Layer = {
  kind: 'attention',
  title: 'Self-attention',
  group: 'Attention',
  help: 'Each step asks all others what they have to say and takes their values in proportion to how well their keys answer its query, in several heads at once. Causal: a step sees only itself and those before it. Padding is never seen.',
  formula: 'y = softmax(Q Kᵀ / √d) V, heads side by side, then Wₒ;  Q K V = projections of x',
  source: attentionSource,
  keywords: ['multi-head', 'mha', 'transformer', 'causal', 'masked', 'query', 'key'],
  fields: [
    headsField,
    {
      type: 'boolean',
      key: 'causal',
      title: 'Causal',
      help: 'A step sees only itself and what came before, as a language model must.',
      default: false,
    },
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
  inputs: ['input'],
  outputs: ['output'],
  summary: (parameters) => `${headsOf(parameters)} heads${parameters['causal'] === true ? ' · causal' : ''}`,
  shape(inputs, parameters, context) {
    const shape = inputOf(inputs)
    const features = sequenceFeatures(shape, context)
    if (typeof features !== 'number') return { error: features }
    const error = headsError(features, parameters, context)
    return error ? { error } : { outputs: { output: shape } }
  },
  weights: (inputs, parameters) =>
    attentionWeights('', featuresOf(inputs), featuresOf(inputs), parameters['bias'] !== false),
  forward<T extends TensorMethods<T>>(call: ForwardCall<T>) {
    const { ops, weights, parameters, training } = call
    const lengths = lengthsOf(call)
    const options = {
      isCausal: parameters['causal'] === true,
      keyLengths: lengths,
      dropout: numberParameter(parameters, 'dropout', 0),
      training,
    }
    const heads = headsOf(parameters)
    const seen = attendItself(inputOf(call.inputs), { ops, weights, prefix: '', heads, options })
    return { output: clearPadding(ops, seen, lengths) }
  },
  cost(inputs, parameters) {
    const extent = extentOf(inputs, parameters)
    return {
      flops: attentionFlops(extent),
      keeps: { inputs: ['input'], outputs: [] },
      extraBytes: attentionBytes(extent),
    }
  },
  pytorch: (inputs, parameters) => attentionPytorch(featuresOf(inputs), featuresOf(inputs), parameters),
  exported: (inputs, parameters) => ({
    module: withOptions(
      attentionPytorch(featuresOf(inputs), featuresOf(inputs), parameters).replace(
        'nn.Multihead',
        'layers.Self',
      ),
      parameters['causal'] === true && 'causal=True',
    ),
    lengths: [{ port: 'input', axis: 1 }],
  }),
}

/** `nn.MultiheadAttention(64, 4, batch_first=True)`; what is PyTorch's default is left out. */
export function attentionPytorch(width: number, memory: number, parameters: Parameters): string {
  const dropout = numberParameter(parameters, 'dropout', 0)
  const options = [
    dropout > 0 && `dropout=${dropout}`,
    parameters['bias'] === false && 'bias=False',
    memory !== width && `kdim=${memory}, vdim=${memory}`,
    'batch_first=True',
  ]
  return `nn.MultiheadAttention(${[width, headsOf(parameters), ...options].filter(Boolean).join(', ')})`
}
