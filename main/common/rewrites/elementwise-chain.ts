import { operatorOf } from '../expression/operator.ts'
import { parseProgram } from '../expression/parse.ts'
import type { Expression } from '../expression/tree.ts'
import { layerOf } from '../layers/catalogue.ts'
import type { Plan, Step } from '../plan.ts'
import { readersOf, replace, stepsOf } from './graph.ts'
import type { Match, Rewrite } from './rewrite.ts'

/** How people write what the engine has in one op, as expressions of x. */
const written: readonly (readonly [kind: string, text: string])[] = [
  ['silu', 'y = x * sigmoid(x)'],
  ['silu', 'y = sigmoid(x) * x'],
  ['silu', 'y = x / (1 + exp(-x))'],
  ['gelu', 'y = 0.5 * x * (1 + erf(x / sqrt(2)))'],
  ['gelu', 'y = x * 0.5 * (1 + erf(x / sqrt(2)))'],
  ['softplus', 'y = log(1 + exp(x))'],
]

const known = written.flatMap(([kind, text]) => {
  const tree = parseProgram(text)[0]?.value
  return tree ? [{ kind, tree }] : []
})

/** Whether an expression is a pattern with `name` for its x. */
function isPattern(expression: Expression, pattern: Expression, name: string): boolean {
  if (expression.kind === 'name') return pattern.kind === 'name' && expression.name === name
  if (expression.kind === 'number') return pattern.kind === 'number' && expression.value === pattern.value
  return (
    pattern.kind === 'call' &&
    expression.name === pattern.name &&
    expression.operands.every((operand, i) => isPattern(operand, pattern.operands[i] ?? operand, name)) &&
    expression.numbers.join() === pattern.numbers.join()
  )
}

/** The kind of layer that a custom operator's one line is; null for any other. */
function kindOf(step: Step): string | null {
  if (step.layer.kind !== 'custom') return null
  const { inputs, forward, backward } = operatorOf(step.parameters)
  const [line, more] = forward
  const [name, another] = inputs
  // A backward of one's own is kept, right or wrong: somebody wants to see what it does.
  if (!line?.value || more || name === undefined || another !== undefined || backward) return null
  const { value } = line
  return known.find(({ tree }) => isPattern(value, tree, name))?.kind ?? null
}

/** A Sigmoid whose only reader multiplies it with what it read. */
function gates(plan: Plan): Match[] {
  const readers = readersOf(plan)
  return plan.steps.flatMap((sigmoid): Match[] => {
    const [product, another] = readers.get(sigmoid.id) ?? []
    if (sigmoid.layer.kind !== 'sigmoid' || product?.layer.kind !== 'multiply' || another) return []
    const read = Object.values(product.inputs)
    const source = sigmoid.inputs['input']
    const gated = read.find(({ step }) => step !== sigmoid.id)
    const same = gated && source && gated.step === source.step && gated.port === source.port
    return read.length === 2 && same ? [{ steps: [sigmoid.id, product.id] }] : []
  })
}

export const elementwiseChain: Rewrite = {
  id: 'elementwise-chain',
  title: 'Chains that are one function',
  help: 'x · sigmoid(x) is SiLU, log(1 + eˣ) is Softplus, ½ x (1 + erf(x/√2)) is GELU: one pass over memory, and less kept for backward.',
  mode: 'always',
  find: (plan) => [
    ...gates(plan),
    ...plan.steps.filter((step) => kindOf(step) !== null).map(({ id }): Match => ({ steps: [id] })),
  ],
  apply(plan, match) {
    const [first] = stepsOf(plan, match) as [Step]
    const layer = layerOf(kindOf(first) ?? 'silu')
    const [source] = Object.values(first.inputs)
    const [shape] = Object.values(first.shapes)
    if (!layer || !source || !shape) throw new Error(`[rewrite] ${first.id} is no function of one input`)
    const parameters = Object.fromEntries(layer.fields.map((field) => [field.key, field.default]))
    return replace(plan, match, {
      layer,
      parameters,
      inputs: { input: source },
      shapes: { input: shape },
      weights: {},
    })
  },
}
