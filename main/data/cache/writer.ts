/** Writes the rows of a data set and keeps count: classes, parts, mean and standard deviation. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Split } from '../../common/schemas.ts'
import { Appender } from './appender.ts'
import { cacheFiles } from './layout.ts'

export interface Totals {
  classes: { train: number; validation: number }[]
  trainCount: number
  validationCount: number
  mean: number
  std: number
  bytes: number
}

export class CacheWriter {
  readonly #folder: string
  readonly #inputs: Appender
  readonly #labels: Appender
  readonly #items: Appender
  readonly #offsets: Appender
  readonly #classes: { train: number; validation: number }[]
  /** How often each byte value occurs in the training inputs: exact, whatever their number. */
  readonly #histogram = new Float64Array(256)
  readonly #counts = { train: 0, validation: 0 }

  private constructor(folder: string, files: Appender[], classCount: number) {
    const [inputs, labels, items, offsets] = files
    this.#folder = folder
    this.#inputs = inputs!
    this.#labels = labels!
    this.#items = items!
    this.#offsets = offsets!
    this.#classes = Array.from({ length: classCount }, () => ({ train: 0, validation: 0 }))
  }

  static async create(folder: string, classCount: number): Promise<CacheWriter> {
    const { inputs, labels, items, offsets } = cacheFiles
    const files: Appender[] = []
    for (const name of [inputs, labels, items, offsets]) files.push(await Appender.create(join(folder, name)))
    return new CacheWriter(folder, files, classCount)
  }

  /** Adds a row. All training rows must come before the first validation row. */
  async add(split: Split, classIndex: number, input: Uint8Array, item: string): Promise<void> {
    const first = this.#counts.train + this.#counts.validation === 0
    await this.#items.append(Buffer.from(first ? '[\n' : ',\n'))
    await this.#offsets.append(uint64(this.#items.length))
    await this.#items.append(Buffer.from(JSON.stringify(item)))
    await this.#labels.append(uint64(classIndex))
    await this.#inputs.append(input)
    this.#counts[split] += 1
    this.#classes[classIndex]![split] += 1
    if (split === 'train') this.#count(input)
  }

  /** Puts everything on the disk. */
  async finish(vocabulary: string[] | null): Promise<Totals> {
    await this.#offsets.append(uint64(this.#items.length))
    await this.#items.append(Buffer.from('\n]\n'))
    const files = [this.#inputs, this.#labels, this.#items, this.#offsets]
    for (const file of files) await file.finish()
    const words = vocabulary ? Buffer.from(JSON.stringify(vocabulary)) : null
    if (words) await writeFile(join(this.#folder, cacheFiles.vocabulary), words, { flush: true })
    return {
      classes: this.#classes,
      trainCount: this.#counts.train,
      validationCount: this.#counts.validation,
      ...this.#moments(),
      bytes: files.reduce((sum, file) => sum + file.length, words?.length ?? 0),
    }
  }

  /** Closes the files without finishing them. */
  async abandon(): Promise<void> {
    for (const file of [this.#inputs, this.#labels, this.#items, this.#offsets]) await file.close()
  }

  /** Zeros are counted by what is left: most of a text's features are zero, and skipping them is quick. */
  #count(input: Uint8Array): void {
    let zeros = 0
    for (let at = 0; at < input.length; at += 1) {
      const value = input[at]!
      if (value === 0) zeros += 1
      else this.#histogram[value]! += 1
    }
    this.#histogram[0]! += zeros
  }

  #moments(): { mean: number; std: number } {
    let values = 0
    let sum = 0
    for (const [value, times] of this.#histogram.entries()) {
      values += times
      sum += value * times
    }
    const mean = values === 0 ? 0 : sum / values
    let squares = 0
    for (const [value, times] of this.#histogram.entries()) squares += times * (value - mean) ** 2
    return { mean, std: values === 0 ? 0 : Math.sqrt(squares / values) }
  }
}

/** Eight bytes, little endian; class indices and offsets are never negative. */
function uint64(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}
