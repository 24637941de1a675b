import { multiply } from '../dims.ts'
import { inputOf, noCost, numberParameter, sampleShape, type Layer } from '../layer.ts'

/** Random zeroing while training. */
export const dropout: Layer = {
  kind: 'dropout',
  title: 'Dropout',
  group: 'Regularise',
  help: 'While training, zeroes each value with probability p and scales the rest up, so the network cannot lean on single units. Does nothing when validating.',
  formula: 'y = x · mask / (1 − p)',
  source: {
    title: 'Srivastava et al. 2014, Dropout: a simple way to prevent neural networks from overfitting',
    url: 'https://jmlr.org/papers/v15/srivastava14a.html',
  },
  keywords: ['regularisation', 'regularization', 'overfit', 'noise'],
  fields: [
    {
      type: 'number',
      key: 'p',
      title: 'Probability',
      help: 'Share of values zeroed; 0.1 to 0.5 is usual.',
      default: 0.5,
      minimum: 0,
      maximum: 0.95,
      step: 0.05,
    },
  ],
  inputs: ['input'],
  outputs: ['output'],
  summary: (parameters) => `p = ${numberParameter(parameters, 'p', 0.5)}`,
  shape: (inputs) => ({ outputs: { output: inputOf(inputs) } }),
  weights: () => [],
  forward: ({ ops, inputs, parameters, training }) => ({
    output: ops.dropout(inputOf(inputs), numberParameter(parameters, 'p', 0.5), training),
  }),
  // The mask is drawn again from its seed in backward: nothing is kept.
  cost: (inputs) => ({ ...noCost, flops: multiply(2, ...sampleShape(inputOf(inputs))) }),
  pytorch: (_inputs, parameters) => `nn.Dropout(${numberParameter(parameters, 'p', 0.5)})`,
}
