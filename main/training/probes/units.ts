/** Which units of a rectifier gave zero for every sample of the last probed batches. */
import { silentUnits, type Tensor } from '../../engine/index.ts'

/** Probed batches in a row without any output after which a unit counts as dead. */
export const deadWindow = 5

/** How long each unit has been silent; what a run must not forget when it is interrupted. */
export interface Silence {
  probes: number
  /** By unit: probes in a row. */
  silent: Uint16Array
}

export class Units {
  #state: Silence = { probes: 0, silent: new Uint16Array(0) }

  /**
   * Looks at a result of the layer.
   * @param axis of the units
   * @returns the share of dead units, null before the second probe
   */
  look(result: Tensor, axis: number): number | null {
    const units = result.shape[axis] ?? 0
    if (units === 0) return null
    if (this.#state.silent.length !== units) this.#state = { probes: 0, silent: new Uint16Array(units) }
    const probes = ++this.#state.probes
    const dead = silentUnits(result, axis, Math.min(deadWindow, probes), this.#state.silent)
    return probes < 2 ? null : dead / units
  }

  get state(): Silence {
    return this.#state
  }

  restore(state: Silence): void {
    this.#state = state
  }
}
