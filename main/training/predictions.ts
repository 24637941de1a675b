/** What the model says of every validation sample, gathered while the split is evaluated. */
import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { Dataset } from '../common/data/dataset.ts'
import { mostPredictions, type Predictions } from '../common/predictions/predictions.ts'
import { F, type Tensor } from '../engine/index.ts'
import { paddingTarget } from './objective.ts'

/** Takes what the model said of a batch; `places` are where each of its samples belongs, negative where it is not kept. */
type Take = (places: Int32Array, output: Tensor, targets: Tensor, losses: Losses) => void

/** Loss of each sample as the validation split is judged: `[B]`, of next tokens `[B, T]`. */
export type Losses = (output: Tensor, targets: Tensor) => Tensor

export class Predicted {
  readonly #dataset: Dataset
  readonly #count: number
  readonly #ids: BigUint64Array | null
  readonly #losses: Losses
  #of: Predictions['of']
  #take: Take

  /** @param folder see data/cache/layout.ts */
  constructor(dataset: Dataset, folder: string, losses: Losses) {
    this.#dataset = dataset
    this.#losses = losses
    this.#count = Math.min(mostPredictions, dataset.validationCount)
    this.#ids = readIds(join(folder, 'digests.bin'), dataset.trainCount, this.#count)
    ;[this.#of, this.#take] = columnsFor(dataset, this.#count)
  }

  /** Begins anew; what was taken before stays as it is. */
  clear(): void {
    ;[this.#of, this.#take] = columnsFor(this.#dataset, this.#count)
  }

  /** @param rows of the validation split, in the data set */
  add(rows: Uint32Array, output: Tensor, targets: Tensor): void {
    const { trainCount } = this.#dataset
    const places = Int32Array.from(rows, (row) => (row - trainCount < this.#count ? row - trainCount : -1))
    if (places.every((place) => place < 0)) return
    this.#take(places, output.detach(), targets, this.#losses)
  }

  /** Of the whole split: ask when it was evaluated to its end. */
  at(step: number, epoch: number): Predictions {
    const { trainCount, validationCount } = this.#dataset
    return { step, epoch, firstRow: trainCount, total: validationCount, ids: this.#ids, of: this.#of }
  }
}

function readIds(path: string, first: number, count: number): BigUint64Array | null {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    // Running text, and data sets that are older than this file, have none.
    return null
  }
  try {
    const ids = new BigUint64Array(count)
    const read = readSync(file, new Uint8Array(ids.buffer), 0, ids.byteLength, first * ids.BYTES_PER_ELEMENT)
    return read === ids.byteLength ? ids : null
  } finally {
    closeSync(file)
  }
}

function columnsFor(dataset: Dataset, count: number): [Predictions['of'], Take] {
  switch (dataset.task) {
    case 'classify':
      return classes(dataset, count)
    case 'regress':
      return numbers(dataset, count)
    case 'next-token':
      return tokens(count)
  }
}

function classes(dataset: Dataset, count: number): [Predictions['of'], Take] {
  const of = {
    task: 'classify' as const,
    classes: dataset.classes.map(({ name }) => name),
    target: new Uint32Array(count),
    predicted: new Uint32Array(count),
    probability: new Float32Array(count),
    ofTarget: new Float32Array(count),
    loss: new Float32Array(count),
  }
  const take: Take = (places, output, targets, losses) => {
    const best = output.argmax(1)
    // exp(-cross-entropy) of a class is its probability.
    const probability = (of: Tensor): Float32Array =>
      floats(F.crossEntropy(output, of, { reduction: 'none' }).neg().exp())
    scatter(places, integers(targets), of.target)
    scatter(places, integers(best), of.predicted)
    scatter(places, probability(best), of.probability)
    scatter(places, probability(targets), of.ofTarget)
    scatter(places, floats(losses(output, targets)), of.loss)
  }
  return [of, take]
}

function numbers({ targets: described }: Dataset, count: number): [Predictions['of'], Take] {
  const each = described.length
  const of = {
    task: 'regress' as const,
    targets: described.map(({ name }) => name),
    wanted: new Float32Array(count * each),
    predicted: new Float32Array(count * each),
    loss: new Float32Array(count),
  }
  const inUnits = (values: Float32Array): Float32Array =>
    values.map((value, at) => value * described[at % each]!.std + described[at % each]!.mean)
  const take: Take = (places, output, targets, losses) => {
    scatter(places, inUnits(floats(targets)), of.wanted, each)
    scatter(places, inUnits(floats(output)), of.predicted, each)
    scatter(places, floats(losses(output, targets).mean(1)), of.loss)
  }
  return [of, take]
}

function tokens(count: number): [Predictions['of'], Take] {
  const of = { task: 'next-token' as const, right: new Float32Array(count), loss: new Float32Array(count) }
  const take: Take = (places, output, targets, losses) => {
    const counts = targets.ne(paddingTarget)
    const counted = counts.sum(1).to('float32')
    const right = output.argmax(-1).eq(targets).logicalAnd(counts)
    scatter(places, floats(right.sum(1).to('float32').div(counted)), of.right)
    scatter(places, floats(losses(output, targets).sum(1).div(counted)), of.loss)
  }
  return [of, take]
}

const floats = (values: Tensor): Float32Array => values.to('float32').toTypedArray() as Float32Array
const integers = (values: Tensor): Int32Array => values.to('int32').toTypedArray() as Int32Array

/** @param each numbers of one sample */
function scatter(
  places: Int32Array,
  values: Float32Array | Int32Array,
  column: Float32Array | Uint32Array,
  each = 1,
): void {
  for (const [at, place] of places.entries())
    if (place >= 0) for (let i = 0; i < each; i += 1) column[place * each + i] = values[at * each + i]!
}
