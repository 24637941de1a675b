import { activation } from './activation.ts'

export const silu = activation({
  kind: 'silu',
  title: 'SiLU',
  help: 'A smooth ReLU that gates each value by its own sigmoid; also called Swish.',
  formula: 'y = x / (1 + e⁻ˣ)',
  summary: 'x · sigmoid(x)',
  keywords: ['swish', 'nonlinearity', 'gate'],
  pytorch: 'SiLU',
  keeps: 'input',
  apply: (ops, x) => ops.silu(x),
})
