/** What the columns of a table are, and how each becomes features; kept with the data set and every model trained on it. */
import { z } from 'zod'
import { count } from '../refuse.ts'

const scalingSchema = z.enum(['standard', 'quantile', 'none'])

const numberColumnSchema = z.object({
  kind: z.literal('number'),
  name: z.string(),
  /**
   * `standard`: (value - mean) / std. `quantile`: the standard normal's value at the quantile that the value has in
   * `quantiles`. `none`: the value.
   */
  scaling: scalingSchema.default('standard'),
  /** Over the training rows that have a value. */
  mean: z.number(),
  std: z.number(),
  /** Values at equal steps of probability from 0 to 1, ascending; null unless scaled by them. */
  quantiles: z.array(z.number()).nullable().default(null),
  /** What a missing value is taken as, before scaling; null for the mean, as in older files. */
  fill: z.number().nullable().default(null),
  /** One feature more, 1 where the value is missing. */
  indicator: z.boolean().default(false),
  /** Training rows without a value. */
  missing: z.number(),
})

const categoryColumnSchema = z.object({
  kind: z.literal('category'),
  name: z.string(),
  /** `one-hot`: a feature per category, 1 where the row has it. `codes`: one feature, 1 for the first category and so on. */
  as: z.enum(['one-hot', 'codes']).default('one-hot'),
  /** Most frequent in training first; `null` is the category of missing values. Any other is none of them, code 0. */
  categories: z.array(z.string().nullable()),
  missing: z.number(),
})

/** How one column became features: all that it takes to make features of a row that comes later. */
export const columnSchema = z.discriminatedUnion('kind', [numberColumnSchema, categoryColumnSchema])
export type Column = z.infer<typeof columnSchema>
export type NumberColumn = z.infer<typeof numberColumnSchema>
export type CategoryColumn = z.infer<typeof categoryColumnSchema>

/** More categories than this are no good as one feature each, or as a vector each; the rarest share none. */
export const mostCategories = { 'one-hot': 50, codes: 1000 } as const

const missingCells = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?', '-'])

export const isMissing = (cell: string | null): boolean =>
  cell === null || missingCells.has(cell.trim().toLowerCase())

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
  /** Whether nearly all of its values are numbers, whatever the kind. */
  numeric: boolean
  reason: string
}

/** What a column is, from some of its cells. @param named whether the file itself names it */
export function lookAt(name: string, cells: readonly (string | null)[], named = true): ColumnLook {
  const present = cells.filter((cell) => !isMissing(cell)) as string[]
  const numbers = present.map(numberIn).filter((value) => !Number.isNaN(value))
  const distinct = new Set(present.map((cell) => cell.trim())).size
  const whole = numbers.every(Number.isInteger)
  const numeric = present.length > 0 && numbers.length >= 0.95 * present.length
  const look = (kind: ColumnLook['kind'], reason = ''): ColumnLook => ({
    name,
    kind,
    distinct,
    whole,
    numeric,
    reason,
  })
  if (distinct === 0) return look('constant', 'always missing')
  if (distinct === 1) return look('constant', 'always the same')
  if (numeric) {
    const counts = named
      ? /^(id|index|row|no|nr|number|column 1)$|[ _-]id$/i.test(name.trim()) && whole
      : numbers.every((value, at) => at === 0 || value === numbers[at - 1]! + 1)
    return counts && distinct === present.length ? look('other', 'numbers the rows') : look('number')
  }
  if (distinct <= mostCategories['one-hot'] && distinct <= Math.max(2, present.length / 2))
    return look('category')
  return look('other', `${count(distinct, 'different text')}`)
}

/** Whether a column is predicted as classes or as a number. */
export function taskOf({ kind, distinct, whole }: ColumnLook): 'classify' | 'regress' {
  return kind === 'number' && !(whole && distinct <= 10) ? 'regress' : 'classify'
}
