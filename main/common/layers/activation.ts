import { multiply } from '../dims.ts'
import { inputOf, sampleShape, type Field, type Layer, type Parameters } from '../layer.ts'
import type { Ops } from '../ops.ts'

interface Activation {
  kind: string
  title: string
  help: string
  formula: string
  summary: string | ((parameters: Parameters) => string)
  keywords: readonly string[]
  /** Class name in torch.nn. */
  pytorch: string
  /** Python arguments; none unless given. */
  arguments?: (parameters: Parameters) => string
  fields?: readonly Field[]
  /** What backward computes the slope from. */
  keeps: 'input' | 'output'
  apply<T>(ops: Ops<T>, x: T, parameters: Parameters): T
}

/** A layer that maps each value by one function. */
export const activation = ({
  pytorch,
  apply,
  summary,
  keeps,
  fields = [],
  arguments: argumentsOf = () => '',
  ...truth
}: Activation): Layer => ({
  ...truth,
  group: 'Activation',
  source: {
    title: `torch.nn.${pytorch}`,
    url: `https://docs.pytorch.org/docs/stable/generated/torch.nn.${pytorch}.html`,
  },
  fields,
  inputs: ['input'],
  outputs: ['output'],
  summary: typeof summary === 'string' ? () => summary : summary,
  shape: (inputs) => ({ outputs: { output: inputOf(inputs) } }),
  weights: () => [],
  forward: ({ ops, inputs, parameters }) => ({ output: apply(ops, inputOf(inputs), parameters) }),
  cost: (inputs) => ({
    flops: multiply(...sampleShape(inputOf(inputs))),
    keeps: keeps === 'input' ? { inputs: ['input'], outputs: [] } : { inputs: [], outputs: ['output'] },
    extraBytes: 0,
  }),
  pytorch: (_inputs, parameters) => `nn.${pytorch}(${argumentsOf(parameters)})`,
})
