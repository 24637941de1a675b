/** The stored samples of a data set in native memory. Samples never become JavaScript objects. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Dataset } from '../common/data/dataset.ts'
import { arange, F, fromFile, keep, stack, tensor, type Tensor } from '../engine/index.ts'
import type { Extents } from './model.ts'
import type { RowSizes } from './order.ts'

export interface Taken {
  /** `[B, ...sample]` as stored: not normalised. Shorter samples are padded with zeros. */
  stored: Tensor
  extents: Extents
  /** Targets that are part of the samples: int64 `[B, T]`, the tokens one further on. */
  targets?: Tensor
}

export interface Place {
  begin: number
  shape: readonly number[]
}

export interface Samples {
  /** What rows `from` to `to` (excluded) may share a batch with. */
  sizes(from: number, to: number): RowSizes
  /** How many values a row holds, padding left out. */
  values(row: number): number
  /** Of images: the byte of inputs.bin that a row begins at, and its own `[channels, height, width]`. */
  placeOf?(row: number): Place
  take(rows: Uint32Array): Taken
  dispose(): void
}

/** Reads the samples of a data set. @param folder see data/cache/layout.ts */
export function readSamples(dataset: Dataset, folder: string): Samples {
  const inputs = join(folder, 'inputs.bin')
  const [symbol, ...others] = dataset.sampleShape.filter((size) => typeof size === 'string')
  if (dataset.task === 'next-token')
    return new Blocks(dataset, inputs, readPlaces(join(folder, 'rows.bin'), 1))
  if (symbol === undefined) return new AlikeSamples(dataset, inputs)
  const places = readPlaces(join(folder, 'rows.bin'), 2 + others.length)
  if (dataset.sampleShape.length === 1) return new Sequences(dataset, inputs, symbol, places)
  return new Images(dataset, inputs, places)
}

/** By column: where each row begins, and its sizes. */
function readPlaces(path: string, columns: number): Float64Array[] {
  const bytes = readFileSync(path)
  const count = bytes.length / (8 * columns)
  return Array.from({ length: columns }, (_, column) =>
    Float64Array.from({ length: count }, (_unused, row) =>
      Number(bytes.readBigInt64LE(8 * (row * columns + column))),
    ),
  )
}

export const rowsTensor = (rows: Uint32Array): Tensor => tensor(Float64Array.from(rows), { dtype: 'int64' })

/** Samples of one shape, one after another. */
class AlikeSamples implements Samples {
  readonly #all: Tensor
  readonly #shape: readonly number[]
  readonly #values: number

  constructor(dataset: Dataset, path: string) {
    const count = dataset.trainCount + dataset.validationCount + dataset.testCount
    const sample = dataset.sampleShape.map(Number)
    this.#shape = sample
    this.#values = sample.reduce((product, size) => product * size, 1)
    this.#all = keep(fromFile(path, { dtype: dataset.storedDtype, shape: [count, ...sample] }))
  }

  sizes(from: number, to: number): RowSizes {
    return { kind: 'alike', count: to - from }
  }

  values(): number {
    return this.#values
  }

  placeOf(row: number): Place {
    return { begin: row * this.#values, shape: this.#shape }
  }

  take(rows: Uint32Array): Taken {
    return { stored: this.#all.indexSelect(0, rowsTensor(rows)), extents: {} }
  }

  dispose(): void {
    this.#all.dispose()
  }
}

/** Token ids of any length, one text after another; batches are `[B, T]` with the longest's T. */
class Sequences implements Samples {
  readonly #all: Tensor
  readonly #symbol: string
  readonly #begins: Float64Array
  readonly #lengths: Uint32Array

  constructor(dataset: Dataset, path: string, symbol: string, [begins, lengths]: Float64Array[]) {
    this.#begins = begins!
    this.#lengths = Uint32Array.from(lengths!)
    this.#symbol = symbol
    const total = begins!.at(-1)! + lengths!.at(-1)!
    this.#all = keep(fromFile(path, { dtype: dataset.storedDtype, shape: [total] }))
  }

  sizes(from: number, to: number): RowSizes {
    return { kind: 'lengths', lengths: this.#lengths.subarray(from, to) }
  }

  values(row: number): number {
    return this.#lengths[row]!
  }

  take(rows: Uint32Array): Taken {
    const lengths = Array.from(rows, (row) => this.#lengths[row]!)
    const longest = Math.max(...lengths)
    const begins = tensor(
      Float64Array.from(rows, (row) => this.#begins[row]!),
      { dtype: 'int64' },
    )
    const last = (this.#all.shape[0] ?? 1) - 1
    const places = begins.unsqueeze(1).add(arange(longest)).clamp(0, last)
    const tokens = this.#all.indexSelect(0, places.flatten()).reshape([rows.length, longest])
    const own = F.lengthsMask(tensor(lengths, { dtype: 'int64' }), longest)
    return { stored: F.where(own, tokens, 0), extents: { [this.#symbol]: lengths } }
  }

  dispose(): void {
    this.#all.dispose()
  }
}

/** Images of any size, one after another; only those of one size share a batch. */
class Images implements Samples {
  readonly #all: Tensor
  readonly #channels: number
  readonly #begins: Float64Array
  readonly #heights: Float64Array
  readonly #widths: Float64Array
  /** Number of each row's size. */
  readonly #groups: Uint32Array

  constructor(dataset: Dataset, path: string, [begins, heights, widths]: Float64Array[]) {
    this.#channels = Number(dataset.sampleShape[0])
    this.#begins = begins!
    this.#heights = heights!
    this.#widths = widths!
    const known = new Map<string, number>()
    this.#groups = Uint32Array.from(begins!, (_, row) => {
      const size = `${heights![row]} x ${widths![row]}`
      const group = known.get(size) ?? known.size
      known.set(size, group)
      return group
    })
    const total = begins!.at(-1)! + this.values(begins!.length - 1)
    this.#all = keep(fromFile(path, { dtype: dataset.storedDtype, shape: [total] }))
  }

  sizes(from: number, to: number): RowSizes {
    return { kind: 'groups', groups: this.#groups.subarray(from, to) }
  }

  values(row: number): number {
    return this.#channels * this.#heights[row]! * this.#widths[row]!
  }

  placeOf(row: number): Place {
    return { begin: this.#begins[row]!, shape: [this.#channels, this.#heights[row]!, this.#widths[row]!] }
  }

  take(rows: Uint32Array): Taken {
    const first = rows[0]!
    const { shape } = this.placeOf(first)
    const images = Array.from(rows, (row) =>
      this.#all.narrow(0, this.#begins[row]!, this.values(first)).reshape(shape),
    )
    return { stored: stack(images), extents: {} }
  }

  dispose(): void {
    this.#all.dispose()
  }
}

/** Blocks of a running text, all of one length; they may overlap. */
class Blocks implements Samples {
  readonly #all: Tensor
  readonly #begins: Float64Array
  readonly #length: number

  constructor(dataset: Dataset, path: string, [begins]: Float64Array[]) {
    this.#begins = begins!
    this.#length = Number(dataset.sampleShape[0])
    // One token follows the last block: the target of its last position.
    const total = begins!.reduce((most, begin) => Math.max(most, begin), 0) + this.#length + 1
    this.#all = keep(fromFile(path, { dtype: dataset.storedDtype, shape: [total] }))
  }

  sizes(from: number, to: number): RowSizes {
    return { kind: 'alike', count: to - from }
  }

  values(): number {
    return this.#length
  }

  take(rows: Uint32Array): Taken {
    const begins = tensor(
      Float64Array.from(rows, (row) => this.#begins[row]!),
      { dtype: 'int64' },
    )
    const places = begins.unsqueeze(1).add(arange(this.#length + 1))
    const tokens = this.#all.indexSelect(0, places.flatten()).reshape([rows.length, this.#length + 1])
    return {
      stored: tokens.narrow(1, 0, this.#length),
      extents: {},
      targets: tokens.narrow(1, 1, this.#length).to('int64'),
    }
  }

  dispose(): void {
    this.#all.dispose()
  }
}
