import { activation } from './activation.ts'

export const sigmoid = activation({
  kind: 'sigmoid',
  title: 'Sigmoid',
  help: 'Squashes values into 0..1, like a probability or a gate. Saturates at both ends.',
  formula: 'y = 1 / (1 + e⁻ˣ)',
  summary: 'into 0..1',
  keywords: ['logistic', 'gate', 'nonlinearity'],
  pytorch: 'Sigmoid',
  keeps: 'output',
  apply: (ops, x) => ops.sigmoid(x),
})
