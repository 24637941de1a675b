/** What the columns of a table are, and how each becomes features: numbers standardised, categories one-hot. */
import { count } from '../refuse.ts'

/** How one column became features; kept with the data set and with every model trained on it. */
export type Column =
  /** One feature: (value - mean) / std over the training rows; a missing value is the mean. */
  | { kind: 'number'; name: string; mean: number; std: number; missing: number }
  /** One feature per category, 1 where the row has it; `null` is the category of missing values. */
  | { kind: 'category'; name: string; categories: (string | null)[]; missing: number }

/** More categories than this are no good as one feature each; the rarest share none. */
export const mostCategories = 50

const missingCells = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?', '-'])

export const isMissing = (cell: string): boolean => missingCells.has(cell.trim().toLowerCase())

/** The number that a cell holds; NaN where it holds none. */
export function numberIn(cell: string): number {
  const value = cell.trim() === '' ? NaN : Number(cell)
  return Number.isFinite(value) ? value : NaN
}

export interface ColumnLook {
  name: string
  /** `other`: texts, names, identifiers: of no use as features. */
  kind: 'number' | 'category' | 'constant' | 'other'
  distinct: number
  whole: boolean
  reason: string
}

/** What a column is, from some of its cells. */
export function lookAt(name: string, cells: readonly string[]): ColumnLook {
  const present = cells.filter((cell) => !isMissing(cell))
  const numbers = present.map(numberIn).filter((value) => !Number.isNaN(value))
  const distinct = new Set(present.map((cell) => cell.trim())).size
  const whole = numbers.every(Number.isInteger)
  const look = (kind: ColumnLook['kind'], reason = ''): ColumnLook => ({
    name,
    kind,
    distinct,
    whole,
    reason,
  })
  if (distinct <= 1) return look('constant', 'always the same')
  if (numbers.length >= 0.95 * present.length) {
    if (/^(id|index|row|no|nr|number)$|[ _-]id$/i.test(name.trim()) && distinct === present.length && whole)
      return look('other', 'numbers the rows')
    return look('number')
  }
  if (distinct <= mostCategories && distinct <= Math.max(2, present.length / 2)) return look('category')
  return look('other', `${count(distinct, 'different text')}`)
}

/** Whether the first record names the columns: its cells are all there, all different, and no numbers. */
export function isHeader(first: readonly string[], others: readonly string[][]): boolean {
  const names = first.map((cell) => cell.trim())
  if (names.some((name) => name === '' || !Number.isNaN(numberIn(name)))) return false
  if (new Set(names).size < names.length) return false
  return names.some((name, index) => others.every((record) => record[index]?.trim() !== name))
}

/** Whether a column is predicted as classes or as a number. */
export function taskOf({ kind, distinct, whole }: ColumnLook): 'classify' | 'regress' {
  return kind === 'number' && !(whole && distinct <= 10) ? 'regress' : 'classify'
}
