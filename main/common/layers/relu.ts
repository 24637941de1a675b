import { activation } from './activation.ts'

export const relu = activation({
  kind: 'relu',
  title: 'ReLU',
  help: 'Passes positive values and zeroes the rest. The usual first choice; a unit whose input stays negative stops learning (dead unit).',
  formula: 'y = max(0, x)',
  summary: 'max(0, x)',
  keywords: ['rectifier', 'nonlinearity'],
  pytorch: 'ReLU',
  keeps: 'output',
  apply: (ops, x) => ops.relu(x),
})
