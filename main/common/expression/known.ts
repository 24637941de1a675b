/** What is known of a value before anything runs, and what an operation must tell. */
import type { Dim, Shape } from '../dims.ts'
import type { Ops, TensorMethods } from '../ops.ts'
import type { Call } from './tree.ts'

export interface Known {
  /** A number alone is a scalar. */
  shape: Shape
  /** True or false for each element; only `where` reads that. */
  condition: boolean
  /** Its value, where no tensor takes part; null else. */
  constant: number | null
}

export interface Value<T> {
  known: Known
  /** A number exactly where `known.constant` is one. */
  value: T | number
  /** Of a condition: a tensor that was compared, which tells the dtype of numbers chosen by it. */
  compared?: T
}

export interface Rules {
  /** Samples of a batch may be mixed: in a backward, where the gradients of weights add up over them. */
  mixes: boolean
}

/** What evaluation needs beside the values. */
export interface Machine<T> {
  ops: Ops<T>
  /** int64 `[B]`: true lengths along an axis, by its size as text. */
  lengths: ReadonlyMap<string, T>
  rules: Rules
}

export interface Operation {
  /** How it is written: `sum(x, axis)`. */
  form: string
  operands: number
  /** At least and at most so many numbers follow the operands. */
  numbers: readonly [least: number, most: number]
  /** May end with the word `keep`. */
  keep?: true
  /** A number alone is no operand for it. */
  tensors?: true
  /** Its first operand is a condition. */
  choosing?: true
  /** @throws ExpressionError where the shapes do not fit */
  known(operands: readonly Known[], call: Call, rules: Rules): Known
  /** Never called where the result is a constant. */
  run<T extends TensorMethods<T>>(
    machine: Machine<T>,
    operands: readonly Value<T>[],
    call: Call,
    result: Known,
  ): T
  /** Of one evaluation without the batch axis; one a value of the result unless said. */
  flops?(operands: readonly Known[], result: Known): Dim
  /** What autograd keeps for its backward. */
  saves: 'operands' | 'result' | 'nothing'
}

export const tensorOf = (shape: Shape): Known => ({ shape, condition: false, constant: null })

/** An operand that the parser has made sure of. */
export const valueAt = <T>(operands: readonly Value<T>[], index: number): Value<T> =>
  operands[index] as Value<T>
/** An operand that is a tensor. */
export const tensorAt = <T>(operands: readonly Value<T>[], index = 0): T =>
  valueAt(operands, index).value as T
