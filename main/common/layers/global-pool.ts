import { formatShape, isSymbolic, multiply } from '../dims.ts'
import { inputOf, sampleShape, type ForwardCall, type Layer, type Parameters } from '../layer.ts'
import type { TensorMethods } from '../ops.ts'
import { lastSteps } from './sequence.ts'

/** Axes that vanish: all but the channels of B x C x H x W, the steps of B x T x features. */
function pooledAxes(rank: number, { layout }: Parameters): readonly number[] {
  const channelsFirst = layout === 'channels-first' || (layout !== 'features-last' && rank > 3)
  return channelsFirst ? Array.from({ length: rank - 2 }, (_, i) => i + 2) : [1]
}

/** One row per sample, however long or large it is. */
export const globalPool: Layer = {
  kind: 'global-pool',
  title: 'Global pool',
  group: 'Pooling',
  help: 'Makes one row of features from a sample of any length or size: the mean or the maximum over all steps of a sequence or all places of an image, or a sequence’s last step. Padding is left out.',
  formula: 'y = mean (or max) over t of x[t]',
  source: { title: 'Lin et al. 2014, Network in network', url: 'https://arxiv.org/abs/1312.4400' },
  keywords: ['average', 'mean', 'maximum', 'adaptive', 'masked', 'gap', 'any size'],
  fields: [
    {
      type: 'choice',
      key: 'method',
      title: 'Takes',
      help: 'The mean sees everything a little, the maximum the strongest sign anywhere.',
      default: 'mean',
      choices: [
        { value: 'mean', title: 'Mean' },
        { value: 'max', title: 'Maximum' },
        { value: 'last', title: 'Last step' },
      ],
    },
    {
      type: 'choice',
      key: 'layout',
      title: 'Axes',
      help: 'Where the features are. Automatic: images have channels first, sequences features last.',
      default: 'auto',
      choices: [
        { value: 'auto', title: 'Automatic' },
        { value: 'features-last', title: 'B x T x features' },
        { value: 'channels-first', title: 'B x channels x ...' },
      ],
      advanced: true,
    },
  ],
  inputs: ['input'],
  outputs: ['output'],
  widthKey: () => null,
  summary: ({ method }) => (method === 'max' ? 'maximum' : method === 'last' ? 'last step' : 'mean'),
  shape(inputs, parameters, { node }) {
    const shape = inputOf(inputs)
    const wanted = 'B x T x features or B x C x H x W'
    if (shape.length < 3)
      return { error: { message: `expects ${wanted}, gets ${formatShape(shape)}`, mends: [] } }
    const axes = pooledAxes(shape.length, parameters)
    if (axes[0] === 1 && isSymbolic(shape.at(-1) ?? 1))
      return {
        error: {
          message: `pools the steps of B x T x features, gets ${formatShape(shape)}`,
          mends: [
            {
              kind: 'set-parameter',
              title: 'Pool the last axis',
              node,
              key: 'layout',
              value: 'channels-first',
            },
          ],
        },
      }
    if (parameters.method === 'last' && axes.length > 1)
      return {
        error: {
          message: `takes the last step of B x T x features, gets ${formatShape(shape)}`,
          mends: [
            { kind: 'set-parameter', title: 'Take the mean', node, key: 'method', value: 'mean' },
            { kind: 'set-parameter', title: 'Take the maximum', node, key: 'method', value: 'max' },
          ],
        },
      }
    return { outputs: { output: shape.filter((_, axis) => !axes.includes(axis)) } }
  },
  weights: () => [],
  forward: (call) => ({ output: pool(call) }),
  cost(inputs, { method, ...parameters }) {
    const shape = inputOf(inputs)
    const size = multiply(...sampleShape(shape))
    const none = { inputs: [], outputs: [] }
    if (method === 'last') return { flops: 0, keeps: none, extraBytes: 0 }
    if (method === 'mean') return { flops: size, keeps: none, extraBytes: 0 }
    // The maximum of sequences is taken over a copy that has padding at minus infinity.
    const masked =
      shape.length === 3 && pooledAxes(3, parameters).some((axis) => isSymbolic(shape[axis] ?? 1))
    return {
      flops: size,
      keeps: { inputs: masked ? [] : ['input'], outputs: ['output'] },
      extraBytes: masked ? multiply(4, size) : 0,
    }
  },
  pytorch(inputs, parameters) {
    const shape = inputOf(inputs)
    const axes = pooledAxes(shape.length, parameters)
    if (parameters.method === 'last') return `lambda x: x.select(${axes[0]}, -1)`
    const function_ = parameters.method === 'max' ? 'amax' : 'mean'
    return `lambda x: x.${function_}((${axes.join(', ')}${axes.length === 1 ? ',' : ''}))`
  },
  exported(inputs, parameters) {
    const axes = pooledAxes(inputOf(inputs).length, parameters)
    const method = parameters.method === 'max' || parameters.method === 'last' ? parameters.method : 'mean'
    return {
      module: `layers.GlobalPool('${method}', axes=(${axes.join(', ')}${axes.length === 1 ? ',' : ''}))`,
      lengths: axes.map((axis) => ({ port: 'input', axis })),
    }
  },
}

function pool<T extends TensorMethods<T>>({ ops, inputs, parameters, lengths }: ForwardCall<T>): T {
  let x = inputOf(inputs)
  const { method } = parameters
  const axes = pooledAxes(x.shape.length, parameters)
  const known = axes.map((axis) => lengths('input', axis))
  if (method !== 'last' && known.every((length) => length === null))
    return method === 'max' ? x.amax(axes) : x.mean(axes)
  // Axis by axis from the last: a mean of rows' means is the mean, as a sample's rows are of one length.
  for (const [i, axis] of [...axes.entries()].reverse()) {
    const length = known[i] ?? null
    if (method === 'last') x = lastSteps(ops, stepsFirst(x, axis), length)
    else if (!length) x = method === 'max' ? x.amax(axis) : x.mean(axis)
    else if (method === 'max') x = ops.maskedMax(stepsFirst(x, axis), length)
    else x = ops.maskedMean(stepsFirst(x, axis), length)
  }
  return x
}

/** x with `axis` moved behind the batch. */
function stepsFirst<T extends TensorMethods<T>>(x: T, axis: number): T {
  if (axis === 1) return x
  const others = Array.from({ length: x.shape.length - 1 }, (_, i) => i + 1).filter((i) => i !== axis)
  return x.permute([0, axis, ...others])
}
