import { native } from '../addon.ts'
import { kindOf } from '../guard.ts'
import { Tensor } from '../tensor.ts'

/** What every algorithm has. */
export interface CommonOptions {
  /** Learning rate: how far a step goes. */
  lr?: number
  /** Pulls weights towards zero; L2 in the gradient, or decoupled from it (AdamW, Lion). */
  weightDecay?: number
  /** Climbs instead of descending. */
  maximize?: boolean
}

/** The options of all algorithms together, as the native engine takes them. */
export interface AllOptions extends CommonOptions {
  momentum?: number
  dampening?: number
  nesterov?: boolean
  betas?: readonly [number, number]
  eps?: number
  amsgrad?: boolean
  alpha?: number
  centered?: boolean
  lrDecay?: number
  initialAccumulatorValue?: number
}

/** A group as it is given: its parameters, and the options that differ from the optimizer's. */
export type GroupSpec<O> = O & { readonly params: readonly Tensor[] }

/** Parameters, or groups of them with options of their own. */
export type Params<O> = readonly Tensor[] | readonly GroupSpec<O>[]

/** In the order that native/src/node/optim.cpp reads. */
export function numbersOf(options: AllOptions): Float64Array {
  const betas = options.betas ?? [0.9, 0.999]
  return Float64Array.of(
    options.lr ?? 0,
    options.weightDecay ?? 0,
    options.momentum ?? 0,
    options.dampening ?? 0,
    betas[0],
    betas[1],
    options.eps ?? 0,
    options.alpha ?? 0,
    options.lrDecay ?? 0,
    options.initialAccumulatorValue ?? 0,
    options.nesterov ? 1 : 0,
    options.amsgrad ? 1 : 0,
    options.centered ? 1 : 0,
    options.maximize ? 1 : 0,
  )
}

/** Parameters that share their options. Changes count from the next step on. */
export class ParamGroup<O extends CommonOptions> {
  readonly #optimizer: number
  readonly #index: number
  readonly params: readonly Tensor[]
  /** What schedules work from: the lr it was made with. Changing `lr` leaves it alone. */
  baseLr: number
  #options: Readonly<Required<O>>

  /** @internal */
  constructor(optimizer: number, index: number, params: readonly Tensor[], options: Required<O>) {
    this.#optimizer = optimizer
    this.#index = index
    this.params = params
    this.baseLr = options.lr as number
    this.#options = Object.freeze({ ...options })
  }
  get options(): Readonly<Required<O>> {
    return this.#options
  }
  get lr(): number {
    return this.#options.lr as number
  }
  set lr(lr: number) {
    native.optimSetLr(this.#optimizer, this.#index, lr)
    this.#options = Object.freeze({ ...this.#options, lr })
  }
  /** Changes some options. A state that comes with one (a momentum, AMSGrad's maximum) begins at zero. */
  set(changes: Partial<O>): void {
    const options = merge(this.#options, changes)
    native.optimSetOptions(this.#optimizer, this.#index, numbersOf(options))
    this.#options = Object.freeze(options)
  }
}

/** Handles of a list of parameters. */
export function idsOf(where: string, params: readonly Tensor[]): number[] {
  if (!Array.isArray(params))
    throw new TypeError(`[${where}] expected a list of tensors, got ${kindOf(params)}`)
  return params.map((param: unknown, index) => {
    if (!(param instanceof Tensor))
      throw new TypeError(`[${where}] parameter ${index} must be a tensor, got ${kindOf(param)}`)
    return param.id
  })
}

/** `options` with those of `changes` that are given. */
export function merge<O extends object>(options: Readonly<Required<O>>, changes: Partial<O>): Required<O> {
  const merged: Record<string, unknown> = { ...options }
  for (const [name, value] of Object.entries(changes)) if (value !== undefined) merged[name] = value
  return merged as Required<O>
}

/** The groups that `params` stands for, each with its whole options. */
export function groupsOf<O extends object>(
  where: string,
  params: Params<O>,
  options: Required<O>,
): { params: readonly Tensor[]; options: Required<O> }[] {
  if (!Array.isArray(params))
    throw new TypeError(`[${where}] expected a list of tensors or of groups, got ${kindOf(params)}`)
  if (params.length === 0 || params[0] instanceof Tensor)
    return [{ params: params as readonly Tensor[], options }]
  return (params as readonly GroupSpec<O>[]).map((group, index) => {
    if (group === null || typeof group !== 'object')
      throw new TypeError(`[${where}] group ${index} must be an object with params, got ${kindOf(group)}`)
    const { params: own, ...changes } = group
    return { params: own, options: merge<O>(options, changes as unknown as Partial<O>) }
  })
}

/**
 * Two groups as most models want them: weight decay for matrices and kernels, none for what has one dimension
 * or none (biases, the scales and shifts of norms). An empty group is left out.
 */
export function decayGroups(
  named: Iterable<readonly [string, Tensor]> | Readonly<Record<string, Tensor>>,
  options: { weightDecay: number },
): { params: Tensor[]; weightDecay: number }[] {
  const entries = Symbol.iterator in named ? [...(named as Iterable<readonly [string, Tensor]>)] : Object.entries(named) // prettier-ignore
  const tensors = entries.map(([, tensor]) => tensor)
  return [
    { params: tensors.filter((p) => p.rank > 1), weightDecay: options.weightDecay },
    { params: tensors.filter((p) => p.rank <= 1), weightDecay: 0 },
  ].filter((group) => group.params.length > 0)
}
