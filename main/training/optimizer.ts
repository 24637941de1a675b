import type { TrainConfig } from '../common/schemas.ts'
import { optim, type Tensor } from '../engine/index.ts'

/** The optimizer that a configuration asks for, over these weights. */
export function makeOptimizer(weights: Tensor[], config: TrainConfig): optim.Optimizer {
  const { learningRate: lr, momentum, weightDecay } = config
  return config.optimizer === 'adam'
    ? new optim.Adam(weights, { lr, weightDecay })
    : new optim.SGD(weights, { lr, momentum, weightDecay })
}
