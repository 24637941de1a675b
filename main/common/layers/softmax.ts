import { formatShape, multiply, isSymbolic } from '../dims.ts'
import { inputOf, sampleShape, type Layer } from '../layer.ts'

/** Scores along the last axis to shares that add up to 1. */
export const softmax: Layer = {
  kind: 'softmax',
  title: 'Softmax',
  group: 'Activation',
  help: 'Turns scores along the last axis into positive shares that add up to 1, for gates and weights inside a network. Not needed before the Output: its loss has one built in, and a second one slows learning.',
  formula: 'y = eˣ / Σ eˣ along the last axis',
  source: {
    title: 'torch.nn.Softmax',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html',
  },
  keywords: ['probabilities', 'normalise', 'attention', 'share'],
  fields: [],
  inputs: ['input'],
  outputs: ['output'],
  summary: () => 'last axis adds up to 1',
  shape(inputs) {
    const shape = inputOf(inputs)
    if (shape.length >= 2) return { outputs: { output: shape } }
    return { error: { message: `expects B x scores, gets ${formatShape(shape)}`, mends: [] } }
  },
  weights: () => [],
  forward({ ops, inputs, lengths }) {
    const x = inputOf(inputs)
    const last = x.shape.length - 1
    const ends = lengths('input', last)
    if (!ends) return { output: ops.softmax(x, last) }
    // Shares of a sequence's own steps only: what lies behind gets none.
    const inner = new Array<number>(last - 1).fill(1)
    const width = x.shape[last] ?? 0
    const mask = ops.lengthsMask(ends, width).reshape([x.shape[0] ?? 0, ...inner, width])
    return { output: ops.softmax(ops.where(mask, x, -Infinity), last) }
  },
  cost: (inputs) => ({
    flops: multiply(5, ...sampleShape(inputOf(inputs))),
    keeps: { inputs: [], outputs: ['output'] },
    extraBytes: 0,
  }),
  pytorch: () => 'nn.Softmax(dim=-1)',
  exported(inputs) {
    const axis = inputOf(inputs).length - 1
    if (!isSymbolic(inputOf(inputs)[axis] ?? 1)) return { module: 'nn.Softmax(dim=-1)' }
    return { module: 'layers.Softmax()', lengths: [{ port: 'input', axis }] }
  },
}
