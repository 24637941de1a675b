import { numberParameter, type Parameters } from '../layer.ts'
import { activation } from './activation.ts'

const alphaOf = (parameters: Parameters): number => numberParameter(parameters, 'alpha', 1)

export const elu = activation({
  kind: 'elu',
  title: 'ELU',
  help: 'Passes positive values and bends negative ones smoothly towards −alpha, which keeps means near zero.',
  formula: 'y = x where x > 0, else alpha · (eˣ − 1)',
  summary: (parameters) => `alpha ${alphaOf(parameters)}`,
  keywords: ['exponential linear', 'nonlinearity'],
  fields: [
    {
      type: 'number',
      key: 'alpha',
      title: 'Alpha',
      help: 'What very negative values become, with a minus.',
      default: 1,
      minimum: 0.01,
      maximum: 10,
      step: 0.1,
      advanced: true,
    },
  ],
  pytorch: 'ELU',
  arguments: (parameters) => (alphaOf(parameters) === 1 ? '' : String(alphaOf(parameters))),
  keeps: 'input',
  apply: (ops, x, parameters) => ops.elu(x, alphaOf(parameters)),
})
