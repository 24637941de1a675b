import { inputOf, noCost, type Layer } from '../layer.ts'
import { sequenceFeatures } from './ranks.ts'
import { lastSteps, lengthsOf } from './sequence.ts'

/** Each sequence's own last step. */
export const lastStep: Layer = {
  kind: 'last-step',
  title: 'Last step',
  group: 'Sequence',
  help: 'Takes what stands at each sequence’s own last step, padding left out: for a recurrent layer the step that has seen all of it.',
  formula: 'y = x[length − 1]',
  source: { title: 'torch.gather', url: 'https://docs.pytorch.org/docs/stable/generated/torch.gather.html' },
  keywords: ['final', 'end', 'state', 'select'],
  fields: [],
  inputs: ['input'],
  outputs: ['output'],
  summary: () => 'at each sequence’s end',
  shape(inputs, _parameters, context) {
    const shape = inputOf(inputs)
    const features = sequenceFeatures(shape, context)
    if (typeof features !== 'number') return { error: features }
    return { outputs: { output: [...shape.slice(0, 1), features] } }
  },
  weights: () => [],
  forward: (call) => ({ output: lastSteps(call.ops, inputOf(call.inputs), lengthsOf(call)) }),
  cost: () => noCost,
  pytorch: () => 'lambda x: x[:, -1]',
  exported: () => ({ module: 'layers.LastStep()', lengths: [{ port: 'input', axis: 1 }] }),
}
