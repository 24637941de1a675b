/** A data set cut into batches, of any task and any sizes. */
import { join } from 'node:path'
import type { Dataset, Split } from '../common/data/dataset.ts'
import type { TrainConfig } from '../common/training.ts'
import type { Mix } from '../data/images/augment.ts'
import { bring, fromFile, keep, scope, tensor, type Device, type Tensor } from '../engine/index.ts'
import { balancedRows } from './balance.ts'
import type { Extents } from './model.ts'
import { epochBatches, orderedBatches } from './order.ts'
import { Normaliser } from './normalise.ts'
import type { MixedTargets } from './objective.ts'
import { readSamples, rowsTensor, type Place, type Samples, type Taken } from './samples.ts'

export interface Batch {
  /**
   * float32 `[B, ...sample]`, normalised by the training split's mean and standard deviation (of images, of each
   * channel); token ids are int64 `[B, T]`, padded with zeros to the longest of the batch.
   */
  inputs: Tensor
  /** True sizes of the samples along the symbols that vary inside the batch. */
  extents: Extents
  /** int64 `[B]` classes, int64 `[B, T]` next tokens, or float32 `[B, targets]` normalised numbers. */
  targets: Tensor
  size: number
  /** Of images that were mixed with others of the batch. */
  mixed: MixedTargets | null
}

/** Images that were prepared elsewhere: uint8, one after another, each of `[channels, height, width]`. */
export interface GivenImages {
  bytes: Uint8Array
  shape: readonly number[]
}

/** What of a configuration decides which rows share a batch. */
export type BatchSettings = Pick<TrainConfig, 'batchSize' | 'tokenBudget' | 'balance' | 'seed'>

/** Values that a batch holds at most while evaluating, and samples; a token becomes a vector of about so many. */
const evaluation = { values: 1 << 20, samples: 512, valuesOfToken: 64 }

export class Batches {
  readonly dataset: Dataset
  readonly #device: Device
  readonly #samples: Samples
  /** By row; null where the targets are part of the samples. */
  readonly #targets: Tensor | null
  #trainClasses: Uint32Array | null = null
  readonly #normaliser: Normaliser

  /**
   * @param folder see data/cache/layout.ts
   * @param device of the batches; the data set itself stays in the processor's memory
   */
  constructor(dataset: Dataset, folder: string, device: Device = 'cpu') {
    this.dataset = dataset
    this.#device = device
    this.#samples = readSamples(dataset, folder)
    this.#targets = readTargets(dataset, folder)
    this.#normaliser = new Normaliser(dataset, device)
  }

  /**
   * Rows of each batch of an epoch (from 1): a pure function of the settings and the epoch. Epochs have the same number
   * of batches unless classes are drawn equally often and only rows of one size, or within a budget, share a batch.
   */
  epoch({ batchSize, tokenBudget, balance, seed }: BatchSettings, epoch: number): readonly Uint32Array[] {
    const { trainCount, content } = this.dataset
    const sizes = this.#samples.sizes(0, trainCount)
    const budget = content === 'tokens' ? tokenBudget : null
    // Blocks of one length: the budget is a number of them.
    const blocks = budget === null ? batchSize : Math.max(1, Math.floor(budget / this.#samples.values(0)))
    const cut = sizes.kind === 'lengths' ? { batchSize, budget } : { batchSize: blocks }
    const drawn = balance === 'sampling' ? balancedRows(this.#classes(), seed, epoch) : undefined
    return epochBatches(sizes, cut, seed, epoch, drawn)
  }

  /** Values that a batch of these rows holds, padding counted. */
  values(rows: Uint32Array): number {
    let longest = 0
    for (const row of rows) longest = Math.max(longest, this.#samples.values(row))
    return longest * rows.length
  }

  /** Rows of each batch of a split in its order, as many at a time as fit. */
  rowsOf(split: Split): readonly Uint32Array[] {
    const { trainCount, validationCount, testCount, content } = this.dataset
    const [first, count] = {
      train: [0, trainCount],
      validation: [trainCount, validationCount],
      test: [trainCount + validationCount, testCount],
    }[split] as [number, number]
    if (count === 0) return []
    const each = content === 'tokens' ? evaluation.valuesOfToken : 1
    const sizes = this.#samples.sizes(first, first + count)
    const batches = orderedBatches(sizes, (row) => {
      const values = each * this.#samples.values(first + row)
      return Math.max(1, Math.min(evaluation.samples, Math.floor(evaluation.values / values)))
    })
    return batches.map((rows) => rows.map((row) => first + row))
  }

  /** Where a row of images is stored, in bytes. */
  placeOf(row: number): Place {
    const place = this.#samples.placeOf?.(row)
    if (!place) throw new Error('[batches] only images are prepared elsewhere')
    return place
  }

  /**
   * The batch of some rows.
   * @param images what the rows' images have become; null: as they are stored
   * @param mix which of them are mixed
   */
  take(rows: Uint32Array, images: GivenImages | null = null, mix: Mix | null = null): Batch {
    // What the samples were stored as goes again.
    return scope(() => {
      const taken = images ? given(images, rows.length) : this.#samples.take(rows)
      const { stored, extents } = taken
      const inputs = this.#normaliser.apply(this.#there(stored))
      const targets = this.#there(taken.targets ?? this.#targetsOf(rows))
      if (!mix) return { inputs, extents, targets, size: rows.length, mixed: null }
      const { share } = mix
      const partners = this.#there(rowsTensor(mix.partners))
      const others = inputs.indexSelect(0, partners).mul_(1 - share)
      const mixed = { targets: targets.indexSelect(0, partners), share }
      return { inputs: inputs.mul_(share).add_(others), extents, targets, size: rows.length, mixed }
    })
  }

  /** Class of each training row. */
  #classes(): Uint32Array {
    const { task, trainCount } = this.dataset
    if (task !== 'classify' || !this.#targets) throw new Error(`[batches] a ${task} task has no classes`)
    const labels = this.#targets
    this.#trainClasses ??= scope(() =>
      Uint32Array.from(labels.narrow(0, 0, trainCount).toTypedArray() as BigInt64Array, Number),
    )
    return this.#trainClasses
  }

  /**
   * Takes a part of a batch to the device while that computes, as it is stored: a byte of an image is a quarter of its
   * number.
   */
  #there(part: Tensor): Tensor {
    return this.#device === 'cpu' ? part : bring(part, this.#device)
  }

  #targetsOf(rows: Uint32Array): Tensor {
    if (!this.#targets) throw new Error('[batches] the samples of this task bring their own targets')
    return this.#targets.indexSelect(0, rowsTensor(rows))
  }

  dispose(): void {
    this.#samples.dispose()
    this.#targets?.dispose()
    this.#normaliser.dispose()
  }
}

const given = ({ bytes, shape }: GivenImages, count: number): Taken => ({
  stored: tensor(bytes, { dtype: 'uint8', shape: [count, ...shape] }),
  extents: {},
})

function readTargets(dataset: Dataset, folder: string): Tensor | null {
  const count = dataset.trainCount + dataset.validationCount + dataset.testCount
  switch (dataset.task) {
    case 'classify':
      return keep(fromFile(join(folder, 'labels.bin'), { dtype: 'int64', shape: [count] }))
    case 'regress': {
      const shape = [count, dataset.targets.length]
      return keep(fromFile(join(folder, 'targets.bin'), { dtype: 'float32', shape }))
    }
    case 'next-token':
      return null
  }
}
