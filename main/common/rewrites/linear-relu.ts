import { withRelu } from '../layers/fused-relu.ts'
import type { Step } from '../plan.ts'
import { pairs, replace, stepsOf } from './graph.ts'
import type { Rewrite } from './rewrite.ts'

export const linearRelu: Rewrite = {
  id: 'linear-relu',
  title: 'Linear + ReLU',
  help: 'Bias and ReLU are applied while the product is still in the cache: one pass over memory instead of three.',
  mode: 'always',
  find: (plan) =>
    pairs(
      plan,
      (step) => step.layer.kind === 'linear',
      (step) => step.layer.kind === 'relu',
    ),
  apply(plan, match) {
    const [linear] = stepsOf(plan, match) as [Step]
    return replace(plan, match, { ...linear, layer: withRelu(linear.layer) })
  },
}
