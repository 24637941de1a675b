/** Shapes of everything a program assigns, before anything runs. */
import { ExpressionError } from './error.ts'
import { operationOf } from './functions.ts'
import type { Known, Rules } from './known.ts'
import type { Call, Expression, Program } from './tree.ts'

/** Called with each operation that would run; one `Known` object stands for one tensor. */
export type Visit = (call: Call, operands: readonly Known[], result: Known) => void

/**
 * What is known of each name after the program, those given too.
 * @throws ExpressionError for shapes that do not fit, and for names that stand nowhere
 */
export function infer(
  program: Program,
  given: ReadonlyMap<string, Known>,
  rules: Rules,
  visit?: Visit,
): ReadonlyMap<string, Known> {
  const scope = new Map(given)
  const knownOf = (expression: Expression): Known => {
    if (expression.kind === 'number') return { shape: [], condition: false, constant: expression.value }
    if (expression.kind === 'name') return lookUp(expression, scope)
    const operands = expression.operands.map(knownOf)
    const operation = operationOf(expression)
    operands.forEach((operand, i) => {
      if (operand.condition && !(operation.choosing && i === 0))
        throw new ExpressionError(
          expression.operands[i]?.place ?? expression.place,
          'a comparison is true or false and goes into where(condition, a, b) only',
        )
      if (operand.constant !== null && operation.tensors)
        throw new ExpressionError(
          expression.place,
          `${expression.name} needs a tensor, and gets a number alone`,
        )
    })
    const result = operation.known(operands, expression, rules)
    if (result.constant === null) visit?.(expression, operands, result)
    return result
  }
  for (const { name, value, place } of program) {
    if (value === null) continue
    const known = knownOf(value)
    if (known.condition)
      throw new ExpressionError(place, `${name} would be true or false; use the comparison inside where(...)`)
    scope.set(name, known)
  }
  return scope
}

/** @throws ExpressionError naming what could have stood there */
export function lookUp<V>(
  { name, place }: Extract<Expression, { kind: 'name' }>,
  scope: ReadonlyMap<string, V>,
): V {
  const found = scope.get(name)
  if (found !== undefined) return found
  const names = [...scope.keys()].join(', ')
  throw new ExpressionError(
    place,
    `there is no "${name}" here; there ${scope.size === 1 ? 'is' : 'are'} ${names}`,
  )
}
