import { native } from './addon.ts'
import { numberOf, type Device } from './device.ts'
import { needFunction } from './guard.ts'

/**
 * A step whose shapes repeat: its ops are recorded once and given to the device as one piece from then on, which costs a
 * fraction of giving them one by one. See native/include/tape/step_graph.h for what a replay reads anew.
 */
export class StepGraph {
  readonly #id: number

  /** @throws TapeError `TAPE_DEVICE` where the device records no steps; the processor does not. */
  constructor(device: Device) {
    this.#id = native.stepGraph(numberOf(device))
  }

  /**
   * Runs `step` with what it gives to the device recorded, not done, and returns what it returns: tensors hold nothing
   * before the first `replay`, and what the last one made after that. Inputs must stay where they are. A step that waits
   * for the device, or brings values to it, cannot be recorded.
   * @throws TapeError `TAPE_DEVICE` then, or what `step` throws; all is as it was before
   */
  record<T>(step: () => T): T {
    needFunction('StepGraph.record', step)
    native.stepGraphBegin(this.#id)
    try {
      const made = step()
      native.stepGraphEnd(this.#id)
      return made
    } catch (error) {
      native.stepGraphAbandon(this.#id)
      throw error
    }
  }

  /** Does the step, with the random numbers, rates and step counts of now. */
  replay(): void {
    native.stepGraphReplay(this.#id)
  }

  /** Tensors that were made while it was recorded must be disposed of before. */
  dispose(): void {
    native.stepGraphDispose(this.#id)
  }
  [Symbol.dispose](): void {
    this.dispose()
  }
}
