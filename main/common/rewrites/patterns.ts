/** Custom operators recognised by what they say. */
import { operatorOf } from '../expression/operator.ts'
import { parseProgram } from '../expression/parse.ts'
import type { Expression } from '../expression/tree.ts'
import type { Step } from '../plan.ts'

/** What a line such as `y = log(x)` computes from x. */
export function pattern(text: string): Expression {
  const value = parseProgram(text)[0]?.value
  if (!value) throw new Error(`[rewrite] ${text} is no pattern`)
  return value
}

/** Whether a step is a custom operator of one input whose one line is the pattern, whatever its names. */
export function isWritten(step: Step, as: Expression): boolean {
  if (step.layer.kind !== 'custom') return false
  const { inputs, forward, backward } = operatorOf(step.parameters)
  const [line, more] = forward
  const [name, another] = inputs
  // A backward of one's own is kept, right or wrong: somebody wants to see what it does.
  if (!line?.value || more || name === undefined || another !== undefined || backward) return false
  return matches(line.value, as, name)
}

/** Whether an expression is a pattern with `name` for its x. */
function matches(expression: Expression, as: Expression, name: string): boolean {
  if (expression.kind === 'name') return as.kind === 'name' && expression.name === name
  if (expression.kind === 'number') return as.kind === 'number' && expression.value === as.value
  return (
    as.kind === 'call' &&
    expression.name === as.name &&
    expression.operands.every((operand, i) => matches(operand, as.operands[i] ?? operand, name)) &&
    expression.numbers.join() === as.numbers.join()
  )
}
