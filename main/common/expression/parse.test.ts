import { describe, expect, it } from 'vitest'
import { ExpressionError } from './error.ts'
import { functions } from './functions.ts'
import { readOperator } from './operator.ts'
import { limits, parseProgram } from './parse.ts'
import type { Expression } from './tree.ts'
import { parseWeights } from './weights.ts'

/** The tree in prefix form: `(* x 2)`. */
function show(expression: Expression | null): string {
  if (!expression) return 'none'
  if (expression.kind === 'number') return String(expression.value)
  if (expression.kind === 'name') return expression.name
  const { name, operands, numbers, keep } = expression
  return `(${[name, ...operands.map(show), ...numbers, ...(keep ? ['keep'] : [])].join(' ')})`
}

const read = (text: string, allowNone = false): string =>
  parseProgram(text, allowNone)
    .map(({ name, value }) => `${name}=${show(value)}`)
    .join('; ')

/** `line:column message` of what is wrong. */
function fault(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof ExpressionError) return `${error.place.line}:${error.place.column} ${error.message}`
    throw error
  }
  return 'nothing wrong'
}

describe('a program', () => {
  it.each([
    ['y = x', 'y=x'],
    ['y = 1 + 2 * x ** 2', 'y=(+ 1 (* 2 (** x 2)))'],
    ['y = (1 + 2) * -x', 'y=(* (+ 1 2) (-x x))'],
    ['y = -1.5e-3', 'y=-0.0015'],
    ['y = 2 ** 3 ** x', 'y=(** 2 (** 3 x))'],
    ['y = sum(x, -1)', 'y=(sum x -1)'],
    ['y = sum(x, 1, keep)', 'y=(sum x 1 keep)'],
    ['y = reshape(x, 4, -1)', 'y=(reshape x 4 -1)'],
    ['y = where(x >= 0, x, 0.1 * x)', 'y=(where (>= x 0) x (* 0.1 x))'],
    ['\n# a comment\n  a = x # another\r\n\ty = matmul(a, w)\n', 'a=x; y=(matmul a w)'],
  ])('%j is read as %s', (text, tree) => {
    expect(read(text)).toBe(tree)
  })

  it('may say none where that is allowed', () => {
    expect(read('grad_x = grad * y\ngrad_y = none', true)).toBe('grad_x=(* grad y); grad_y=none')
    expect(fault(() => parseProgram('y = none'))).toBe('1:5 "none" cannot stand here')
  })

  it.each([
    ['x * 2', '1:1 a line is an assignment such as y = x * 2'],
    ['y = x\nz == y', '2:1 a line is an assignment such as y = x * 2'],
    ['let y = x', '1:1 a line is an assignment such as y = x * 2'],
    ['y += x', '1:1 a line is an assignment such as y = x * 2'],
    ['y = x; z = x', '1:8 one assignment to a line; put this on a line of its own'],
    ['a.b = x', '1:1 left of = stands one name, such as y'],
    ['y = x\ny = x', '2:1 "y" is assigned twice; give the second a name of its own'],
    ['exp = x', '1:1 "exp" has a meaning already; choose another name'],
    ['toString = x', '1:1 "toString" cannot be a name here; choose another'],
    ['_y = x', '1:1 "_y" is no name; names are letters, digits and _, with a letter first'],
    ['y = x *', '1:8 the line ends before the expression does; is a bracket or a value missing?'],
    [
      'y = x ! 2',
      '1:7 "!" cannot stand here; allowed are numbers, names, + - * / **, comparisons, brackets and functions',
    ],
    ['y = x ^ 2', '1:5 a power is written x ** 2'],
    ['y = -x ** 2', '1:8 a minus before a power needs brackets: -(x ** 2) or (-x) ** 2'],
    ['y = softmax(x)', '1:5 softmax is written softmax(x, axis)'],
    ['y = softmax(x, a)', '1:16 softmax is written softmax(x, axis)'],
    ['y = exp(x, 1)', '1:5 exp is written exp(x)'],
    ['y = exp', '1:5 "exp" is a function; write exp(x)'],
  ])('%j is refused: %s', (text, message) => {
    expect(fault(() => parseProgram(text))).toBe(message)
  })

  it.each([
    'y = process.exit()',
    'y = (() => 1)()',
    'y = x ? 1 : 2',
    'y = x[0]',
    'y = "x"',
    'y = `x`',
    'y = this',
    'y = import("fs")',
    'y = new Date()',
    'y = x && 1',
    'y = z = x',
    'y = await x',
    'y = function () {}',
    'y = {}',
    'y = /x/',
    'y = 5n',
    'y = 1e999',
    'y = sum(...x)',
    'y = exp?.(x)',
    'import fs from "fs"',
    'while (1) y = x',
    'y = eval(x)',
  ])('%s is nothing that could run', (text) => {
    expect(fault(() => parseProgram(text))).toMatch(/^1:\d+ /)
  })

  it('is bounded in lines, in length and in depth', () => {
    expect(fault(() => parseProgram('\n'.repeat(limits.lines)))).toBe('41:1 only 40 lines are read')
    expect(fault(() => parseProgram(`y = ${'x + '.repeat(80)}x`))).toMatch(/^1:241 a line has at most 240/)
    expect(fault(() => parseProgram(`y = ${'('.repeat(100)}x${')'.repeat(100)}`))).toBe('nothing wrong')
    expect(fault(() => parseProgram(`y = ${'-('.repeat(40)}x${')'.repeat(40)}`))).toMatch(/nested too deeply/)
  })

  it('says which functions there are', () => {
    expect(fault(() => parseProgram('y = logsumexp(x)'))).toMatch(
      /^1:5 there is no function "logsumexp"; there are maximum, minimum, exp, log, .*where$/,
    )
  })
})

describe('weights', () => {
  it('have a size and a way to begin', () => {
    expect(
      parseWeights('w: 16 x 8\nb : 8 zeros # offset\n\ng: 4x4x2 normal 0.02\nh: 3 uniform 1e-1'),
    ).toMatchObject([
      { name: 'w', shape: [16, 8], initial: { kind: 'uniform', bound: 0.25 } },
      { name: 'b', shape: [8], initial: { kind: 'zeros' } },
      { name: 'g', shape: [4, 4, 2], initial: { kind: 'normal', std: 0.02 } },
      { name: 'h', shape: [3], initial: { kind: 'uniform', bound: 0.1 } },
    ])
  })

  it.each([
    ['w 16 x 8', /^1:1 a weight is written/],
    ['w: 0', /^1:1 0 is no size/],
    ['w: 99999 x 99999', /^1:1 99999 x 99999 is no size/],
    ['w: 4\n w: 4', /^2:2 "w" is declared twice/],
    ['sum: 4', /^1:1 "sum" has a meaning already/],
    ['w: 4 normal', /^1:1 a weight is written/],
    ['w: 4 zeros 2', /^1:1 a weight is written/],
    ['w: 4 uniform -1', /^1:1 a weight is written/],
    ['w: 4 xavier 1', /^1:1 a weight is written/],
  ])('%j is refused', (text, message) => {
    expect(fault(() => parseWeights(text))).toMatch(message)
  })
})

describe('an operator', () => {
  const problem = (parameters: Record<string, string>): string => {
    const reading = readOperator({ inputs: 'x, y', forward: 'z = x * y', ...parameters })
    if ('operator' in reading) return `outputs ${reading.operator.outputs.join()}`
    const { field, place, message } = reading.problem
    return `${field} ${place?.line}:${place?.column} ${message}`
  }

  it.each([
    [{}, 'outputs z'],
    [{ backward: 'grad_x = grad * y\ngrad_y = none' }, 'outputs z'],
    [{ forward: 'a = x + y\nz = x - y', outputs: 'a, z' }, 'outputs a,z'],
    [{ inputs: 'x,, y' }, 'inputs 1:3 a name is missing; write them as x, y'],
    [{ inputs: 'x, x' }, 'inputs 1:4 "x" stands here twice'],
    [{ inputs: 'grad' }, 'inputs 1:1 "grad" is the name of a gradient; choose another'],
    [{ weights: 'x: 3' }, 'weights 1:1 "x" is an input already'],
    [{ weights: 'grad_a: 3' }, 'weights 1:1 "grad_a" is the name of a gradient; choose another'],
    [{ forward: '' }, 'forward 1:1 nothing is computed yet; write y = x * 2, for example'],
    [{ forward: 'x = y' }, 'forward 1:1 "x" is an input or weight already; assign to a name of its own'],
    [{ forward: 'z = x * q' }, 'forward 1:9 there is no "q" here; there are x, y'],
    [{ forward: 'z = a\na = x' }, 'forward 1:5 there is no "a" here; there are x, y'],
    [{ outputs: 'q' }, 'outputs 1:1 forward assigns no "q"'],
    [{ backward: 'grad_x = grad * y' }, 'backward 1:1 grad_y is missing; write what it is, or grad_y = none'],
    [
      { backward: 'grad_q = grad\ngrad_x = none\ngrad_y = none' },
      'backward 1:1 there is no input or weight "q"; gradients are grad_x, grad_y',
    ],
    [{ backward: 'a = none' }, 'backward 1:1 none stands for a gradient only, as in grad_x = none'],
    [
      { backward: 'z = grad' },
      'backward 1:1 "z" is a value of the forward already; assign to a name of its own',
    ],
    [
      { forward: 'a = x\nz = y', outputs: 'a, z', backward: 'grad_x = grad\ngrad_y = none' },
      'backward 1:10 there is no "grad" here; there are x, y, a, z, grad_a, grad_z',
    ],
  ])('%j: %s', (parameters, message) => {
    expect(problem(parameters)).toBe(message)
  })
})

describe('5,000 random texts', () => {
  // A stream of its own, the same in every run.
  let state = 20260101
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const words = [
    ...functions.keys(),
    ...'x y z w grad grad_x none keep 1 2 0.5 1e999 -1 ( ) ( ) , , = = ** ^ \n \n # ; : [ ] { } . => ? ! & | % ~ " \' ` / // /* */ <!-- let'.split(
      ' ',
    ),
    ...'new function async await yield import class delete typeof in of \\ \u0000 é \u2028 __proto__ constructor'.split(
      ' ',
    ),
    '${',
    ' ',
    'y = ',
    'z = x * y',
  ]
  const texts = Array.from({ length: 5000 }, () => {
    const length = 1 + random(random(4) === 0 ? 200 : 14)
    return Array.from({ length }, () => words[random(words.length)] ?? '').join(random(2) === 0 ? ' ' : '')
  })

  it('are read or refused with a place, and nothing else', () => {
    let refused = 0
    for (const text of texts) {
      const parts = { inputs: 'x, y', forward: text, backward: random(3) === 0 ? text : '', weights: '' }
      const swapped = random(5) === 0 ? { ...parts, inputs: text, weights: text } : parts
      const reading = readOperator(swapped)
      if ('operator' in reading) continue
      refused++
      expect(reading.problem.place?.line).toBeGreaterThan(0)
      expect(reading.problem.message).not.toBe('')
    }
    expect(refused).toBeGreaterThan(4000)
    expect(refused).toBeLessThan(5000)
  })
})
