import { recurrent } from './recurrent.ts'

export const rnn = recurrent({
  kind: 'rnn',
  title: 'RNN',
  help: 'Reads a sequence step by step and carries one state along. The simplest recurrent layer; forgets what lies more than some ten steps back. "last" is the state at each sequence’s own end.',
  formula: 'h[t] = tanh(W x[t] + b + U h[t−1] + c)',
  keywords: ['recurrent', 'elman', 'time', 'text'],
  fields: [
    {
      type: 'choice',
      key: 'nonlinearity',
      title: 'Nonlinearity',
      help: 'ReLU trains faster on short sequences and may grow without bound on long ones.',
      default: 'tanh',
      choices: [
        { value: 'tanh', title: 'Tanh' },
        { value: 'relu', title: 'ReLU' },
      ],
    },
  ],
  pytorch: 'RNN',
  pytorchOptions: ({ nonlinearity }) => (nonlinearity === 'relu' ? "nonlinearity='relu'" : ''),
  gates: 1,
  kept: 2,
  apply: (ops, x, options, { nonlinearity }) =>
    ops.rnn(x, { ...options, nonlinearity: nonlinearity === 'relu' ? 'relu' : 'tanh' }),
})
