/** Functions and operators that map each value by itself, with broadcasting. */
import type { Ops, TensorMethods } from '../ops.ts'
import { broadcastAll } from './axes.ts'
import { ExpressionError } from './error.ts'
import { tensorAt, valueAt, type Known, type Operation } from './known.ts'

interface Unary {
  saves: Operation['saves']
  /** The same of a number alone; without it a number alone is refused. */
  fold?: (x: number) => number
  apply<T extends TensorMethods<T>>(x: T, ops: Ops<T>): T
}

const unary = (name: string, { saves, fold, apply }: Unary): [string, Operation] => [
  name,
  {
    form: /^\w+$/.test(name) ? `${name}(x)` : name,
    operands: 1,
    numbers: [0, 0],
    saves,
    known([x], call) {
      const { shape, constant } = x as Known
      if (constant === null) return { shape, condition: false, constant: null }
      const folded = fold?.(constant)
      if (folded === undefined || !Number.isFinite(folded))
        throw new ExpressionError(
          call.place,
          `${name} of the number ${constant} is not a number to go on with`,
        )
      return { shape, condition: false, constant: folded }
    },
    run: (machine, operands) => apply(tensorAt(operands), machine.ops),
  },
]

interface Binary {
  form: string
  saves: Operation['saves']
  fold: (a: number, b: number) => number
  /** At most one is a number. */
  apply<T extends TensorMethods<T>>(a: T | number, b: T | number): T
  comparison?: true
}

const binary = (name: string, { form, saves, fold, apply, comparison }: Binary): [string, Operation] => [
  name,
  {
    form,
    operands: 2,
    numbers: [0, 0],
    saves,
    known(operands, call, rules) {
      const shape = broadcastAll(operands, call, rules)
      const [a, b] = operands.map(({ constant }) => constant)
      if (a === null || b === null || a === undefined || b === undefined) {
        if (name === '**' && typeof a === 'number' && a <= 0)
          throw new ExpressionError(call.place, `a power of ${a} with a tensor above it needs a base above 0`)
        return { shape, condition: comparison === true, constant: null }
      }
      const constant = fold(a, b)
      if (comparison || !Number.isFinite(constant))
        throw new ExpressionError(
          call.place,
          comparison
            ? 'this compares two numbers, which is always the same'
            : `${a} ${name} ${b} is not a number to go on with`,
        )
      return { shape, condition: false, constant }
    },
    run: (_machine, operands) => apply(valueAt(operands, 0).value, valueAt(operands, 1).value),
  },
]

/** `b` first where `a` is a number: sums and products are the same either way. */
const either = <T>(
  a: T | number,
  b: T | number,
  tensorFirst: (a: T, b: T | number) => T,
  numberFirst: (a: number, b: T) => T = (number, tensor) => tensorFirst(tensor, number),
): T => (typeof a === 'number' ? numberFirst(a, b as T) : tensorFirst(a, b))

export const elementwise: readonly [string, Operation][] = [
  binary('+', {
    form: 'a + b',
    saves: 'nothing',
    fold: (a, b) => a + b,
    apply: (a, b) => either(a, b, (x, y) => x.add(y)),
  }),
  binary('-', {
    form: 'a - b',
    saves: 'nothing',
    fold: (a, b) => a - b,
    apply: (a, b) =>
      either(
        a,
        b,
        (x, y) => x.sub(y),
        (x, y) => y.neg().add(x),
      ),
  }),
  binary('*', {
    form: 'a * b',
    saves: 'operands',
    fold: (a, b) => a * b,
    apply: (a, b) => either(a, b, (x, y) => x.mul(y)),
  }),
  binary('/', {
    form: 'a / b',
    saves: 'operands',
    fold: (a, b) => a / b,
    apply: (a, b) =>
      either(
        a,
        b,
        (x, y) => x.div(y),
        (x, y) => y.reciprocal().mul(x),
      ),
  }),
  binary('**', {
    form: 'a ** b',
    saves: 'operands',
    fold: (a, b) => a ** b,
    apply: (a, b) =>
      either(
        a,
        b,
        (x, y) => x.pow(y),
        (x, y) => y.mul(Math.log(x)).exp(),
      ),
  }),
  binary('maximum', {
    form: 'maximum(a, b)',
    saves: 'operands',
    fold: Math.max,
    apply: (a, b) => either(a, b, (x, y) => (typeof y === 'number' ? x.clamp(y, null) : x.maximum(y))),
  }),
  binary('minimum', {
    form: 'minimum(a, b)',
    saves: 'operands',
    fold: Math.min,
    apply: (a, b) => either(a, b, (x, y) => (typeof y === 'number' ? x.clamp(null, y) : x.minimum(y))),
  }),
  binary(
    '<',
    comparison(
      'a < b',
      (x, y) => x.lt(y),
      (x, y) => x.gt(y),
    ),
  ),
  binary(
    '<=',
    comparison(
      'a <= b',
      (x, y) => x.le(y),
      (x, y) => x.ge(y),
    ),
  ),
  binary(
    '>',
    comparison(
      'a > b',
      (x, y) => x.gt(y),
      (x, y) => x.lt(y),
    ),
  ),
  binary(
    '>=',
    comparison(
      'a >= b',
      (x, y) => x.ge(y),
      (x, y) => x.le(y),
    ),
  ),
  unary('-x', { saves: 'nothing', fold: (x) => -x, apply: (x) => x.neg() }),
  unary('exp', { saves: 'result', fold: Math.exp, apply: (x) => x.exp() }),
  unary('log', { saves: 'operands', fold: Math.log, apply: (x) => x.log() }),
  unary('sqrt', { saves: 'result', fold: Math.sqrt, apply: (x) => x.sqrt() }),
  unary('abs', { saves: 'operands', fold: Math.abs, apply: (x) => x.abs() }),
  unary('square', { saves: 'operands', fold: (x) => x * x, apply: (x) => x.square() }),
  unary('sign', { saves: 'nothing', fold: Math.sign, apply: (x) => x.sign() }),
  unary('sin', { saves: 'operands', fold: Math.sin, apply: (x) => x.sin() }),
  unary('cos', { saves: 'operands', fold: Math.cos, apply: (x) => x.cos() }),
  unary('tanh', { saves: 'result', fold: Math.tanh, apply: (x, ops) => ops.tanh(x) }),
  unary('sigmoid', { saves: 'result', apply: (x, ops) => ops.sigmoid(x) }),
  unary('relu', { saves: 'result', apply: (x, ops) => ops.relu(x) }),
  unary('erf', { saves: 'operands', apply: (x) => x.erf() }),
]

type Compare = <T extends TensorMethods<T>>(x: T, y: T | number) => T

/** @param mirrored for a number on the left: 0 < x is x > 0 */
function comparison(form: string, compare: Compare, mirrored: Compare): Binary {
  return {
    form,
    saves: 'nothing',
    comparison: true,
    fold: () => 0,
    apply: (a, b) =>
      either(
        a,
        b,
        (x, y) => compare(x, y),
        (x, y) => mirrored(y, x),
      ),
  }
}
