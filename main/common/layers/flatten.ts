import { multiply } from '../dims.ts'
import { inputOf, noCost, type Layer } from '../layer.ts'

/** Everything after the batch axis into one axis. */
export const flatten: Layer = {
  kind: 'flatten',
  title: 'Flatten',
  group: 'Core',
  help: 'Lays all values of a sample out in one row, so that a Linear layer can read an image.',
  formula: 'B x C x H x W → B x (C·H·W)',
  source: {
    title: 'torch.nn.Flatten',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html',
  },
  keywords: ['reshape', 'view', 'vector'],
  fields: [],
  inputs: ['input'],
  outputs: ['output'],
  summary: () => 'one row per sample',
  shape(inputs) {
    const shape = inputOf(inputs)
    const [first, ...rest] = shape
    return { outputs: { output: first === undefined ? shape : [first, multiply(...rest)] } }
  },
  weights: () => [],
  view: true,
  forward: ({ ops, inputs }) => ({ output: ops.flatten(inputOf(inputs), 1) }),
  cost: () => noCost,
  pytorch: () => 'nn.Flatten()',
}
