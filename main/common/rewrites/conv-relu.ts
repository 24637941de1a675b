import { withRelu } from '../layers/fused-relu.ts'
import type { Step } from '../plan.ts'
import { pairs, replace, stepsOf } from './graph.ts'
import type { Rewrite } from './rewrite.ts'

const kinds = new Set(['conv2d', 'depthwise-conv2d', 'conv2d-batch-norm', 'depthwise-conv2d-batch-norm'])

export const convRelu: Rewrite = {
  id: 'conv-relu',
  title: 'Conv 2D + ReLU',
  help: 'Bias and ReLU are applied to each tile of the convolution as it is made: the feature maps are written once.',
  mode: 'always',
  find: (plan) =>
    pairs(
      plan,
      (step) => kinds.has(step.layer.kind),
      (step) => step.layer.kind === 'relu',
    ),
  apply(plan, match) {
    const [conv] = stepsOf(plan, match) as [Step]
    return replace(plan, match, { ...conv, layer: withRelu(conv.layer) })
  },
}
