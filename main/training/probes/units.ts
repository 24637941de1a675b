/** Which units of a rectifier gave zero for every sample of the last probed batches. */
import { noGrad, scope, type Tensor } from '../../engine/index.ts'

/** Probed batches in a row without any output after which a unit counts as dead. */
export const deadWindow = 5

export class Units {
  /** For each unit, how many probes in a row it has been silent. */
  #silent: Uint16Array | null = null
  #buffer = new Float32Array(0)
  #probes = 0
  readonly #axis: number

  /** @param axis of the units in a result; negative ones count from the end */
  constructor(axis: number) {
    this.#axis = axis
  }

  /** Looks at a result of the layer; returns the share of dead units, null before the second probe. */
  look(result: Tensor): number | null {
    const axis = this.#axis < 0 ? result.rank + this.#axis : this.#axis
    const units = result.shape[axis] ?? 0
    if (units === 0) return null
    if (this.#silent?.length !== units) {
      this.#silent = new Uint16Array(units)
      this.#buffer = new Float32Array(units)
      this.#probes = 0
    }
    scope(() =>
      noGrad(() => {
        const others = result.shape.map((_, i) => i).filter((i) => i !== axis)
        const loudest = others.length > 0 ? result.detach().amax(others) : result.detach()
        loudest.to('float32').contiguous().readInto(this.#buffer)
      }),
    )
    this.#probes++
    const window = Math.min(deadWindow, this.#probes)
    let dead = 0
    for (let i = 0; i < units; i++) {
      const silent = this.#buffer[i] === 0 ? Math.min((this.#silent[i] as number) + 1, 65535) : 0
      this.#silent[i] = silent
      if (silent >= window) dead++
    }
    return this.#probes < 2 ? null : dead / units
  }
}
