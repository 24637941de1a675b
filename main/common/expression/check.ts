/** A custom operator against the shapes that arrive: what comes out, what it costs, where it does not fit. */
import { add, formatShape, multiply, sameShape, type Dim, type Shape } from '../dims.ts'
import { sampleShape, type Cost } from '../layer.ts'
import { isBatch } from './axes.ts'
import { ExpressionError } from './error.ts'
import { operationOf } from './functions.ts'
import { infer, type Visit } from './infer.ts'
import { tensorOf, type Known, type Rules } from './known.ts'
import { givenGradients, gradientNames, savedNames, type Operator, type OperatorProblem } from './operator.ts'

export const forwardRules: Rules = { mixes: false }
export const backwardRules: Rules = { mixes: true }

export interface FittedOperator {
  /** By port. */
  outputs: Readonly<Record<string, Shape>>
  cost: Cost
}

/** @param inputs shapes by input, every one of them */
export function fitOperator(
  operator: Operator,
  inputs: Readonly<Record<string, Shape>>,
): FittedOperator | { problem: OperatorProblem } {
  let field: OperatorProblem['field'] = 'forward'
  try {
    const given = new Map<string, Known>()
    for (const name of operator.inputs) given.set(name, tensorOf(inputs[name] ?? []))
    for (const { name, shape } of operator.weights) given.set(name, tensorOf(shape))
    const tally = new Tally()
    const scope = infer(operator.forward, given, forwardRules, tally.visit)
    const outputs: Record<string, Shape> = {}
    for (const [i, output] of operator.outputs.entries()) {
      const known = scope.get(output) as Known
      const place = operator.forward.find(({ name }) => name === output)?.place ?? { line: 1, column: 1 }
      if (!isBatch(known.shape[0]))
        throw new ExpressionError(
          place,
          `${output} is ${formatShape(known.shape)}, without the batch B in front; compute it from an input`,
        )
      outputs[operator.outputPorts[i] ?? output] = known.shape
    }
    field = 'backward'
    if (operator.backward) checkGradientShapes(operator, scope)
    const kept = operator.backward
      ? new Set(savedNames(operator).map((name) => scope.get(name) as Known))
      : tally.kept
    return { outputs, cost: costOf(operator, scope, kept, tally.flops) }
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    return { problem: { field, place: error.place, message: error.message } }
  }
}

/** Adds up what a program computes and what autograd keeps of it. */
class Tally {
  flops: Dim = 0
  readonly kept = new Set<Known>()

  readonly visit: Visit = (call, operands, result) => {
    const operation = operationOf(call)
    const own = operation.flops?.(operands, result) ?? sampleValues(result.shape)
    this.flops = add(this.flops, own)
    if (operation.saves === 'operands') for (const operand of operands) this.kept.add(operand)
    if (operation.saves === 'result') this.kept.add(result)
  }
}

const sampleValues = (shape: Shape): Dim => multiply(...(isBatch(shape[0]) ? sampleShape(shape) : shape))

function costOf(
  { inputs, outputs, outputPorts }: Operator,
  scope: ReadonlyMap<string, Known>,
  kept: ReadonlySet<Known>,
  flops: Dim,
): Cost {
  const isKept = (name: string): boolean => kept.has(scope.get(name) as Known)
  const atPorts = new Set([...inputs, ...outputs].map((name) => scope.get(name)))
  const between = [...kept].filter(
    (known) => !atPorts.has(known) && known.constant === null && !known.condition && isBatch(known.shape[0]),
  )
  return {
    flops,
    keeps: {
      inputs: inputs.filter(isKept),
      outputs: outputPorts.filter((_port, i) => isKept(outputs[i] ?? '')),
    },
    extraBytes: multiply(4, add(...between.map(({ shape }) => sampleValues(shape)))),
  }
}

function checkGradientShapes(operator: Operator, forward: ReadonlyMap<string, Known>): void {
  const given = new Map(forward)
  for (const [gradient, output] of givenGradients(operator))
    given.set(gradient, tensorOf(forward.get(output)?.shape ?? []))
  const scope = infer(operator.backward ?? [], given, backwardRules)
  for (const name of gradientNames(operator)) {
    const gradient = scope.get(`grad_${name}`)
    const wanted = forward.get(name)?.shape ?? []
    if (!gradient || sameShape(gradient.shape, wanted)) continue
    const place = operator.backward?.find((line) => line.name === `grad_${name}`)?.place
    throw new ExpressionError(
      place ?? { line: 1, column: 1 },
      `grad_${name} is ${formatShape(gradient.shape)}, but ${name} is ${formatShape(wanted)}, and a gradient has the shape of its value`,
    )
  }
}
