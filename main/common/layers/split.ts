import { formatShape, isSymbolic, type Dim } from '../dims.ts'
import { inputOf, noCost, type Layer, type Mend, type Parameters } from '../layer.ts'
import { joinAxis, letterPorts } from './letters.ts'

const sizesOf = ({ sizes }: Parameters): readonly number[] => (Array.isArray(sizes) ? sizes : [1, 1])
const portsOf = (parameters: Parameters): readonly string[] => letterPorts(sizesOf(parameters).length)

/** One input in parts along an axis. */
export const split: Layer = {
  kind: 'split',
  title: 'Split',
  group: 'Join and shape',
  help: 'Cuts its input into parts along one axis, each with an output of its own: the channels of images, the features of anything else, unless you say which.',
  formula: '[a, b, ...] = x',
  source: { title: 'torch.split', url: 'https://docs.pytorch.org/docs/stable/generated/torch.split.html' },
  keywords: ['chunk', 'parts', 'branch', 'slice', 'narrow'],
  fields: [
    {
      type: 'integers',
      key: 'sizes',
      title: 'Sizes',
      help: 'Of each part; together as long as the axis.',
      default: [64, 64],
      minimum: 1,
      maximum: 1_048_576,
      longest: 8,
    },
    {
      type: 'optional-integer',
      key: 'axis',
      title: 'Axis',
      help: '1 is the first after the batch.',
      default: null,
      minimum: 1,
      maximum: 4,
      emptyMeans: 'channels or features',
    },
  ],
  inputs: ['input'],
  outputs: portsOf,
  takes: 'either',
  view: true,
  widthKey: () => null,
  summary: (parameters) => sizesOf(parameters).join(' + '),
  shape(inputs, parameters, { node }) {
    const shape = inputOf(inputs)
    const sizes = sizesOf(parameters)
    const axis = joinAxis(parameters, shape.length)
    const size = shape[axis]
    if (axis < 1 || size === undefined)
      return {
        error: {
          message: `splits axis ${axis}, but gets ${formatShape(shape)} with axes up to ${shape.length - 1}`,
          mends: [],
        },
      }
    if (isSymbolic(size))
      return {
        error: {
          message: `splits axis ${axis} and needs its size fixed, gets ${formatShape(shape)}`,
          mends: [],
        },
      }
    const total = sizes.reduce((a, b) => a + b, 0)
    if (total !== size)
      return {
        error: {
          message: `splits ${sizes.join(' + ')} = ${total} along axis ${axis}, but gets ${formatShape(shape)} with ${size} there`,
          mends: fitting(size, sizes, node),
        },
      }
    const part = (own: number): Dim[] => shape.map((other, i) => (i === axis ? own : other))
    return {
      outputs: Object.fromEntries(portsOf(parameters).map((port, i) => [port, part(sizes[i] as number)])),
    }
  },
  weights: () => [],
  forward({ inputs, parameters }) {
    const x = inputOf(inputs)
    const parts = x.split(sizesOf(parameters), joinAxis(parameters, x.shape.length))
    return Object.fromEntries(portsOf(parameters).map((port, i) => [port, parts[i] as typeof x]))
  },
  cost: () => noCost,
  pytorch: (inputs, parameters) =>
    `lambda x: x.split((${sizesOf(parameters).join(', ')},), ${joinAxis(parameters, inputOf(inputs).length)})`,
}

/** As many parts of one size, or all but the last as they are. */
function fitting(size: number, sizes: readonly number[], node: string): Mend[] {
  const set = (value: number[]): Mend => ({
    kind: 'set-parameter',
    title: `Split ${value.join(' + ')}`,
    node,
    key: 'sizes',
    value,
  })
  const head = sizes.slice(0, -1)
  const rest = size - head.reduce((a, b) => a + b, 0)
  return [
    ...(size % sizes.length === 0 ? [set(sizes.map(() => size / sizes.length))] : []),
    ...(rest > 0 ? [set([...head, rest])] : []),
  ]
}
