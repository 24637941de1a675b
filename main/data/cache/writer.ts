/** Writes the rows of a data set and keeps count: classes, parts, sizes, mean and standard deviation. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dataset, Split } from '../../common/data/dataset.ts'
import { Appender } from './appender.ts'
import { cacheFiles, elementBytes, hasPlaces, symbolsOf } from './layout.ts'
import { distribution } from './distribution.ts'
import { Moments } from './moments.ts'

export interface Totals {
  classes: Record<Split, number>[]
  trainCount: number
  validationCount: number
  testCount: number
  mean: number
  std: number
  channels: Dataset['channels']
  symbols: Dataset['symbols']
  bytes: number
}

export interface Layout {
  task: Dataset['task']
  sampleShape: Dataset['sampleShape']
  storedDtype: Dataset['storedDtype']
  classCount: number
  /** Whether rows have a digest. */
  digests: boolean
}

export interface StoredRow {
  split: Split
  classIndex: number
  input: Uint8Array
  /** Size along each symbol of the sample shape. */
  extents: readonly number[]
  /** Elements of the row that are stored already, as the end of the row before it. */
  overlap: number
  targets: Float32Array<ArrayBuffer> | null
  /** What the preview knows the row by. */
  item: string
  digest: bigint | null
}

/** The files that grow row by row. */
type Growing = Record<'inputs' | 'items' | 'offsets', Appender> &
  Record<'rows' | 'labels' | 'targets' | 'digests', Appender | null>

export class CacheWriter {
  readonly #folder: string
  readonly #layout: Layout
  readonly #symbols: readonly string[]
  readonly #files: Growing
  readonly #classes: Record<Split, number>[]
  /** By channel of images; one for all values of anything else. */
  readonly #moments: Moments[]
  readonly #counts = { train: 0, validation: 0, test: 0 }
  /** By symbol, how many rows have which size. */
  readonly #extents: Map<number, number>[]

  private constructor(folder: string, layout: Layout, files: Growing) {
    this.#folder = folder
    this.#layout = layout
    this.#symbols = symbolsOf(layout.sampleShape)
    this.#files = files
    this.#classes = Array.from({ length: layout.classCount }, () => ({ train: 0, validation: 0, test: 0 }))
    const [channels] = layout.sampleShape.length === 3 ? layout.sampleShape : [1]
    this.#moments = Array.from({ length: Number(channels) }, () => new Moments())
    this.#extents = this.#symbols.map(() => new Map())
  }

  static async create(folder: string, layout: Layout): Promise<CacheWriter> {
    const make = (name: keyof typeof cacheFiles): Promise<Appender> =>
      Appender.create(join(folder, cacheFiles[name]))
    return new CacheWriter(folder, layout, {
      inputs: await make('inputs'),
      items: await make('items'),
      offsets: await make('offsets'),
      rows: hasPlaces(layout) ? await make('rows') : null,
      labels: layout.task === 'classify' ? await make('labels') : null,
      targets: layout.task === 'regress' ? await make('targets') : null,
      digests: layout.digests ? await make('digests') : null,
    })
  }

  /** Adds a row: all of training come first, then those of validation, then those of the test. */
  async add({ split, classIndex, input, extents, overlap, targets, item, digest }: StoredRow): Promise<void> {
    const { inputs, items, offsets, rows, labels, digests, ...files } = this.#files
    const first = this.#counts.train + this.#counts.validation + this.#counts.test === 0
    await items.append(Buffer.from(first ? '[\n' : ',\n'))
    await offsets.append(integers(items.length))
    await items.append(Buffer.from(JSON.stringify(item)))
    await labels?.append(integers(classIndex))
    if (targets) await files.targets?.append(new Uint8Array(targets.buffer))
    if (digest !== null) await digests?.append(integers(digest))
    const stored = inputs.length / elementBytes[this.#layout.storedDtype]
    await rows?.append(integers(stored - overlap, ...extents))
    await inputs.append(input)
    this.#counts[split] += 1
    if (labels) this.#classes[classIndex]![split] += 1
    for (const [index, sizes] of this.#extents.entries())
      sizes.set(extents[index]!, (sizes.get(extents[index]!) ?? 0) + 1)
    if (split === 'train' && this.#layout.storedDtype === 'uint8') this.#measure(input)
  }

  /** Channels stand one after another. */
  #measure(input: Uint8Array): void {
    const plane = input.length / this.#moments.length
    for (const [channel, moments] of this.#moments.entries())
      moments.add(input.subarray(channel * plane, (channel + 1) * plane))
  }

  /** Puts everything on the disk. */
  async finish(tables: Partial<Record<'vocabulary' | 'columns' | 'tokenizer', unknown>>): Promise<Totals> {
    const { items, offsets } = this.#files
    await offsets.append(integers(items.length))
    await items.append(Buffer.from('\n]\n'))
    for (const file of this.#open()) await file.finish()
    let tableBytes = 0
    for (const [name, table] of Object.entries(tables) as [keyof typeof tables, unknown][]) {
      if (!table) continue
      const json = Buffer.from(JSON.stringify(table))
      await writeFile(join(this.#folder, cacheFiles[name]), json, { flush: true })
      tableBytes += json.length
    }
    const symbols = this.#symbols.map((name, index) => [name, distribution(this.#extents[index]!)])
    return {
      classes: this.#classes,
      trainCount: this.#counts.train,
      validationCount: this.#counts.validation,
      testCount: this.#counts.test,
      ...(this.#layout.storedDtype === 'uint8' ? Moments.together(this.#moments) : { mean: 0, std: 1 }),
      channels: this.#layout.sampleShape.length === 3 ? this.#moments.map((moments) => moments.result()) : [],
      symbols: Object.fromEntries(symbols) as Dataset['symbols'],
      bytes: this.#open().reduce((sum, file) => sum + file.length, tableBytes),
    }
  }

  /** Closes the files without finishing them. */
  async abandon(): Promise<void> {
    for (const file of this.#open()) await file.close()
  }

  #open(): Appender[] {
    return Object.values(this.#files).filter((file) => file !== null)
  }
}

/** Eight bytes each, little endian; class indices, offsets and sizes are never negative. */
function integers(...values: (number | bigint)[]): Buffer {
  const bytes = Buffer.allocUnsafe(8 * values.length)
  values.forEach((value, index) => bytes.writeBigUInt64LE(BigInt(value), 8 * index))
  return bytes
}
