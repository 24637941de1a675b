import { multiply } from '../dims.ts'
import { inputOf, sampleShape, type Layer } from '../layer.ts'
import type { Ops } from '../ops.ts'

interface Activation {
  kind: string
  title: string
  help: string
  formula: string
  summary: string
  keywords: readonly string[]
  /** Class name in torch.nn. */
  pytorch: string
  apply<T>(ops: Ops<T>, x: T): T
}

/** A layer that maps each value by one function and has no parameters. */
export const activation = ({ pytorch, apply, summary, ...truth }: Activation): Layer => ({
  ...truth,
  group: 'Activation',
  source: {
    title: `torch.nn.${pytorch}`,
    url: `https://docs.pytorch.org/docs/stable/generated/torch.nn.${pytorch}.html`,
  },
  fields: [],
  inputs: ['input'],
  outputs: ['output'],
  summary: () => summary,
  shape: (inputs) => ({ outputs: { output: inputOf(inputs) } }),
  weights: () => [],
  forward: ({ ops, inputs }) => ({ output: apply(ops, inputOf(inputs)) }),
  cost: (inputs) => ({
    flops: multiply(...sampleShape(inputOf(inputs))),
    keeps: { inputs: [], outputs: ['output'] },
    extraBytes: 0,
  }),
  pytorch: () => `nn.${pytorch}()`,
})
