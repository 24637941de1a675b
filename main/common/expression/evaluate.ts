/** Runs a program over the engine's ops, or whatever else is given as such. */
import type { TensorMethods } from '../ops.ts'
import { operationOf } from './functions.ts'
import { lookUp } from './infer.ts'
import type { Known, Machine, Value } from './known.ts'
import type { Expression, Program } from './tree.ts'

/**
 * Values of all names after the program, those given too; `none` is left out. Shapes must have been checked with
 * `infer` before.
 */
export function evaluateProgram<T extends TensorMethods<T>>(
  program: Program,
  given: ReadonlyMap<string, Value<T>>,
  machine: Machine<T>,
): ReadonlyMap<string, Value<T>> {
  const scope = new Map(given)
  const valueOf = (expression: Expression): Value<T> => {
    if (expression.kind === 'number') return numberValue(expression.value)
    if (expression.kind === 'name') return lookUp(expression, scope)
    const operands = expression.operands.map(valueOf)
    const operation = operationOf(expression)
    const known: Known = operation.known(
      operands.map((operand) => operand.known),
      expression,
      machine.rules,
    )
    if (known.constant !== null) return { known, value: known.constant }
    const value = operation.run(machine, operands, expression, known)
    const compared = operands.find(
      (operand): operand is Value<T> & { value: T } => typeof operand.value !== 'number',
    )
    return known.condition && compared ? { known, value, compared: compared.value } : { known, value }
  }
  for (const { name, value } of program) if (value !== null) scope.set(name, valueOf(value))
  return scope
}

const numberValue = <T>(value: number): Value<T> => ({
  known: { shape: [], condition: false, constant: value },
  value,
})
