/** The algorithms, with PyTorch's formulas, names and defaults. */
import type { CommonOptions, Params } from './group.ts'
import { Optimizer } from './optimizer.ts'

export interface SgdOptions extends CommonOptions {
  momentum?: number
  /** How much less than whole a gradient enters the momentum. */
  dampening?: number
  /** Looks ahead along the momentum; needs one, and no dampening. */
  nesterov?: boolean
}

/** v = momentum * v + (1 - dampening) * g; p -= lr * v. The first gradient enters v whole. */
export class SGD extends Optimizer<SgdOptions> {
  constructor(params: Params<SgdOptions>, options: SgdOptions = {}) {
    const defaults = { lr: 1e-3, weightDecay: 0, maximize: false, momentum: 0, dampening: 0, nesterov: false }
    super('SGD', params, defaults, options)
  }
}

export interface AdamOptions extends CommonOptions {
  /** Decay of the mean of gradients, and of their squares. */
  betas?: readonly [number, number]
  eps?: number
  /** Divides by the greatest second moment so far (Reddi et al. 2018). */
  amsgrad?: boolean
}
const adam = {
  lr: 1e-3,
  weightDecay: 0,
  maximize: false,
  betas: [0.9, 0.999] as const,
  eps: 1e-8,
  amsgrad: false,
}

/** Kingma and Ba 2015; weight decay is added to the gradient. */
export class Adam extends Optimizer<AdamOptions> {
  constructor(params: Params<AdamOptions>, options: AdamOptions = {}) {
    super('Adam', params, adam, options)
  }
}

/** Loshchilov and Hutter 2019: weight decay shrinks the weights themselves, 0.01 unless given. */
export class AdamW extends Optimizer<AdamOptions> {
  constructor(params: Params<AdamOptions>, options: AdamOptions = {}) {
    super('AdamW', params, { ...adam, weightDecay: 0.01 }, options)
  }
}

export interface RmspropOptions extends CommonOptions {
  /** Decay of the mean of squared gradients. */
  alpha?: number
  eps?: number
  /** Divides by the standard deviation instead of the root mean square (Graves 2013). */
  centered?: boolean
  momentum?: number
}

/** Hinton 2012: steps of g / (sqrt(mean of g^2) + eps). */
export class RMSprop extends Optimizer<RmspropOptions> {
  constructor(params: Params<RmspropOptions>, options: RmspropOptions = {}) {
    const defaults = {
      lr: 0.01,
      weightDecay: 0,
      maximize: false,
      alpha: 0.99,
      eps: 1e-8,
      centered: false,
      momentum: 0,
    }
    super('RMSprop', params, defaults, options)
  }
}

export interface AdagradOptions extends CommonOptions {
  /** lr of step t is lr / (1 + (t - 1) * lrDecay). */
  lrDecay?: number
  /** What the sums of squared gradients begin with; read when a group is added. */
  initialAccumulatorValue?: number
  eps?: number
}

/** Duchi et al. 2011: steps of g / (sqrt(sum of g^2) + eps). */
export class Adagrad extends Optimizer<AdagradOptions> {
  constructor(params: Params<AdagradOptions>, options: AdagradOptions = {}) {
    const defaults = {
      lr: 0.01,
      weightDecay: 0,
      maximize: false,
      lrDecay: 0,
      initialAccumulatorValue: 0,
      eps: 1e-10,
    }
    super('Adagrad', params, defaults, options)
  }
}

export interface LionOptions extends CommonOptions {
  /** Weight of the momentum in the sign, and decay of the momentum. */
  betas?: readonly [number, number]
}

/**
 * Chen et al. 2023, algorithm 1: p -= lr * (sign(b1 * m + (1 - b1) * g) + weightDecay * p), then
 * m = b2 * m + (1 - b2) * g. Wants an lr of a third to a tenth of AdamW's.
 */
export class Lion extends Optimizer<LionOptions> {
  constructor(params: Params<LionOptions>, options: LionOptions = {}) {
    const defaults = { lr: 1e-4, weightDecay: 0, maximize: false, betas: [0.9, 0.99] as const }
    super('Lion', params, defaults, options)
  }
}
