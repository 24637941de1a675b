/** What a row of several runs says: mean and standard deviation of numbers, what texts have in common. Pure. */
import { isMissing, type Field } from '../../../main/common/filter/fields/index.ts'
import type { Run } from '../../../main/common/schemas.ts'

export interface Aggregate {
  /** Runs that have a value. */
  count: number
  /** Of the numbers; NaN where there are none. */
  mean: number
  /** Of a sample, divided by n - 1; NaN below two numbers. */
  deviation: number
  /** Different values. */
  distinct: number
  /** The value, where all runs have the same. */
  same: string | number | boolean | readonly string[] | null
}

export function aggregate(runs: readonly Run[], { read }: Field): Aggregate {
  const values = runs.map(read)
  const found = values.filter((value) => !isMissing(value))
  const numbers = found.filter((value) => typeof value === 'number')
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length
  const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const distinct = new Set(values.map((value) => (typeof value === 'object' ? JSON.stringify(value) : value)))
    .size
  return {
    count: found.length,
    mean: numbers.length === 0 ? NaN : mean,
    deviation: numbers.length < 2 ? NaN : Math.sqrt(squares / (numbers.length - 1)),
    distinct,
    same: distinct === 1 ? (values[0] ?? null) : null,
  }
}
