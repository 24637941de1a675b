import { layerOf } from '../layers/catalogue.ts'
import type { Plan, Step } from '../plan.ts'
import { readersOf, replace, stepsOf } from './graph.ts'
import { isWritten, pattern } from './patterns.ts'
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

const known = written.map(([kind, text]) => ({ kind, as: pattern(text) }))

/** The kind of layer that a custom operator is; null for any other. */
const kindOf = (step: Step): string | null => known.find(({ as }) => isWritten(step, as))?.kind ?? null

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
