import { activation } from './activation.ts'

export const softplus = activation({
  kind: 'softplus',
  title: 'Softplus',
  help: 'Makes every value positive, smoothly: for outputs such as a spread or a rate.',
  formula: 'y = log(1 + eˣ)',
  summary: 'log(1 + eˣ)',
  keywords: ['positive', 'nonlinearity'],
  pytorch: 'Softplus',
  keeps: 'input',
  apply: (ops, x) => ops.softplus(x),
})
