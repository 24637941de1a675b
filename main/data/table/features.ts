/** The cells of a table in columns, and the features made of them. Cells are numbers; no row is an object. */
import { count } from '../refuse.ts'
import { isMissing, mostCategories, numberIn, type Column } from './columns.ts'

/** NaN is a missing value; of categories, the number of the text. */
export class Cells {
  readonly name: string
  readonly kind: Column['kind']
  readonly values: number[] = []
  readonly #numbers = new Map<string, number>()
  readonly texts: string[] = []

  constructor(name: string, kind: Column['kind']) {
    this.name = name
    this.kind = kind
  }

  /** What is wrong with a cell; null when it can be added. */
  wrong(cell: string): string | null {
    if (this.kind === 'category' || isMissing(cell) || !Number.isNaN(numberIn(cell))) return null
    return `"${this.name}" is "${cell.slice(0, 40)}", expected a number`
  }

  add(cell: string): void {
    const text = cell.trim()
    if (isMissing(cell)) this.values.push(NaN)
    else if (this.kind === 'number') this.values.push(numberIn(cell))
    else {
      let number = this.#numbers.get(text)
      if (number === undefined) {
        number = this.texts.push(text) - 1
        this.#numbers.set(text, number)
      }
      this.values.push(number)
    }
  }

  /** As it was in the file, for the preview. */
  show(row: number): string {
    const value = this.values[row]!
    if (Number.isNaN(value)) return 'missing'
    return this.kind === 'number' ? String(value) : this.texts[value]!
  }
}

/** Writes a row's features of one column from `at` on. */
export interface Feature {
  column: Column
  width: number
  write(row: number, into: Float32Array, at: number): void
  note: string | null
}

/** Mean and standard deviation of the values of some rows, missing ones left out. */
export function moments(
  values: readonly number[],
  rows: readonly number[],
): { mean: number; std: number; missing: number } {
  let present = 0
  let mean = 0
  let squares = 0
  for (const row of rows) {
    const value = values[row]!
    if (Number.isNaN(value)) continue
    present += 1
    const difference = value - mean
    mean += difference / present
    squares += difference * (value - mean)
  }
  return { mean, std: present > 0 ? Math.sqrt(squares / present) : 0, missing: rows.length - present }
}

/** @param rows those that train: nothing else is looked at. Null where they say nothing. */
export function featureOf(cells: Cells, rows: readonly number[]): Feature | null {
  return cells.kind === 'number' ? standardised(cells, rows) : oneHot(cells, rows)
}

function standardised({ name, values }: Cells, rows: readonly number[]): Feature | null {
  const { mean, std, missing } = moments(values, rows)
  if (!(std > 0)) return null
  return {
    column: { kind: 'number', name, mean, std, missing },
    width: 1,
    write: (row, into, at) => {
      const value = values[row]!
      into[at] = Number.isNaN(value) ? 0 : (value - mean) / std
    },
    note:
      missing > 0
        ? `"${name}": ${count(missing, 'missing value')} in training, taken as the mean ${Number(mean.toPrecision(4))}.`
        : null,
  }
}

function oneHot({ name, values, texts }: Cells, rows: readonly number[]): Feature | null {
  const times = new Map<number, number>()
  let missing = 0
  for (const row of rows) {
    const value = values[row]!
    if (Number.isNaN(value)) missing += 1
    else times.set(value, (times.get(value) ?? 0) + 1)
  }
  const kept = [...times].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, mostCategories)
  const places = new Map(kept.map(([value], index) => [value, index]))
  const width = kept.length + (missing > 0 ? 1 : 0)
  if (width < 2) return null
  const notes = [
    ...(missing > 0 ? [`${count(missing, 'missing value')} in training, a category of their own`] : []),
    ...(times.size > kept.length
      ? [`${count(times.size - kept.length, 'rare category', 'rare categories')} left out`]
      : []),
  ]
  return {
    column: {
      kind: 'category',
      name,
      categories: [...kept.map(([value]) => texts[value]!), ...(missing > 0 ? [null] : [])],
      missing,
    },
    width,
    write: (row, into, at) => {
      const value = values[row]!
      const place = Number.isNaN(value) ? (missing > 0 ? kept.length : undefined) : places.get(value)
      if (place !== undefined) into[at + place] = 1
    },
    note: notes.length > 0 ? `"${name}": ${notes.join('; ')}.` : null,
  }
}
