import { recurrent } from './recurrent.ts'

export const lstm = recurrent({
  kind: 'lstm',
  title: 'LSTM',
  help: 'Reads a sequence step by step with a memory that gates write, keep and read, so that it carries over long distances. "last" is the state at each sequence’s own end, "sequence" the state at every step.',
  formula:
    'c[t] = σ(f) · c[t−1] + σ(i) · tanh(g),  h[t] = σ(o) · tanh(c[t]);  i f g o = W x[t] + b + U h[t−1] + c',
  keywords: ['recurrent', 'long short-term memory', 'rnn', 'gate', 'time', 'text'],
  pytorch: 'LSTM',
  gates: 4,
  // Four gates, the hidden and the cell state before.
  kept: 6,
  apply: (ops, x, options) => ops.lstm(x, options),
})
