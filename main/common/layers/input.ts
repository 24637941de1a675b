import { batch, formatShape, sameShape } from '../dims.ts'
import { inputOf, noCost, type Layer, type Mend } from '../layer.ts'

/** Where samples enter. Takes its shape from the data unless one is given. */
export const input: Layer = {
  kind: 'input',
  title: 'Input',
  group: 'Input and output',
  help: 'Where a batch of samples enters the network. Its shape comes from the data you chose; set one to build before there is data. Sizes that differ from sample to sample are letters: T steps of a sequence, H x W places of an image.',
  formula: 'y = x',
  source: { title: 'PyTorch tensors', url: 'https://docs.pytorch.org/docs/stable/tensors.html' },
  keywords: ['data', 'source', 'start', 'tokens', 'text', 'image', 'table'],
  fields: [
    {
      type: 'shape',
      key: 'shape',
      title: 'Shape of a sample',
      help: 'Channels x height x width for images. Leave empty to follow the data.',
      default: null,
      emptyMeans: 'from the data',
    },
  ],
  inputs: [],
  outputs: ['output'],
  withData: (parameters, { content }) => ({ ...parameters, content }),
  summary: ({ shape, content }) =>
    Array.isArray(shape) ? shape.join(' x ') : content === 'tokens' ? 'token ids' : 'shape from the data',
  shape(_inputs, { shape }, { node, data }) {
    const given = Array.isArray(shape) ? shape : null
    const sample = given ?? data.sample
    if (!sample)
      return {
        error: {
          message: 'waits for data: choose a data set, or set the shape of a sample here',
          mends: [],
          incomplete: true,
        },
      }
    if (given && data.sample && !sameShape(given, data.sample)) {
      const mends: Mend[] = [
        { kind: 'set-parameter', title: 'Follow the data', node, key: 'shape', value: null },
      ]
      const message = `is set to ${formatShape(given)}, but the data has samples of ${formatShape(data.sample)}`
      return { error: { message, mends } }
    }
    return { outputs: { output: [batch, ...sample] } }
  },
  weights: () => [],
  forward: ({ inputs }) => ({ output: inputOf(inputs) }),
  cost: () => noCost,
  pytorch: () => 'nn.Identity()',
}
