import { multiply } from '../dims.ts'
import { inputOf, numberParameter, type Layer, type Parameters, type WeightSpec } from '../layer.ts'

const dimensionOf = (parameters: Parameters): number => numberParameter(parameters, 'dimension', 64)
const rowsOf = (parameters: Parameters): number => numberParameter(parameters, 'vocabulary', 1)

/** A trained vector for each token. */
export const embedding: Layer = {
  kind: 'embedding',
  title: 'Embedding',
  group: 'Sequence',
  help: 'Looks up a trained vector for each token id. The first layer of every network that reads text; tokens used alike end up with vectors alike.',
  formula: 'y[t] = W[x[t]]',
  source: {
    title: 'torch.nn.Embedding',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html',
  },
  keywords: ['token', 'word', 'vocabulary', 'lookup', 'vector', 'text'],
  fields: [
    {
      type: 'integer',
      key: 'dimension',
      title: 'Dimension',
      help: 'Numbers in the vector of each token.',
      default: 64,
      minimum: 1,
      maximum: 16384,
    },
    {
      type: 'optional-integer',
      key: 'vocabulary',
      title: 'Vocabulary',
      help: 'How many different tokens there are. Leave empty to follow the data.',
      default: null,
      minimum: 1,
      maximum: 10_000_000,
      emptyMeans: 'from the data',
    },
    {
      type: 'optional-integer',
      key: 'paddingIndex',
      title: 'Padding index',
      help: 'A token whose vector is zero and is not trained. Not needed for padding: true lengths are known.',
      default: null,
      minimum: 0,
      maximum: 10_000_000,
      emptyMeans: 'none',
      advanced: true,
    },
    {
      type: 'number',
      key: 'std',
      title: 'Initial spread',
      help: 'Standard deviation of the first vectors; 1 as in PyTorch, 0.02 where the Output shares them (GPT-2).',
      default: 1,
      minimum: 0.0001,
      maximum: 10,
      step: 0.01,
      advanced: true,
    },
  ],
  inputs: ['input'],
  outputs: ['output'],
  takes: 'tokens',
  widthKey: 'dimension',
  withData: (parameters, data) =>
    parameters.vocabulary === null ? { ...parameters, vocabulary: data.vocabulary } : parameters,
  summary(parameters) {
    const rows = parameters.vocabulary
    return `${typeof rows === 'number' ? `${rows.toLocaleString('en-US')} tokens · ` : ''}${dimensionOf(parameters)} wide`
  },
  shape(inputs, parameters, { node, data }) {
    const { vocabulary, paddingIndex } = parameters
    if (typeof vocabulary !== 'number')
      return {
        error: {
          message: 'waits for data: choose a text, or set the vocabulary here',
          mends: [],
          incomplete: true,
        },
      }
    if (data.vocabulary !== null && vocabulary < data.vocabulary)
      return {
        error: {
          message: `has vectors for ${vocabulary.toLocaleString('en-US')} tokens, but the data has ${data.vocabulary.toLocaleString('en-US')}`,
          mends: [{ kind: 'set-parameter', title: 'Follow the data', node, key: 'vocabulary', value: null }],
        },
      }
    if (typeof paddingIndex === 'number' && paddingIndex >= vocabulary)
      return {
        error: {
          message: `pads with token ${paddingIndex}, but its tokens are 0 to ${vocabulary - 1}`,
          mends: [{ kind: 'set-parameter', title: 'Pad with none', node, key: 'paddingIndex', value: null }],
        },
      }
    return { outputs: { output: [...inputOf(inputs), dimensionOf(parameters)] } }
  },
  weights(_inputs, parameters): WeightSpec[] {
    const { std, paddingIndex } = parameters
    return [
      {
        name: 'weight',
        shape: [rowsOf(parameters), dimensionOf(parameters)],
        initial: {
          kind: 'normal',
          std: typeof std === 'number' ? std : 1,
          ...(typeof paddingIndex === 'number' ? { zeroRow: paddingIndex } : {}),
        },
      },
    ]
  },
  forward: ({ ops, inputs, weights, parameters }) => ({
    output: ops.embedding(inputOf(inputs), inputOf(weights, 'weight'), {
      paddingIndex: typeof parameters.paddingIndex === 'number' ? parameters.paddingIndex : null,
    }),
  }),
  // Nothing is computed; the ids (8 bytes each) are kept.
  cost: (inputs) => ({
    flops: 0,
    keeps: { inputs: [], outputs: [] },
    extraBytes: multiply(8, ...inputOf(inputs).slice(1)),
  }),
  pytorch: (_inputs, parameters) =>
    `nn.Embedding(${rowsOf(parameters)}, ${dimensionOf(parameters)}${typeof parameters.paddingIndex === 'number' ? `, padding_idx=${parameters.paddingIndex}` : ''})`,
}
