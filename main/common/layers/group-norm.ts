import { formatShape, multiply } from '../dims.ts'
import { inputOf, numberParameter, sampleShape, type Layer, type Parameters } from '../layer.ts'
import { channelsAt } from './convolution.ts'
import { affineField, epsilonField, isAffine, scaleAndShift } from './normalisation.ts'

const groupsOf = (parameters: Parameters): number => numberParameter(parameters, 'groups', 8)

/** Normalises groups of an image's channels, each sample by itself. */
export const groupNorm: Layer = {
  kind: 'group-norm',
  title: 'Group norm',
  group: 'Normalise',
  help: 'Brings groups of neighbouring channels of each image to mean 0 and spread 1. Does what Batch norm does without looking at other samples, so it also works with very small batches. As many groups as channels make it an instance norm.',
  formula: 'y = (x − mean) / √(variance + ε) · weight + bias, for each sample and group',
  source: { title: 'Wu & He 2018, Group normalization', url: 'https://arxiv.org/abs/1803.08494' },
  keywords: ['normalisation', 'normalization', 'groupnorm', 'gn', 'instance norm'],
  fields: [
    {
      type: 'integer',
      key: 'groups',
      title: 'Groups',
      help: 'Must divide the number of channels.',
      default: 8,
      minimum: 1,
      maximum: 65536,
    },
    epsilonField(1e-5),
    affineField,
  ],
  inputs: ['input'],
  outputs: ['output'],
  summary: (parameters) => `${groupsOf(parameters)} groups`,
  shape(inputs, parameters, { node }) {
    const shape = inputOf(inputs)
    const channels = shape[1]
    if ((shape.length !== 4 && shape.length !== 2) || typeof channels !== 'number') {
      const sequence = shape.length === 3 ? '; use Layer norm for sequences' : ''
      return {
        error: { message: `expects images B x C x H x W, gets ${formatShape(shape)}${sequence}`, mends: [] },
      }
    }
    const groups = groupsOf(parameters)
    if (channels % groups === 0) return { outputs: { output: shape } }
    let fitting = Math.min(groups, channels)
    while (channels % fitting !== 0) fitting--
    return {
      error: {
        message: `splits channels into ${groups} groups, but gets ${channels} channels (${formatShape(shape)})`,
        mends: [
          {
            kind: 'set-parameter',
            title: `Set groups to ${fitting}`,
            node,
            key: 'groups',
            value: fitting,
          },
        ],
      },
    }
  },
  weights: (inputs, parameters) => (isAffine(parameters) ? scaleAndShift(channelsAt(inputs, 1)) : []),
  forward({ ops, inputs, weights, parameters }) {
    const eps = numberParameter(parameters, 'eps', 1e-5)
    const [weight, bias] = [weights['weight'] ?? null, weights['bias'] ?? null]
    return { output: ops.groupNorm(inputOf(inputs), groupsOf(parameters), weight, bias, { eps }) }
  },
  cost: (inputs, parameters) => ({
    flops: multiply(8, ...sampleShape(inputOf(inputs))),
    keeps: { inputs: ['input'], outputs: [] },
    // Mean and spread of every group, in float64.
    extraBytes: 16 * groupsOf(parameters),
  }),
  pytorch(inputs, parameters) {
    const eps = numberParameter(parameters, 'eps', 1e-5)
    const optional = `${eps === 1e-5 ? '' : `, eps=${eps}`}${isAffine(parameters) ? '' : ', affine=False'}`
    return `nn.GroupNorm(${groupsOf(parameters)}, ${channelsAt(inputs, 1)}${optional})`
  },
}
