import { engineError } from '../error.ts'
import { native } from '../addon.ts'
import { guarding, guardMethods, needFunction } from '../guard.ts'
import type { Tensor } from '../tensor.ts'
import { idsOf } from './group.ts'
import { readTensors, writeTensors } from './state.ts'
import type { StateTensors } from './state.ts'

export interface EmaState {
  updates: number
  /** `average.0` is of parameter 0. */
  tensors: StateTensors
}

/**
 * An exponential moving average of parameters, which often generalises better than they do:
 * average += (1 - decay) * (parameter - average) at every `update()`. Begins as a copy.
 */
export class EMA {
  readonly #id: number
  readonly params: readonly Tensor[]
  /** How much of the average each update keeps. */
  decay: number
  #updates = 0
  #swapped = false

  constructor(params: readonly Tensor[], options: { decay?: number } = {}) {
    this.decay = guarding('EMA', () => options.decay) ?? 0.999
    this.params = params
    this.#id = native.ema(idsOf('EMA', params))
  }
  get updates(): number {
    return this.#updates
  }
  /** Whether the parameters hold the averages at the moment. */
  get swapped(): boolean {
    return this.#swapped
  }
  /** Bytes of memory that the averages lie in. */
  get stateBytes(): number {
    const handles = native.emaShadows(this.#id)
    const bytes = native.heldBytes(handles, false)
    native.disposeMany(handles)
    return bytes
  }
  /** After a step of the optimizer. */
  update(): void {
    if (this.#swapped)
      throw engineError('TAPE_VALUE', '[EMA] the parameters hold the averages, swap() back before update()')
    native.emaUpdate(this.#id, this.decay)
    this.#updates++
  }
  /** Exchanges the parameters and their averages in place. */
  swap(): void {
    native.emaSwap(this.#id)
    this.#swapped = !this.#swapped
  }
  /** Runs `body` with the averages in the parameters. */
  apply<T>(body: () => T): T {
    needFunction('EMA.apply', body)
    this.swap()
    try {
      return body()
    } finally {
      this.swap()
    }
  }
  state(): EmaState {
    if (this.#swapped)
      throw engineError('TAPE_VALUE', '[EMA] the parameters hold the averages, swap() back before state()')
    const handles = native.emaShadows(this.#id)
    return { updates: this.#updates, tensors: readTensors(this.#names(), handles) }
  }
  /** Error when a tensor is missing or has another shape. */
  loadState(state: EmaState): void {
    if (this.#swapped)
      throw engineError(
        'TAPE_VALUE',
        '[EMA] the parameters hold the averages, swap() back before loadState()',
      )
    const { tensors, updates } = state // before there are handles to lose
    writeTensors('EMA', this.#names(), native.emaShadows(this.#id), tensors)
    this.#updates = updates
  }
  #names(): string[] {
    return this.params.map((_, index) => `average.${index}`)
  }
  dispose(): void {
    native.emaDispose(this.#id)
  }
  [Symbol.dispose](): void {
    this.dispose()
  }
}
guardMethods(EMA.prototype, ['apply'])
