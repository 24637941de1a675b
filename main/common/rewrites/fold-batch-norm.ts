import { numberParameter } from '../layer.ts'
import { withBatchNorm } from '../layers/fused-batch-norm.ts'
import type { Step } from '../plan.ts'
import { pairs, replace, stepsOf } from './graph.ts'
import type { Rewrite } from './rewrite.ts'

const kinds = new Set(['conv2d', 'depthwise-conv2d'])

export const foldBatchNorm: Rewrite = {
  id: 'fold-batch-norm',
  title: 'Batch norm into Conv 2D',
  help: 'When evaluating, batch norm multiplies and shifts each channel by fixed numbers; they go into the filters, and its pass over the feature maps is saved.',
  mode: 'inference',
  find: (plan) =>
    pairs(
      plan,
      (step) => kinds.has(step.layer.kind),
      (step) => step.layer.kind === 'batch-norm',
    ),
  apply(plan, match) {
    const [conv, norm] = stepsOf(plan, match) as [Step, Step]
    const renamed = Object.entries(norm.weights).map(([name, key]) => [`norm.${name}`, key])
    return replace(plan, match, {
      ...conv,
      layer: withBatchNorm(conv.layer, numberParameter(norm.parameters, 'eps', 1e-5)),
      weights: { ...conv.weights, ...(Object.fromEntries(renamed) as Step['weights']) },
    })
  },
}
