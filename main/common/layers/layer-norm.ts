import { multiply } from '../dims.ts'
import { inputOf, numberParameter, sampleShape, type Layer } from '../layer.ts'
import {
  affineField,
  epsilonField,
  isAffine,
  lastAxis,
  lastAxisShape,
  scaleAndShift,
} from './normalisation.ts'

/** Normalises the features of every step by themselves. */
export const layerNorm: Layer = {
  kind: 'layer-norm',
  title: 'Layer norm',
  group: 'Normalise',
  help: 'Brings the features of each step to mean 0 and spread 1, then scales and shifts them by trained values. Looks at no other step and no other sample: usual in Transformers.',
  formula: 'y = (x − mean) / √(variance + ε) · weight + bias, along the last axis',
  source: {
    title: 'Ba, Kiros & Hinton 2016, Layer normalization',
    url: 'https://arxiv.org/abs/1607.06450',
  },
  keywords: ['normalisation', 'normalization', 'layernorm', 'ln', 'transformer'],
  fields: [epsilonField(1e-5), affineField],
  inputs: ['input'],
  outputs: ['output'],
  summary: (parameters) => (isAffine(parameters) ? 'last axis' : 'last axis · no scale'),
  shape: (inputs) => lastAxisShape(inputOf(inputs)),
  weights: (inputs, parameters) => (isAffine(parameters) ? scaleAndShift(lastAxis(inputOf(inputs))) : []),
  forward({ ops, inputs, weights, parameters }) {
    const x = inputOf(inputs)
    const eps = numberParameter(parameters, 'eps', 1e-5)
    const width = x.shape.at(-1) ?? 1
    return { output: ops.layerNorm(x, width, weights['weight'] ?? null, weights['bias'] ?? null, { eps }) }
  },
  cost: (inputs) => ({
    flops: multiply(8, ...sampleShape(inputOf(inputs))),
    keeps: { inputs: ['input'], outputs: [] },
    // Mean and spread of every row, in float64.
    extraBytes: multiply(16, ...inputOf(inputs).slice(1, -1)),
  }),
  pytorch(inputs, parameters) {
    const eps = numberParameter(parameters, 'eps', 1e-5)
    const optional = `${eps === 1e-5 ? '' : `, eps=${eps}`}${isAffine(parameters) ? '' : ', elementwise_affine=False'}`
    return `nn.LayerNorm(${lastAxis(inputOf(inputs))}${optional})`
  },
}
