import { native } from './addon.ts'
import { engineError } from './error.ts'
import { guarding } from './guard.ts'
import { Tensor } from './tensor.ts'

/**
 * The values that a tensor has once the work given to its device so far is done, read while the device goes on: nobody
 * waits for what came after. See native/include/tape/later.h.
 */
export class Later {
  readonly #id: number
  #gone = false

  /** @throws TapeError `TAPE_DEVICE` in a step that is recorded */
  constructor(from: Tensor) {
    this.#id = guarding('Later', () => native.later(from.id))
  }

  /** Whether `take` would not wait. */
  get arrived(): boolean {
    return native.laterArrived(this.#here())
  }

  /** The values, on the processor. Once. @throws TapeError what the device found wrong since somebody last waited */
  take(): Tensor {
    const id = this.#here()
    this.#gone = true
    return new Tensor(native.laterTake(id))
  }

  /** They are not wanted any more. */
  dispose(): void {
    if (this.#gone) return
    this.#gone = true
    native.laterDispose(this.#id)
  }
  [Symbol.dispose](): void {
    this.dispose()
  }

  #here(): number {
    if (this.#gone) throw engineError('TAPE_HANDLE', '[later] the values were taken or disposed already')
    return this.#id
  }
}
