import { activation } from './activation.ts'

export const gelu = activation({
  kind: 'gelu',
  title: 'GELU',
  help: 'A smooth ReLU: weighs each value by how likely a normal number lies below it. Usual in Transformers.',
  formula: 'y = x · Φ(x), with Φ the normal distribution function',
  summary: ({ approximate }) => (approximate === 'tanh' ? 'x · Φ(x) by tanh' : 'x · Φ(x)'),
  keywords: ['gaussian error', 'nonlinearity', 'transformer'],
  fields: [
    {
      type: 'choice',
      key: 'approximate',
      title: 'Form',
      help: 'GPT-2 was trained with the approximation by tanh.',
      default: 'none',
      choices: [
        { value: 'none', title: 'Exact' },
        { value: 'tanh', title: 'By tanh' },
      ],
      advanced: true,
    },
  ],
  pytorch: 'GELU',
  arguments: ({ approximate }) => (approximate === 'tanh' ? "approximate='tanh'" : ''),
  keeps: 'input',
  apply: (ops, x, { approximate }) => ops.gelu(x, { approximate: approximate === 'tanh' ? 'tanh' : 'none' }),
})
