/**
 * Text to tree. The field's usual notation happens to be JavaScript's, so its parser reads each line; of what that can
 * read, only numbers, names, arithmetic, comparisons and calls of known functions are let through.
 */
import { parse as parseJavaScript, type Expression as Parsed, type SpreadElement } from 'acorn'
import { ExpressionError, type Place } from './error.ts'
import { functions } from './functions.ts'
import type { Assignment, Expression, Program } from './tree.ts'

/** Bounds that keep reading and running a text quick, whatever it holds. */
export const limits = { lines: 40, lineLength: 240, depth: 24, nameLength: 24 } as const

/** Words with a meaning of their own. */
const reserved = new Set(['none', 'keep'])

/** Why a word cannot be a name, as half a sentence; null when it can. */
export function nameFault(name: string): string | null {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name))
    return `"${name}" is no name; names are letters, digits and _, with a letter first`
  if (name.length > limits.nameLength)
    return `the name "${name.slice(0, limits.nameLength)}..." is longer than ${limits.nameLength} characters`
  if (reserved.has(name) || functions.has(name)) return `"${name}" has a meaning already; choose another name`
  // Ports and weights are kept in records: `constructor` would be found there without having been put in.
  if (name in {}) return `"${name}" cannot be a name here; choose another`
  return null
}

/**
 * Reads assignments, one a line; blank lines and what follows a `#` are skipped.
 * @param allowNone whether `name = none` may stand there
 * @throws ExpressionError
 */
export function parseProgram(text: string, allowNone = false): Program {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/)
  if (lines.length > limits.lines)
    throw new ExpressionError({ line: limits.lines + 1, column: 1 }, `only ${limits.lines} lines are read`)
  const program: Assignment[] = []
  for (const [index, whole] of lines.entries()) {
    const hash = whole.indexOf('#')
    const line = hash < 0 ? whole : whole.slice(0, hash)
    if (line.trim() === '') continue
    const assignment = parseLine(line, index + 1, allowNone)
    if (program.some(({ name }) => name === assignment.name))
      throw new ExpressionError(
        assignment.place,
        `"${assignment.name}" is assigned twice; give the second a name of its own`,
      )
    program.push(assignment)
  }
  return program
}

function parseLine(line: string, number: number, allowNone: boolean): Assignment {
  const at = (offset: number): Place => ({ line: number, column: offset + 1 })
  if (line.length > limits.lineLength)
    throw new ExpressionError(
      at(limits.lineLength),
      `a line has at most ${limits.lineLength} characters; give a part of it a name on a line before`,
    )
  const [first, second] = statements(line, at)
  const expression = first?.type === 'ExpressionStatement' ? (first.expression as Parsed) : null
  if (second && expression)
    throw new ExpressionError(at(second.start), 'one assignment to a line; put this on a line of its own')
  if (!first || expression?.type !== 'AssignmentExpression' || expression.operator !== '=')
    throw new ExpressionError(at(first?.start ?? 0), 'a line is an assignment such as y = x * 2')
  const { left, right } = expression
  if (left.type !== 'Identifier')
    throw new ExpressionError(at(left.start), 'left of = stands one name, such as y')
  const fault = nameFault(left.name)
  if (fault) throw new ExpressionError(at(left.start), fault)
  const none = right.type === 'Identifier' && right.name === 'none'
  const value = none && allowNone ? null : convert(right, at, 0)
  return { name: left.name, value, place: at(left.start) }
}

function statements(line: string, at: (offset: number) => Place): ReturnType<typeof parseJavaScript>['body'] {
  try {
    return parseJavaScript(line, { ecmaVersion: 2023, sourceType: 'module' }).body
  } catch (error) {
    if (!(error instanceof SyntaxError) || !('pos' in error) || typeof error.pos !== 'number') throw error
    throw new ExpressionError(at(Math.min(error.pos, line.length)), syntaxFault(line, error.pos))
  }
}

function syntaxFault(line: string, offset: number): string {
  const rest = line.slice(offset)
  if (rest.startsWith('**')) return 'a minus before a power needs brackets: -(x ** 2) or (-x) ** 2'
  const [found = ''] = /^(\w+|\S)/.exec(rest) ?? []
  return found === ''
    ? 'the line ends before the expression does; is a bracket or a value missing?'
    : `"${found}" cannot stand here; ${allowed}`
}

const allowed = 'allowed are numbers, names, + - * / **, comparisons, brackets and functions'
const operators = new Set(['+', '-', '*', '/', '**', '<', '<=', '>', '>='])

function convert(node: Parsed | SpreadElement, at: (offset: number) => Place, depth: number): Expression {
  const place = at(node.start)
  if (depth > limits.depth)
    throw new ExpressionError(place, 'this is nested too deeply; give a part of it a name on a line before')
  if (node.type === 'Literal' && typeof node.value === 'number' && Number.isFinite(node.value))
    return { kind: 'number', value: node.value, place }
  if (node.type === 'Identifier') return convertName(node.name, place)
  if (node.type === 'UnaryExpression' && node.operator === '-') {
    const operand = convert(node.argument, at, depth + 1)
    if (operand.kind === 'number') return { ...operand, value: -operand.value, place }
    return { kind: 'call', name: '-x', operands: [operand], numbers: [], keep: false, place }
  }
  if (node.type === 'BinaryExpression' && node.left.type !== 'PrivateIdentifier') {
    // As JavaScript reads it, ^ binds so loosely that x ^ 2 + 1 would be something else than meant.
    if (node.operator === '^') throw new ExpressionError(place, 'a power is written x ** 2')
    if (operators.has(node.operator)) {
      const operands = [convert(node.left, at, depth + 1), convert(node.right, at, depth + 1)]
      return { kind: 'call', name: node.operator, operands, numbers: [], keep: false, place }
    }
  }
  if (node.type === 'CallExpression' && node.callee.type !== 'Super' && !node.optional)
    return convertCall(node.callee, node.arguments, place, at, depth)
  throw new ExpressionError(place, `this cannot be read; ${allowed}`)
}

function convertName(name: string, place: Place): Expression {
  if (reserved.has(name)) throw new ExpressionError(place, `"${name}" cannot stand here`)
  const called = functions.get(name)
  if (called) throw new ExpressionError(place, `"${name}" is a function; write ${called.form}`)
  return { kind: 'name', name, place }
}

function convertCall(
  callee: Parsed,
  given: readonly (Parsed | SpreadElement)[],
  place: Place,
  at: (offset: number) => Place,
  depth: number,
): Expression {
  const name = callee.type === 'Identifier' ? callee.name : ''
  const called = functions.get(name)
  if (!called)
    throw new ExpressionError(
      place,
      `there is no function ${name === '' ? 'like that' : `"${name}"`}; there are ${functionNames().join(', ')}`,
    )
  const wrong = (offset: number): never => {
    throw new ExpressionError(at(offset), `${name} is written ${called.form}`)
  }
  const last = given.at(-1)
  const keep = called.keep === true && last?.type === 'Identifier' && last.name === 'keep'
  const rest = keep ? given.slice(0, -1) : given
  const [least, most] = called.numbers
  const numberCount = rest.length - called.operands
  if (numberCount < least || numberCount > most) wrong(callee.start)
  const operands = rest.slice(0, called.operands).map((operand) => convert(operand, at, depth + 1))
  const numbers = rest.slice(called.operands).map((literal) => {
    const converted = convert(literal, at, depth + 1)
    return converted.kind === 'number' ? converted.value : wrong(literal.start)
  })
  return { kind: 'call', name, operands, numbers, keep, place }
}

/** What may be called, as it is written. */
export const functionNames = (): string[] => [...functions.keys()].filter((name) => /^\w+$/.test(name))
