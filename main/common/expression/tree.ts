/** What a text became. Operators are calls too: `x * y` calls `*`. */
import type { Place } from './error.ts'

export type Expression =
  { kind: 'number'; value: number; place: Place } | { kind: 'name'; name: string; place: Place } | Call

export interface Call {
  kind: 'call'
  /** A key of `functions`. */
  name: string
  operands: readonly Expression[]
  /** Axes, sizes and limits, which are written as numbers. */
  numbers: readonly number[]
  /** `sum(x, 1, keep)`: the axis stays, with size 1. */
  keep: boolean
  place: Place
}

export interface Assignment {
  name: string
  /** Null for `none`: no gradient. */
  value: Expression | null
  place: Place
}

/** In the order they run; every name is assigned once. */
export type Program = readonly Assignment[]
