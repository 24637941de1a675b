import { elementwise } from './elementwise.ts'

export const add = elementwise({
  kind: 'add',
  title: 'Add',
  help: 'Sums its inputs value by value. With a wire around some layers it makes them a residual block: they learn only what to change. Sizes must agree; an axis of size 1 is stretched.',
  formula: 'y = a + b + ...',
  keywords: ['sum', 'residual', 'skip', 'shortcut', 'plus'],
  source: {
    title: 'He et al. 2016, Deep residual learning for image recognition',
    url: 'https://arxiv.org/abs/1512.03385',
  },
  verb: 'adds',
  operator: '+',
  join: (a, b) => a.add(b),
  keeps: () => ({ keeps: { inputs: [], outputs: [] }, extraBytes: 0 }),
})
