import { recurrent } from './recurrent.ts'

export const gru = recurrent({
  kind: 'gru',
  title: 'GRU',
  help: 'Reads a sequence step by step; two gates decide how much of the state is renewed. Like an LSTM with three quarters of the weights. "last" is the state at each sequence’s own end.',
  formula: 'h[t] = (1 − z) · n + z · h[t−1],  n = tanh(W x[t] + b + r · (U h[t−1] + c)),  r and z gates',
  keywords: ['recurrent', 'gated recurrent unit', 'rnn', 'gate', 'time', 'text'],
  pytorch: 'GRU',
  gates: 3,
  // Three gates, the new state's recurrent part, the state before.
  kept: 5,
  apply: (ops, x, options) => ops.gru(x, options),
})
