import type { TrainConfig } from '../common/training.ts'
import { optim, type Tensor } from '../engine/index.ts'

type Groups = { params: Tensor[]; weightDecay: number }[]

/**
 * The optimizer that a configuration asks for. Two groups: weight decay for matrices and kernels, and, unless the
 * configuration decays everything, none for what has one dimension or none (biases, scales and shifts of norms).
 */
export function makeOptimizer(weights: Iterable<Tensor>, config: TrainConfig): optim.Optimizer {
  const groups = groupsOf(weights, config)
  const { learningRate: lr, momentum, nesterov, alpha } = config
  const eps = config.epsilon === null ? {} : { eps: config.epsilon }
  const betas = config.betas === null ? {} : { betas: config.betas }
  switch (config.optimizer) {
    case 'sgd':
      return new optim.SGD(groups, { lr, momentum, nesterov: nesterov && momentum > 0 })
    case 'adam':
      return new optim.Adam(groups, { lr, ...betas, ...eps })
    case 'adamw':
      return new optim.AdamW(groups, { lr, ...betas, ...eps })
    case 'rmsprop':
      return new optim.RMSprop(groups, { lr, alpha, ...eps })
    case 'adagrad':
      return new optim.Adagrad(groups, { lr, ...eps })
    case 'lion':
      return new optim.Lion(groups, { lr, ...betas })
  }
}

/** Sets the weight decay of an optimizer that `makeOptimizer` made. */
export function setWeightDecay(
  optimizer: optim.Optimizer,
  { weightDecay, decayEverything }: Pick<TrainConfig, 'weightDecay' | 'decayEverything'>,
): void {
  for (const group of optimizer.groups)
    group.set({ weightDecay: decayEverything || decays(group.params[0]) ? weightDecay : 0 })
}

function groupsOf(weights: Iterable<Tensor>, { weightDecay, decayEverything }: TrainConfig): Groups {
  const all = [...weights]
  return [
    { params: all.filter(decays), weightDecay },
    { params: all.filter((weight) => !decays(weight)), weightDecay: decayEverything ? weightDecay : 0 },
  ].filter(({ params }) => params.length > 0)
}

const decays = (weight: Tensor | undefined): boolean => (weight?.rank ?? 0) > 1
