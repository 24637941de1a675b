import { activation } from './activation.ts'

export const tanh = activation({
  kind: 'tanh',
  title: 'Tanh',
  help: 'Squashes values into -1..1, centred on zero. Large inputs saturate: their gradient is almost zero.',
  formula: 'y = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)',
  summary: 'into -1..1',
  keywords: ['hyperbolic tangent', 'nonlinearity'],
  pytorch: 'Tanh',
  keeps: 'output',
  apply: (ops, x) => ops.tanh(x),
})
