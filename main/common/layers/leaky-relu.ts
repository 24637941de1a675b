import { numberParameter, type Parameters } from '../layer.ts'
import { activation } from './activation.ts'

const slopeOf = (parameters: Parameters): number => numberParameter(parameters, 'slope', 0.01)

export const leakyRelu = activation({
  kind: 'leaky-relu',
  title: 'LeakyReLU',
  help: 'ReLU that lets a little of negative values through, so that no unit is dead for good.',
  formula: 'y = x where x > 0, else slope · x',
  summary: (parameters) => `slope ${slopeOf(parameters)}`,
  keywords: ['rectifier', 'nonlinearity', 'lrelu'],
  fields: [
    {
      type: 'number',
      key: 'slope',
      title: 'Slope',
      help: 'Of negative values.',
      default: 0.01,
      minimum: 0,
      maximum: 1,
      step: 0.01,
    },
  ],
  pytorch: 'LeakyReLU',
  arguments: (parameters) => (slopeOf(parameters) === 0.01 ? '' : String(slopeOf(parameters))),
  keeps: 'input',
  apply: (ops, x, parameters) => ops.leakyRelu(x, slopeOf(parameters)),
})
