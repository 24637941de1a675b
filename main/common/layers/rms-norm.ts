import { multiply } from '../dims.ts'
import { inputOf, numberParameter, sampleShape, type Layer } from '../layer.ts'
import { affineField, epsilonField, isAffine, lastAxis, lastAxisShape } from './normalisation.ts'

/** Layer norm without the mean. */
export const rmsNorm: Layer = {
  kind: 'rms-norm',
  title: 'RMS norm',
  group: 'Normalise',
  help: 'Divides the features of each step by their root mean square: Layer norm without taking the mean away, cheaper and usual in newer language models.',
  formula: 'y = x / √(mean(x²) + ε) · weight, along the last axis',
  source: {
    title: 'Zhang & Sennrich 2019, Root mean square layer normalization',
    url: 'https://arxiv.org/abs/1910.07467',
  },
  keywords: ['normalisation', 'normalization', 'rmsnorm', 'transformer'],
  fields: [
    epsilonField(1e-6),
    { ...affineField, title: 'Scale', help: 'Multiplies the result by trained values.' },
  ],
  inputs: ['input'],
  outputs: ['output'],
  summary: (parameters) => (isAffine(parameters) ? 'last axis' : 'last axis · no scale'),
  shape: (inputs) => lastAxisShape(inputOf(inputs)),
  weights: (inputs, parameters) =>
    isAffine(parameters)
      ? [{ name: 'weight', shape: [lastAxis(inputOf(inputs))], initial: { kind: 'ones' } }]
      : [],
  forward({ ops, inputs, weights, parameters }) {
    const x = inputOf(inputs)
    const eps = numberParameter(parameters, 'eps', 1e-6)
    return { output: ops.rmsNorm(x, x.shape.at(-1) ?? 1, weights['weight'] ?? null, { eps }) }
  },
  cost: (inputs) => ({
    flops: multiply(4, ...sampleShape(inputOf(inputs))),
    keeps: { inputs: ['input'], outputs: [] },
    // Two numbers for every row, in float64.
    extraBytes: multiply(16, ...inputOf(inputs).slice(1, -1)),
  }),
  pytorch(inputs, parameters) {
    const affine = isAffine(parameters) ? '' : ', elementwise_affine=False'
    return `nn.RMSNorm(${lastAxis(inputOf(inputs))}, eps=${numberParameter(parameters, 'eps', 1e-6)}${affine})`
  },
}
