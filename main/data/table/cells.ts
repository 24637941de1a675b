/** The cells of one column of a table, as numbers: a million rows take 8 MB, or 4 MB of categories. */
import { isMissing, numberIn, type Column } from './columns.ts'

const firstCapacity = 1024

export class Cells {
  readonly name: string
  readonly kind: Column['kind']
  length = 0
  /** The texts of a category, by number. */
  readonly texts: string[] = []
  readonly #numbers = new Map<string, number>()
  #values: Float64Array | Int32Array
  /** Of the cell that was read last; null where it is missing. */
  #text: string | null = null
  #number = NaN

  constructor(name: string, kind: Column['kind']) {
    this.name = name
    this.kind = kind
    this.#values = kind === 'number' ? new Float64Array(firstCapacity) : new Int32Array(firstCapacity)
  }

  /** Looks at the cell of the next row. @returns what is wrong with it; null when it can be kept */
  read(cell: string | null): string | null {
    this.#text = isMissing(cell) ? null : cell!.trim()
    if (this.kind === 'category') return null
    this.#number = this.#text === null ? NaN : numberIn(this.#text)
    return this.#text === null || !Number.isNaN(this.#number)
      ? null
      : `"${this.name}" is "${this.#text.slice(0, 40)}", expected a number`
  }

  /** Keeps what was read: a row is kept in all of its columns or in none. */
  keep(): void {
    if (this.length === this.#values.length) this.#grow()
    this.#values[this.length++] = this.kind === 'number' ? this.#number : this.#numberOf(this.#text)
  }

  /** The number of a row: NaN where it is missing; of a category the number of its text, -1 where it is missing. */
  at(row: number): number {
    return this.#values[row]!
  }

  isMissing(row: number): boolean {
    const value = this.#values[row]!
    return this.kind === 'number' ? Number.isNaN(value) : value < 0
  }

  /** As it was in the file, for the preview. */
  show(row: number): string {
    if (this.isMissing(row)) return 'missing'
    return this.kind === 'number' ? String(this.at(row)) : this.texts[this.at(row)]!
  }

  #numberOf(text: string | null): number {
    if (text === null) return -1
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const number = this.texts.push(text) - 1
    this.#numbers.set(text, number)
    return number
  }

  #grow(): void {
    const size = 2 * this.#values.length
    const larger = this.kind === 'number' ? new Float64Array(size) : new Int32Array(size)
    larger.set(this.#values)
    this.#values = larger
  }
}
