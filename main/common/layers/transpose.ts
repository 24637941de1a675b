import { formatShape, type Dim } from '../dims.ts'
import { inputOf, noCost, numberParameter, type Field, type Layer, type Parameters } from '../layer.ts'

const axisField = (key: string, title: string, value: number): Field => ({
  type: 'integer',
  key,
  title,
  help: '1 is the first after the batch.',
  default: value,
  minimum: 1,
  maximum: 4,
})

const axesOf = (parameters: Parameters): readonly [number, number] => [
  numberParameter(parameters, 'first', 1),
  numberParameter(parameters, 'second', 2),
]

/** Two axes change places. */
export const transpose: Layer = {
  kind: 'transpose',
  title: 'Transpose',
  group: 'Join and shape',
  help: 'Lets two axes change places: B x C x T becomes B x T x C, as layers over sequences read it. The batch stays first.',
  formula: 'y[.., j, .., i, ..] = x[.., i, .., j, ..]',
  source: {
    title: 'torch.transpose',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.transpose.html',
  },
  keywords: ['swap', 'permute', 'axes', 'channels last'],
  fields: [axisField('first', 'Axis', 1), axisField('second', 'Other axis', 2)],
  inputs: ['input'],
  outputs: ['output'],
  takes: 'either',
  view: true,
  widthKey: () => null,
  summary: (parameters) => `axes ${axesOf(parameters).join(' and ')}`,
  shape(inputs, parameters, { node }) {
    const shape = inputOf(inputs)
    const [first, second] = axesOf(parameters)
    const most = shape.length - 1
    if (Math.max(first, second) > most) {
      const [key, value] = first > second ? ['first', first] : ['second', second]
      const free = most > 1 ? (Math.min(first, second) === most ? most - 1 : most) : null
      return {
        error: {
          message: `swaps axes ${first} and ${second}, but gets ${formatShape(shape)} with axes 1 to ${most}`,
          mends:
            free === null || Math.min(first, second) > most || value === free
              ? []
              : [{ kind: 'set-parameter', title: `Swap with axis ${free}`, node, key, value: free }],
        },
      }
    }
    const swapped = shape.map((size, axis) =>
      axis === first ? (shape[second] as Dim) : axis === second ? (shape[first] as Dim) : size,
    )
    return { outputs: { output: swapped } }
  },
  weights: () => [],
  forward: ({ inputs, parameters }) => ({ output: inputOf(inputs).transpose(...axesOf(parameters)) }),
  cost: () => noCost,
  pytorch: (_inputs, parameters) => `lambda x: x.transpose(${axesOf(parameters).join(', ')})`,
}
