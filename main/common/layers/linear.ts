import { formatShape, isSymbolic, multiply, type Shape } from '../dims.ts'
import { inputOf, numberParameter, type Layer, type Mend } from '../layer.ts'

const widthOf = (inputs: Readonly<Record<string, Shape>>): number => {
  const width = inputOf(inputs).at(-1)
  if (typeof width !== 'number') throw new Error('[linear] the last axis has no fixed size')
  return width
}

/** Fully connected layer over the last axis. */
export const linear: Layer = {
  kind: 'linear',
  title: 'Linear',
  group: 'Core',
  help: 'Every output is a weighted sum of all inputs plus a bias. Works on the last axis; put Flatten before it for images.',
  formula: 'y = x Wᵀ + b',
  source: {
    title: 'torch.nn.Linear',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html',
  },
  keywords: ['dense', 'fully connected', 'fc', 'affine', 'projection'],
  fields: [
    {
      type: 'integer',
      key: 'outFeatures',
      title: 'Outputs',
      help: 'Width of the result; for the last layer, the number of classes.',
      default: 128,
      minimum: 1,
      maximum: 65536,
    },
    {
      type: 'optional-integer',
      key: 'inFeatures',
      title: 'Inputs',
      help: 'Set it to insist on a width; empty takes what the wire brings.',
      default: null,
      minimum: 1,
      maximum: 16777216,
      emptyMeans: 'from the wire',
    },
    { type: 'boolean', key: 'bias', title: 'Bias', help: 'Adds a trained offset per output.', default: true },
  ],
  inputs: ['input'],
  outputs: ['output'],
  widthKey: 'outFeatures',
  summary: (parameters) =>
    `${numberParameter(parameters, 'outFeatures', 128)} outputs${parameters.bias === false ? ' · no bias' : ''}`,
  shape(inputs, parameters, { node }) {
    const shape = inputOf(inputs)
    const width = shape.at(-1)
    const outFeatures = numberParameter(parameters, 'outFeatures', 128)
    const wanted = parameters.inFeatures
    const insert = (title: string, layer: string): Mend => ({
      kind: 'insert-before',
      title: `Insert ${title}`,
      node,
      port: 'input',
      layer,
      parameters: {},
    })
    // Height and width that vary cannot be laid out in a row of one width; their mean or maximum can.
    const anySize = shape.length === 4 && shape.slice(2).some(isSymbolic)
    if (shape.length < 2)
      return { error: { message: `expects B x features, gets ${formatShape(shape)}`, mends: [] } }
    if (typeof width !== 'number')
      return {
        error: {
          message: `joins the last axis and needs its size fixed, gets ${formatShape(shape)}`,
          mends: anySize ? [insert('Global pool', 'global-pool')] : [],
        },
      }
    if (typeof wanted === 'number' && wanted !== width) {
      const mends: Mend[] = [
        { kind: 'set-parameter', title: `Set inputs to ${width}`, node, key: 'inFeatures', value: width },
      ]
      if (anySize) mends.push(insert('Global pool', 'global-pool'))
      else if (shape.length > 2 && !shape.slice(1).some(isSymbolic)) mends.push(insert('Flatten', 'flatten'))
      const expected = formatShape([...shape.slice(0, -1), wanted])
      return { error: { message: `expects ${expected}, gets ${formatShape(shape)}`, mends } }
    }
    return { outputs: { output: [...shape.slice(0, -1), outFeatures] } }
  },
  weights(inputs, parameters) {
    const inFeatures = widthOf(inputs)
    const outFeatures = numberParameter(parameters, 'outFeatures', 128)
    // Kaiming uniform with a = sqrt(5), PyTorch's default for Linear: both bounds are 1/sqrt(fan-in).
    const initial = { kind: 'uniform', bound: 1 / Math.sqrt(inFeatures) } as const
    const weight = { name: 'weight', shape: [outFeatures, inFeatures], initial }
    return parameters.bias === false ? [weight] : [weight, { name: 'bias', shape: [outFeatures], initial }]
  },
  forward: ({ ops, inputs, weights }) => ({
    output: ops.linear(inputOf(inputs), inputOf(weights, 'weight'), weights.bias ?? null),
  }),
  cost(inputs, parameters) {
    const outFeatures = numberParameter(parameters, 'outFeatures', 128)
    const rows = multiply(...inputOf(inputs).slice(1, -1))
    return {
      flops: multiply(rows, 2, widthOf(inputs), outFeatures),
      keeps: { inputs: ['input'], outputs: [] },
      extraBytes: 0,
    }
  },
  pytorch: (inputs, parameters) =>
    `nn.Linear(${widthOf(inputs)}, ${numberParameter(parameters, 'outFeatures', 128)}${parameters.bias === false ? ', bias=False' : ''})`,
}
