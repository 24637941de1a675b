/** Points of one metric as they come, in any order, made into a curve: by step, each step once, finite numbers only. */
import type { PointColumns } from '../store/index.ts'

export class Curve {
  #length = 0
  #steps = new Float64Array(256)
  #values = new Float64Array(256)
  #epochs = new Float64Array(256)
  #times = new Float64Array(256)

  get length(): number {
    return this.#length
  }

  /** @param time in seconds, of any origin; what is not finite counts as the start */
  add(step: number, value: number, epoch: number, time: number): void {
    if (this.#length === this.#steps.length) this.#grow()
    const at = this.#length++
    this.#steps[at] = step
    this.#values[at] = value
    this.#epochs[at] = Number.isFinite(epoch) ? epoch : 0
    this.#times[at] = Number.isFinite(time) ? time : -Infinity
  }

  /** Drops what is at a step or later: a program began again there. @returns how many points that were */
  dropFrom(step: number): number {
    let kept = 0
    for (let i = 0; i < this.#length; i++) {
      if (this.#steps[i]! >= step) continue
      for (const column of [this.#steps, this.#values, this.#epochs, this.#times]) column[kept] = column[i]!
      kept++
    }
    const dropped = this.#length - kept
    this.#length = kept
    return dropped
  }

  /** The lowest step; Infinity where there is none. */
  firstStep(): number {
    let lowest = Infinity
    for (let i = 0; i < this.#length; i++) lowest = Math.min(lowest, this.#steps[i]!)
    return lowest
  }

  append(other: Curve): void {
    for (let i = 0; i < other.#length; i++)
      this.add(other.#steps[i]!, other.#values[i]!, other.#epochs[i]!, other.#times[i]!)
  }

  /**
   * Of several points at one step the last one counts.
   * @param start the time that seconds are counted from
   */
  finish(start: number): Finished {
    const order = this.#order()
    const kept = new Uint32Array(this.#length)
    let count = 0
    const result: Finished = { points: null, notFinite: null, negative: 0 }
    for (let i = 0; i < this.#length; i++) {
      const at = order ? order[i]! : i
      const step = this.#steps[at]!
      if (i + 1 < this.#length && this.#steps[order ? order[i + 1]! : i + 1] === step) continue
      if (step < 0) result.negative++
      else if (Number.isFinite(this.#values[at]!)) kept[count++] = at
      else {
        result.notFinite ??= { count: 0, first: step, last: step, value: this.#values[at]! }
        result.notFinite.count++
        result.notFinite.last = step
      }
    }
    if (count === 0) return result
    const points = {
      steps: new Float64Array(count),
      values: new Float64Array(count),
      epochs: new Float64Array(count),
      seconds: new Float64Array(count),
    }
    for (let i = 0; i < count; i++) {
      const at = kept[i]!
      points.steps[i] = this.#steps[at]!
      points.values[i] = this.#values[at]!
      points.epochs[i] = this.#epochs[at]!
      points.seconds[i] = Math.max(0, this.#times[at]! - start)
    }
    return { ...result, points }
  }

  /** Places by step, those of one step in the order they came; null where they came in order. */
  #order(): Uint32Array | null {
    let sorted = true
    for (let i = 1; i < this.#length && sorted; i++) sorted = this.#steps[i]! >= this.#steps[i - 1]!
    if (sorted) return null
    const order = new Uint32Array(this.#length)
    for (let i = 0; i < order.length; i++) order[i] = i
    return order.sort((a, b) => this.#steps[a]! - this.#steps[b]! || a - b)
  }

  #grow(): void {
    const grown = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(2 * column.length)
      larger.set(column)
      return larger
    }
    this.#steps = grown(this.#steps)
    this.#values = grown(this.#values)
    this.#epochs = grown(this.#epochs)
    this.#times = grown(this.#times)
  }
}

export interface Finished {
  /** Null where nothing is left. */
  points: PointColumns | null
  /** Points that are NaN or infinite, which no curve can show. */
  notFinite: { count: number; first: number; last: number; value: number } | null
  /** Points at steps below 0. */
  negative: number
}
