import { multiply as multiplyDims } from '../dims.ts'
import { elementwise } from './elementwise.ts'

export const multiply = elementwise({
  kind: 'multiply',
  title: 'Multiply',
  help: 'Multiplies its inputs value by value: a Sigmoid on one of them makes it a gate for the others. Sizes must agree; an axis of size 1 is stretched.',
  formula: 'y = a · b · ...',
  keywords: ['product', 'gate', 'times', 'squeeze and excitation'],
  source: { title: 'torch.mul', url: 'https://docs.pytorch.org/docs/stable/generated/torch.mul.html' },
  verb: 'multiplies',
  operator: '*',
  join: (a, b) => a.mul(b),
  // Each factor needs the others; products of three and more keep what came before.
  keeps: (ports, size) => ({
    keeps: { inputs: ports, outputs: [] },
    extraBytes: multiplyDims(4, ports.length - 2, size),
  }),
})
