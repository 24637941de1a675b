import { formatShape, isSymbolic, multiply, type Shape } from '../dims.ts'
import { inputOf, numberParameter, sampleShape, type Layer } from '../layer.ts'
import { clearPadding } from './sequence.ts'
import { affineField, epsilonField, isAffine, scaleAndShift } from './normalisation.ts'

/** Where the channels are: axis 1 of images and rows, the last of sequences `B x T x C`. */
const channelsOf = (shape: Shape): number => Number(shape.length === 3 ? shape[2] : shape[1])

/** Normalises every channel over the batch. */
export const batchNorm: Layer = {
  kind: 'batch-norm',
  title: 'Batch norm',
  group: 'Normalise',
  help: 'Brings every channel to mean 0 and spread 1 over the batch, then scales and shifts it by trained values; networks train faster and deeper. Validation uses running averages instead of the batch. Padding of shorter sequences is left out.',
  formula: 'y = (x − mean) / √(variance + ε) · weight + bias, for each channel',
  source: {
    title: 'Ioffe & Szegedy 2015, Batch normalization: accelerating deep network training',
    url: 'https://arxiv.org/abs/1502.03167',
  },
  keywords: ['normalisation', 'normalization', 'batchnorm', 'bn'],
  fields: [
    {
      type: 'number',
      key: 'momentum',
      title: 'Momentum',
      help: 'Share of each batch in the running averages.',
      default: 0.1,
      minimum: 0,
      maximum: 1,
      step: 0.01,
      advanced: true,
    },
    epsilonField(1e-5),
    affineField,
  ],
  inputs: ['input'],
  outputs: ['output'],
  summary: (parameters) => (isAffine(parameters) ? 'each channel' : 'each channel · no scale'),
  shape(inputs) {
    const shape = inputOf(inputs)
    const channels = shape.length === 3 ? shape[2] : shape[1]
    if (shape.length < 2 || shape.length > 4 || typeof channels !== 'number')
      return {
        error: {
          message: `expects B x C x H x W, B x T x C or B x C with C fixed, gets ${formatShape(shape)}`,
          mends: [],
        },
      }
    return { outputs: { output: shape } }
  },
  weights(inputs, parameters) {
    const channels = channelsOf(inputOf(inputs))
    const shape = [channels]
    return [
      ...(isAffine(parameters) ? scaleAndShift(channels) : []),
      { name: 'running_mean', shape, initial: { kind: 'zeros' }, buffer: true },
      { name: 'running_var', shape, initial: { kind: 'ones' }, buffer: true },
    ]
  },
  forward({ ops, inputs, weights, parameters, training, lengths }) {
    const x = inputOf(inputs)
    const normalise = (rows: typeof x): typeof x =>
      ops.batchNorm(rows, {
        runningMean: inputOf(weights, 'running_mean'),
        runningVar: inputOf(weights, 'running_var'),
        weight: weights['weight'] ?? null,
        bias: weights['bias'] ?? null,
        training,
        momentum: numberParameter(parameters, 'momentum', 0.1),
        eps: numberParameter(parameters, 'eps', 1e-5),
      })
    if (x.shape.length !== 3) return { output: normalise(x) }
    const [, steps = 0, channels = 0] = x.shape
    const ends = lengths('input', 1)
    // Padding must not count in the statistics of a batch; where those are given it is only cleared.
    if (ends && training)
      return { output: ops.unpackSequences(normalise(ops.packSequences(x, ends)), ends, steps) }
    const normalised = normalise(x.reshape([-1, channels])).reshape(x.shape)
    return { output: clearPadding(ops, normalised, ends) }
  },
  cost(inputs) {
    const shape = inputOf(inputs)
    const size = multiply(...sampleShape(shape))
    // Sequences of differing lengths are packed first, and that is kept.
    const packs = shape.length === 3 && shape.slice(1, 2).some(isSymbolic)
    return {
      flops: multiply(4, size),
      keeps: { inputs: packs ? [] : ['input'], outputs: [] },
      extraBytes: packs ? multiply(4, size) : 0,
    }
  },
  pytorch(inputs, parameters) {
    const shape = inputOf(inputs)
    const momentum = numberParameter(parameters, 'momentum', 0.1)
    const eps = numberParameter(parameters, 'eps', 1e-5)
    const optional = [
      eps === 1e-5 ? '' : `, eps=${eps}`,
      momentum === 0.1 ? '' : `, momentum=${momentum}`,
      isAffine(parameters) ? '' : ', affine=False',
    ]
    return `nn.BatchNorm${shape.length === 4 ? 2 : 1}d(${channelsOf(shape)}${optional.join('')})`
  },
  exported(inputs, parameters) {
    const module = batchNorm.pytorch(inputs, parameters)
    if (inputOf(inputs).length !== 3) return { module }
    return {
      module: module.replace('nn.', 'layers.Sequence'),
      lengths: [{ port: 'input', axis: 1 }],
    }
  },
}
