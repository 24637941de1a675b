import { native } from './addon.ts'
import { noGrad } from './autograd.ts'
import { scope } from './scope.ts'
import { Tensor } from './tensor.ts'

/** What a checkpoint keeps of an optimizer: its moments by name, and the number of steps. */
export interface OptimizerState {
  steps: number
  /** For example `exp_avg.0`: of parameter 0, in its shape. Copies: the caller disposes them. */
  tensors: Record<string, Tensor>
}

/** Updates all parameters in one native call per step; moments lie in flat native buffers. */
export abstract class Optimizer {
  readonly #id: number
  readonly params: readonly Tensor[]
  constructor(id: number, params: readonly Tensor[]) {
    this.#id = id
    this.params = params
  }
  get lr(): number {
    return native.optimLr(this.#id)
  }
  set lr(value: number) {
    native.optimSetLr(this.#id, value)
  }
  step(): void {
    native.optimStep(this.#id)
  }
  /** Takes every gradient away. */
  zeroGrad(): void {
    native.optimZeroGrad(this.#id)
  }
  state(): OptimizerState {
    const tensors: Record<string, Tensor> = {}
    const [names, handles] = native.optimState(this.#id)
    const views = handles.map((id) => new Tensor(id))
    noGrad(() => views.forEach((view, index) => (tensors[names[index] ?? ''] = view.clone())))
    for (const view of views) view.dispose()
    return { steps: native.optimSteps(this.#id), tensors }
  }
  /** Error when a moment is missing or has another shape. */
  loadState(state: OptimizerState): void {
    scope(() => {
      const [names, handles] = native.optimState(this.#id)
      const views = handles.map((id) => new Tensor(id))
      views.forEach((view, index) => {
        const name = names[index] ?? ''
        const source = state.tensors[name]
        if (!source)
          throw new Error(`[optim] the state has no tensor ${name}, it belongs to another optimizer`)
        if (source.shape.join() !== view.shape.join())
          throw new Error(
            `[optim] ${name} has shape ${source.shape.join('x')}, expected ${view.shape.join('x')}`,
          )
        noGrad(() => view.copy_(source))
      })
      native.optimSetSteps(this.#id, state.steps)
    })
  }
  dispose(): void {
    native.optimDispose(this.#id)
  }
  [Symbol.dispose](): void {
    this.dispose()
  }
}

export interface SgdOptions {
  lr: number
  momentum?: number
  nesterov?: boolean
  weightDecay?: number
}

export class SGD extends Optimizer {
  constructor(params: readonly Tensor[], options: SgdOptions) {
    const ids = params.map((p) => p.id)
    const { lr, momentum = 0, nesterov = false, weightDecay = 0 } = options
    super(native.optimSgd(ids, lr, momentum, nesterov, weightDecay), params)
  }
}

export interface AdamOptions {
  lr?: number
  betas?: readonly [number, number]
  eps?: number
  weightDecay?: number
}

function makeAdam(
  params: readonly Tensor[],
  options: AdamOptions,
  decay: number,
  decoupled: boolean,
): number {
  const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = decay } = options
  const ids = params.map((p) => p.id)
  return native.optimAdam(ids, lr, betas[0], betas[1], eps, weightDecay, decoupled)
}

/** Kingma and Ba 2015; weight decay is added to the gradient. */
export class Adam extends Optimizer {
  constructor(params: readonly Tensor[], options: AdamOptions = {}) {
    super(makeAdam(params, options, 0, false), params)
  }
}

/** Loshchilov and Hutter 2019: weight decay shrinks the weights themselves, 0.01 unless given. */
export class AdamW extends Optimizer {
  constructor(params: readonly Tensor[], options: AdamOptions = {}) {
    super(makeAdam(params, options, 0.01, true), params)
  }
}
