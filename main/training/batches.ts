/** A dataset in native memory, cut into batches. Samples never become JavaScript objects. */
import { join } from 'node:path'
import type { Dataset } from '../common/schemas.ts'
import { fromFile, keep, randperm, type Tensor } from '../engine/index.ts'

export interface Batch {
  /** float32 `[B, ...sample]`, normalised by the training split's mean and standard deviation. */
  inputs: Tensor
  /** int64 `[B]`. */
  labels: Tensor
  size: number
}

export class Batches {
  readonly dataset: Dataset
  readonly #inputs: Tensor
  readonly #labels: Tensor
  readonly #scale: number
  readonly #shift: number

  /** @param folder holds `inputs.bin` (training rows first) and `labels.bin` */
  constructor(dataset: Dataset, folder: string) {
    this.dataset = dataset
    const count = dataset.trainCount + dataset.validationCount
    const shape = [count, ...dataset.sampleShape.map(Number)]
    this.#inputs = keep(fromFile(join(folder, 'inputs.bin'), { dtype: dataset.storedDtype, shape }))
    this.#labels = keep(fromFile(join(folder, 'labels.bin'), { dtype: 'int64', shape: [count] }))
    this.#scale = dataset.std > 0 ? 1 / dataset.std : 1
    this.#shift = -dataset.mean * this.#scale
  }

  /** The order of one epoch: a permutation of the training rows from the engine's generator. Kept; dispose it. */
  shuffle(): Tensor {
    return keep(randperm(this.dataset.trainCount))
  }

  /** Batch number `index` (from 0) of an epoch in the given order; the last one may be smaller. */
  train(order: Tensor, index: number, batchSize: number): Batch {
    const start = index * batchSize
    const size = Math.min(batchSize, this.dataset.trainCount - start)
    const rows = order.narrow(0, start, size)
    return {
      inputs: this.#normalise(this.#inputs.indexSelect(0, rows)),
      labels: this.#labels.indexSelect(0, rows),
      size,
    }
  }

  /** Rows `start` to `start + size` of the validation split. */
  validation(start: number, size: number): Batch {
    const first = this.dataset.trainCount + start
    return {
      inputs: this.#normalise(this.#inputs.narrow(0, first, size)),
      labels: this.#labels.narrow(0, first, size),
      size,
    }
  }

  #normalise(stored: Tensor): Tensor {
    return stored.to('float32').mul(this.#scale).add_(this.#shift)
  }

  dispose(): void {
    this.#inputs.dispose()
    this.#labels.dispose()
  }
}
