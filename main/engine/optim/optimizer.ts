import { engineError } from '../error.ts'
import { native } from '../addon.ts'
import { guarding, guardMethods, kindOf } from '../guard.ts'
import { Tensor } from '../tensor.ts'
import { groupsOf, idsOf, merge, numbersOf, ParamGroup } from './group.ts'
import type { AllOptions, CommonOptions, GroupSpec, Params } from './group.ts'
import { readTensors, writeTensors } from './state.ts'
import type { StateTensors } from './state.ts'

/** In the order of the native enumeration. */
const algorithms = ['SGD', 'Adam', 'AdamW', 'RMSprop', 'Adagrad', 'Lion'] as const
export type Algorithm = (typeof algorithms)[number]

export interface StepOptions {
  /** Factor on every gradient, applied inside the update: 1 / N after N backwards. */
  scale?: number
  /** Clips the (scaled) gradients so that their L2 norm together is at most this. */
  maxNorm?: number
  /** Clips every element of the (scaled) gradients to -maxValue..maxValue. */
  maxValue?: number
  /** Works out the norm although nothing is clipped by it. */
  norm?: boolean
  /** Leaves weights and states as they are when the norm is not finite. */
  skipNonFinite?: boolean
  /**
   * On a device: does not wait for the norm, which `outcome` tells later. After an update that was skipped all are, until
   * then.
   */
  later?: boolean
  /** One number that has to be finite as well for an update to be made, such as the loss; used with `skipNonFinite`. */
  witness?: Tensor
  /** Also measures what the step did to each parameter, in the same pass over memory. */
  stats?: boolean
}

/** Sums of squares, one for each parameter in the order of `params`; zero where there was no gradient. */
export interface StepStats {
  /** Of the weights before the update. */
  weights: Float64Array
  /** Of the scaled gradients before clipping. */
  gradients: Float64Array
  /** Of the updates: new weights minus old. */
  updates: Float64Array
}

export interface StepResult {
  /** L2 norm of all scaled gradients before clipping; null unless a norm was asked for or needed, and with `later`. */
  norm: number | null
  skipped: boolean
  stats: StepStats | null
}

/**
 * Everything a run needs to go on bit for bit: states by name (`exp_avg.0` is of parameter 0), update counts,
 * and options of every group. Plain data: store it, or send it to another thread.
 */
export interface OptimizerState {
  algorithm: Algorithm
  groups: { parameters: number; baseLr: number; options: Record<string, unknown> }[]
  /** Updates each parameter has had. */
  steps: number[]
  tensors: StateTensors
}

/**
 * Updates all parameters in one native call per step. Gradients stay as they are: scaling and clipping happen
 * on the way into the update.
 */
export abstract class Optimizer<O extends CommonOptions = CommonOptions> {
  readonly algorithm: Algorithm
  readonly #id: number
  readonly #defaults: Required<O>
  readonly #groups: ParamGroup<O>[] = []

  /** `defaults` hold every option of the algorithm, which `options` change; groups may have others. */
  constructor(algorithm: Algorithm, params: Params<O>, defaults: Required<O>, options: O) {
    if (!algorithms.includes(algorithm))
      throw new TypeError(
        `[optim] unknown algorithm ${kindOf(algorithm)}, use one of ${algorithms.join(', ')}`,
      )
    this.algorithm = algorithm
    const { merged, first, more, id } = guarding(algorithm, () => {
      const merged = merge<O>(defaults, options)
      const [first, ...more] = groupsOf(algorithm, params, merged)
      if (!first) throw new TypeError(`[${algorithm}] got no parameters`)
      const ids = idsOf(algorithm, first.params)
      const numbers = numbersOf(first.options as AllOptions)
      return { merged, first, more, id: native.optimCreate(algorithms.indexOf(algorithm), ids, numbers) }
    })
    this.#defaults = merged
    this.#id = id
    this.#groups.push(new ParamGroup(id, 0, first.params, first.options))
    try {
      for (const group of more) this.#add(group.params, group.options)
    } catch (error) {
      this.dispose()
      throw error
    }
  }
  #add(params: readonly Tensor[], options: Required<O>): void {
    const where = this.algorithm
    guarding(where, () =>
      native.optimAddGroup(this.#id, idsOf(where, params), numbersOf(options as AllOptions)),
    )
    this.#groups.push(new ParamGroup(this.#id, this.#groups.length, params, options))
  }

  get groups(): readonly ParamGroup<O>[] {
    return this.#groups
  }
  /** Of all groups, in order. */
  get params(): readonly Tensor[] {
    return this.#groups.flatMap((group) => group.params)
  }
  addParamGroup(group: GroupSpec<O>): void {
    const { params, ...changes } = group
    this.#add(params, merge<O>(this.#defaults, changes as unknown as Partial<O>))
  }

  /** Learning rate of the first group; setting it sets that of all. */
  get lr(): number {
    return (this.#groups[0] as ParamGroup<O>).lr
  }
  set lr(lr: number) {
    for (const group of this.#groups) group.lr = lr
  }

  /** Updates every parameter that has a gradient. */
  step(options?: StepOptions): StepResult {
    if (!options) {
      native.optimStep(this.#id)
      return { norm: null, skipped: false, stats: null }
    }
    const {
      scale = 1,
      maxNorm = Infinity,
      maxValue = Infinity,
      norm = false,
      skipNonFinite = false,
      later = false,
      stats = false,
    } = options
    const numbers = native.optimStepWith(
      this.#id,
      scale,
      maxNorm,
      maxValue,
      norm,
      skipNonFinite,
      stats,
      later,
      options.witness?.id ?? 0,
    )
    const wanted = !later && (norm || skipNonFinite || maxNorm < Infinity)
    return {
      norm: wanted ? (numbers[0] as number) : null,
      skipped: numbers[1] === 1,
      stats: stats ? statsOf(numbers.subarray(2)) : null,
    }
  }
  /**
   * What became of the steps that were made with `later`, since this was last asked. Skipped ones count as steps no more.
   * Waits for the device.
   */
  outcome(): { norm: number; skipped: number } {
    const [norm = NaN, skipped = 0] = native.optimOutcome(this.#id)
    return { norm, skipped }
  }
  /**
   * Where that lies until then: float64 `[2]`, norm and number of skipped updates, on the device of the parameters.
   * @throws TapeError `TAPE_DEVICE` where that is the processor, which tells at once
   */
  get deviceOutcome(): Tensor {
    return new Tensor(native.optimDeviceOutcome(this.#id))
  }
  /** Takes every gradient away, without a pass over memory. */
  zeroGrad(): void {
    native.optimZeroGrad(this.#id)
  }

  /** Bytes of memory that its states lie in; gradients are not part of them. */
  get stateBytes(): number {
    const [, handles] = native.optimState(this.#id)
    const bytes = native.heldBytes(handles, false)
    native.disposeMany(handles)
    return bytes
  }

  state(): OptimizerState {
    const [names, handles] = native.optimState(this.#id)
    return {
      algorithm: this.algorithm,
      groups: this.#groups.map(({ params, baseLr, options }) => ({
        parameters: params.length,
        baseLr,
        options: { ...options },
      })),
      steps: Array.from(native.optimSteps(this.#id)),
      tensors: readTensors(names, handles),
    }
  }
  /**
   * Takes over a state, options included. Error when it is of another algorithm, or a tensor is missing or
   * has another shape; nothing but options has changed then.
   */
  loadState(state: OptimizerState): void {
    if (state.algorithm !== this.algorithm)
      throw engineError(
        'TAPE_VALUE',
        `[optim] the state is of ${state.algorithm}, this optimizer is ${this.algorithm}`,
      )
    const sizes = (groups: readonly number[]): string => groups.join(' + ')
    const theirs = sizes(state.groups.map((group) => group.parameters))
    const ours = sizes(this.#groups.map((group) => group.params.length))
    if (theirs !== ours)
      throw engineError(
        'TAPE_VALUE',
        `[optim] the state is of ${theirs} parameters, this optimizer has ${ours}`,
      )
    this.#groups.forEach((group, index) => {
      const { options, baseLr } = state.groups[index] as OptimizerState['groups'][number]
      group.set(options as Partial<O>)
      group.baseLr = baseLr
    })
    const [names, handles] = native.optimState(this.#id)
    writeTensors('optim', names, handles, state.tensors)
    native.optimSetSteps(this.#id, Float64Array.from(state.steps))
  }

  dispose(): void {
    native.optimDispose(this.#id)
  }
  [Symbol.dispose](): void {
    this.dispose()
  }
}

guardMethods(Optimizer.prototype, [])

function statsOf(sums: Float64Array): StepStats {
  const count = sums.length / 3
  const weights = new Float64Array(count)
  const gradients = new Float64Array(count)
  const updates = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    weights[i] = sums[3 * i] as number
    gradients[i] = sums[3 * i + 1] as number
    updates[i] = sums[3 * i + 2] as number
  }
  return { weights, gradients, updates }
}
