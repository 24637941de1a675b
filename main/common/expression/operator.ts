/** A custom operator read from the texts of its fields: names, weights, what it computes, its gradient. */
import type { Parameters } from '../layer.ts'
import { ExpressionError, type Place } from './error.ts'
import { lookUp } from './infer.ts'
import { limits, nameFault, parseProgram } from './parse.ts'
import type { Expression, Program } from './tree.ts'
import { parseWeights, type DeclaredWeight } from './weights.ts'

export interface Operator {
  inputs: readonly string[]
  weights: readonly DeclaredWeight[]
  forward: Program
  /** Names that the forward assigns. */
  outputs: readonly string[]
  /**
   * Ports of the outputs. The one that is the last line is called `output`, so that wires stay when it gets another
   * name; several are called by theirs.
   */
  outputPorts: readonly string[]
  /** Null: derived by autograd. */
  backward: Program | null
}

export const operatorFields = ['inputs', 'weights', 'forward', 'outputs', 'backward'] as const
export type OperatorField = (typeof operatorFields)[number]

/** What is wrong with an operator, as half a sentence, and where. */
export interface OperatorProblem {
  field: OperatorField
  place: Place | null
  message: string
}

export type OperatorReading = { operator: Operator } | { problem: OperatorProblem }

export const lastLinePort = 'output'

/** Most inputs or outputs of one operator. */
const mostPorts = 8

const readings = new Map<string, OperatorReading>()

/** Reads an operator; the same texts are read once, as layers ask for it at every step. */
export function readOperator(parameters: Parameters): OperatorReading {
  const key = JSON.stringify(operatorFields.map((field) => textOf(parameters, field)))
  let reading = readings.get(key)
  if (!reading) {
    if (readings.size >= 200) readings.clear()
    reading = read(parameters)
    readings.set(key, reading)
  }
  return reading
}

/** @throws Error for an operator with a mistake, which analysis has refused before */
export function operatorOf(parameters: Parameters): Operator {
  const reading = readOperator(parameters)
  if ('operator' in reading) return reading.operator
  throw new Error(`[custom] ${reading.problem.field}: ${reading.problem.message}`)
}

const textOf = (parameters: Parameters, field: OperatorField): string => {
  const value = parameters[field]
  return typeof value === 'string' ? value : ''
}

/** Names separated by commas. @throws ExpressionError */
export function parseNames(text: string): string[] {
  const names: string[] = []
  let offset = 0
  for (const part of text.split(',')) {
    const name = part.trim()
    const place = { line: 1, column: offset + 1 + (part.length - part.trimStart().length) }
    offset += part.length + 1
    const fault = name === '' ? 'a name is missing; write them as x, y' : nameFault(name)
    if (fault) throw new ExpressionError(place, fault)
    if (names.includes(name)) throw new ExpressionError(place, `"${name}" stands here twice`)
    names.push(name)
  }
  if (names.length > mostPorts)
    throw new ExpressionError({ line: 1, column: 1 }, `${names.length} names are more than ${mostPorts}`)
  return names
}

function read(parameters: Parameters): OperatorReading {
  let field: OperatorField = 'inputs'
  const text = (of: OperatorField): string => {
    field = of
    return textOf(parameters, of)
  }
  try {
    const inputs = parseNames(text('inputs'))
    for (const name of inputs) refuseGradient(name, { line: 1, column: 1 })
    const weights = parseWeights(text('weights'))
    const given = new Set(inputs)
    for (const { name, place } of weights) {
      refuseGradient(name, place)
      if (given.has(name)) throw new ExpressionError(place, `"${name}" is an input already`)
      given.add(name)
    }
    const forward = parseProgram(text('forward'))
    const last = forward.at(-1)
    if (!last)
      throw new ExpressionError(
        { line: 1, column: 1 },
        'nothing is computed yet; write y = x * 2, for example',
      )
    const known = checkNames(forward, given, 'an input or weight')
    const named = text('outputs').trim()
    const outputs = named === '' ? [last.name] : parseNames(named)
    for (const output of outputs)
      if (!forward.some(({ name }) => name === output))
        throw new ExpressionError({ line: 1, column: 1 }, `forward assigns no "${output}"`)
    const outputPorts = named === '' ? [lastLinePort] : outputs
    const operator = { inputs, weights, forward, outputs, outputPorts, backward: null }
    if (text('backward').trim() === '') return { operator }
    const backward = parseProgram(text('backward'), true)
    if (backward.length === 0) return { operator }
    checkBackward(backward, operator, known)
    return { operator: { ...operator, backward } }
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    return { problem: { field, place: error.place, message: error.message } }
  }
}

function refuseGradient(name: string, place: Place): void {
  if (name === 'grad' || name.startsWith('grad_'))
    throw new ExpressionError(place, `"${name}" is the name of a gradient; choose another`)
}

/** Names of the gradients that a backward is given: `grad`, or one for each of several outputs. */
export const givenGradients = ({ outputs }: Pick<Operator, 'outputs'>): ReadonlyMap<string, string> =>
  new Map(outputs.map((output) => [outputs.length === 1 ? 'grad' : `grad_${output}`, output]))

/** What gets a gradient: inputs, then weights. */
export const gradientNames = ({
  inputs,
  weights,
}: Pick<Operator, 'inputs' | 'weights'>): readonly string[] => [...inputs, ...weights.map(({ name }) => name)]

function checkNames(program: Program, given: ReadonlySet<string>, what: string): ReadonlySet<string> {
  const known = new Map([...given].map((name) => [name, name]))
  const check = (expression: Expression): void => {
    if (expression.kind === 'name') lookUp(expression, known)
    if (expression.kind === 'call') expression.operands.forEach(check)
  }
  for (const { name, value, place } of program) {
    if (known.has(name))
      throw new ExpressionError(place, `"${name}" is ${what} already; assign to a name of its own`)
    if (value) check(value)
    known.set(name, name)
  }
  return new Set(known.keys())
}

function checkBackward(
  backward: Program,
  operator: Pick<Operator, 'inputs' | 'weights' | 'outputs' | 'forward'>,
  known: ReadonlySet<string>,
): void {
  const gradients = givenGradients(operator)
  checkNames(backward, new Set([...known, ...gradients.keys()]), 'a value of the forward')
  const wanted = gradientNames(operator)
  for (const { name, value, place } of backward) {
    const of = name.startsWith('grad_') ? name.slice('grad_'.length) : null
    if (of !== null && !wanted.includes(of))
      throw new ExpressionError(
        place,
        `there is no input or weight "${of}"; gradients are ${wanted.map((one) => `grad_${one}`).join(', ')}`,
      )
    if (of === null && value === null)
      throw new ExpressionError(place, 'none stands for a gradient only, as in grad_x = none')
  }
  const missing = wanted.find((name) => !backward.some((line) => line.name === `grad_${name}`))
  if (missing !== undefined)
    throw new ExpressionError(
      { line: Math.min(backward.at(-1)?.place.line ?? 1, limits.lines), column: 1 },
      `grad_${missing} is missing; write what it is, or grad_${missing} = none`,
    )
}

/** Names that a backward reads of what the forward had: what is saved for it. */
export function savedNames({ backward, forward, ...operator }: Operator): readonly string[] {
  const used = new Set<string>()
  const visit = (expression: Expression): void => {
    if (expression.kind === 'name') used.add(expression.name)
    if (expression.kind === 'call') expression.operands.forEach(visit)
  }
  for (const { value } of backward ?? []) if (value) visit(value)
  return [...gradientNames(operator), ...forward.map(({ name }) => name)].filter((name) => used.has(name))
}
