/** Collects metric points between two messages, so that the worker speaks at most every 50 ms. */
import type { PointColumns } from './protocol.ts'

/** Milliseconds between two messages to the main thread. */
export const telemetryInterval = 50

export class PointBuffer {
  #columns = empty()
  readonly #index = new Map<string, number>()

  /** Keeps a finite value; a value that is not finite cannot be drawn and is reported by the loop instead. */
  add(metric: string, step: number, value: number, epoch: number, seconds: number): void {
    if (!Number.isFinite(value)) return
    let index = this.#index.get(metric)
    if (index === undefined) {
      index = this.#columns.names.push(metric) - 1
      this.#index.set(metric, index)
    }
    const columns = this.#columns
    columns.metric.push(index)
    columns.step.push(step)
    columns.value.push(value)
    columns.epoch.push(epoch)
    columns.seconds.push(seconds)
  }

  /** Everything since the last call. */
  take(): PointColumns {
    const taken = this.#columns
    this.#columns = empty()
    this.#index.clear()
    return taken
  }
}

const empty = (): PointColumns => ({ names: [], metric: [], step: [], value: [], epoch: [], seconds: [] })
