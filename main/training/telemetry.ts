/** Collects metric points between two messages, so that the worker speaks at most every 50 ms. */
import type { PointColumns } from './protocol.ts'

/** Milliseconds between two messages to the main thread. */
export const telemetryInterval = 50

export class PointBuffer {
  #names: string[] = []
  readonly #index = new Map<string, number>()
  #length = 0
  #columns = columns(256)

  /** Keeps a finite value; a value that is not finite cannot be drawn and is reported by the loop instead. */
  add(metric: string, step: number, value: number, epoch: number, seconds: number): void {
    if (!Number.isFinite(value)) return
    let index = this.#index.get(metric)
    if (index === undefined) {
      index = this.#names.push(metric) - 1
      this.#index.set(metric, index)
    }
    const at = this.#length++
    if (at === this.#columns.metric.length) this.#grow()
    const columns = this.#columns
    columns.metric[at] = index
    columns.step[at] = step
    columns.value[at] = value
    columns.epoch[at] = epoch
    columns.seconds[at] = seconds
  }

  /** Everything since the last call. */
  take(): PointColumns {
    const { metric, step, value, epoch, seconds } = this.#columns
    const end = this.#length
    const taken = {
      names: this.#names,
      metric: metric.slice(0, end),
      step: step.slice(0, end),
      value: value.slice(0, end),
      epoch: epoch.slice(0, end),
      seconds: seconds.slice(0, end),
    }
    this.#names = []
    this.#index.clear()
    this.#length = 0
    return taken
  }

  #grow(): void {
    const larger = columns(2 * this.#columns.metric.length)
    for (const name of ['metric', 'step', 'value', 'epoch', 'seconds'] as const)
      larger[name].set(this.#columns[name])
    this.#columns = larger
  }
}

const columns = (length: number): Omit<PointColumns, 'names'> => ({
  metric: new Uint16Array(length),
  step: new Float64Array(length),
  value: new Float64Array(length),
  epoch: new Float64Array(length),
  seconds: new Float64Array(length),
})
