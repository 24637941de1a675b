import { describe, expect, it } from 'vitest'
import { batch, formatDim, formatShape, symbol, type Shape } from '../dims.ts'
import { fitOperator } from './check.ts'
import { operatorOf } from './operator.ts'

const shapes: Record<string, Shape> = {
  x: [batch, 4, 8],
  row: [batch, 8],
  t: [batch, symbol('T'), 8],
  u: [batch, symbol('T'), 8],
}

const fit = (forward: string, more: Record<string, string> = {}): string => {
  const operator = operatorOf({
    inputs: Object.keys(shapes).join(),
    weights: 'w: 8 x 5\nb: 8',
    forward,
    ...more,
  })
  const fitted = fitOperator(operator, shapes)
  if ('outputs' in fitted) return Object.values(fitted.outputs).map(formatShape).join(', ')
  const { field, place, message } = fitted.problem
  return `${field} ${place?.line}:${place?.column} ${message}`
}

describe('shapes', () => {
  it.each([
    ['y = x', 'B x 4 x 8'],
    ['y = x * b + 1', 'B x 4 x 8'],
    ['y = 2 * (3 - x) / 4', 'B x 4 x 8'],
    ['y = x * sum(x, 2, keep)', 'B x 4 x 8'],
    ['y = sum(x, 2)', 'B x 4'],
    ['y = mean(x, -2)', 'B x 8'],
    ['y = sum(sum(x, 1), 1)', 'B'],
    ['y = x * sum(b, 0)', 'B x 4 x 8'],
    ['y = softmax(t, 1)', 'B x T x 8'],
    ['y = matmul(x, w)', 'B x 4 x 5'],
    ['y = matmul(row, w)', 'B x 5'],
    ['y = matmul(t, transpose(u, 1, 2))', 'B x T x T'],
    ['y = matmul(transpose(x, 1, 2), x)', 'B x 8 x 8'],
    ['y = transpose(x, 1, -1)', 'B x 8 x 4'],
    ['y = reshape(x, 2, -1)', 'B x 2 x 16'],
    ['y = matmul(row, reshape(w, 8, 5))', 'B x 5'],
    ['y = where(x > 0, x, 0)', 'B x 4 x 8'],
    ['y = where(x > 0, 1, 0)', 'B x 4 x 8'],
    ['c = 1 / sqrt(2 * 3.14159)\ny = c * exp(-x ** -2)'.replace('-x ** -2', '-(x ** -2)'), 'B x 4 x 8'],
    ['y = t + u', 'B x T x 8'],
    ['a = row + 1\ny = a * a', 'B x 8'],
  ])('%j gives %s', (forward, expected) => {
    expect(fit(forward)).toBe(expected)
  })

  it.each([
    ['y = x * row', 'forward 1:5 "*" gets B x 4 x 8 and B x 8, which do not broadcast'],
    ['y = t * x', 'forward 1:5 "*" gets B x T x 8 and B x 4 x 8, which do not broadcast'],
    ['a = x\ny = a + sum(x, 2)', 'forward 2:5 "+" gets B x 4 x 8 and B x 4, which do not broadcast'],
    ['y = sum(row, 1) + transpose(w, 0, 1)', 'forward 1:5 "+" gets B and 5 x 8, which do not broadcast'],
    [
      'y = sum(row, 1) * reshape(b, 8, 1)',
      'forward 1:5 "*" would be 8 x B: the batch B has to stay in front, so that samples stay apart',
    ],
    [
      'y = sum(x, 0)',
      'forward 1:5 axis 0 of B x 4 x 8 is the batch, and samples must not see each other; the first axis of a sample is 1',
    ],
    ['y = sum(x, 3)', 'forward 1:5 sum has no axis 3 in B x 4 x 8; axes are 0 to 2'],
    ['y = sum(x, 1.5)', 'forward 1:5 sum has no axis 1.5 in B x 4 x 8; axes are 0 to 2'],
    [
      'y = matmul(w, w)',
      'forward 1:5 matmul gets 8 x 5 and 8 x 5: the last axis of the first and the last but one of the second must be equal',
    ],
    ['y = matmul(row, b)', 'forward 1:5 matmul gets B x 8 and 8: both need two axes or more'],
    [
      'y = reshape(t, 16)',
      'forward 1:5 reshape gets B x T x 8: its sizes differ from sample to sample, so it cannot be laid out anew',
    ],
    ['y = reshape(x, 5)', 'forward 1:5 reshape gets B x 4 x 8: 32 values do not fill 5'],
    ['y = reshape(x, -1, -1)', /one of them may be -1/],
    ['y = x > 0', 'forward 1:1 y would be true or false; use the comparison inside where(...)'],
    [
      'y = (x > 0) * x',
      'forward 1:6 a comparison is true or false and goes into where(condition, a, b) only',
    ],
    ['y = where(x, x, 0)', 'forward 1:5 where begins with a condition, such as where(x > 0, x, 0)'],
    ['y = w', 'forward 1:1 y is 8 x 5, without the batch B in front; compute it from an input'],
    ['y = 2', 'forward 1:1 y is scalar, without the batch B in front; compute it from an input'],
    ['y = x * log(0)', 'forward 1:9 log of the number 0 is not a number to go on with'],
    ['y = x * (1 / 0)', 'forward 1:10 1 / 0 is not a number to go on with'],
    ['y = (-2) ** x', 'forward 1:5 a power of -2 with a tensor above it needs a base above 0'],
    ['y = x * sum(2, 0)', 'forward 1:9 sum needs a tensor, and gets a number alone'],
    ['y = clamp(x, 2, 1)', 'forward 1:5 clamp goes from 2 to 1, which is the wrong way round'],
  ])('%j is refused: %s', (forward, message) => {
    if (typeof message === 'string') expect(fit(forward)).toBe(message)
    else expect(fit(forward)).toMatch(message)
  })

  it('are checked in a backward, where gradients of weights add up over the batch', () => {
    const none = 'grad_row = none\ngrad_t = none\ngrad_u = none\ngrad_w = none\n'
    const backward = (lines: string): string => fit('y = x * b', { backward: none + lines })
    expect(backward('grad_x = grad * b\ngrad_b = sum(sum(grad * x, 0), 0)')).toBe('B x 4 x 8')
    expect(backward('grad_x = grad * b\ngrad_b = grad * x')).toBe(
      'backward 6:1 grad_b is B x 4 x 8, but b is 8, and a gradient has the shape of its value',
    )
    expect(backward('grad_x = 1\ngrad_b = none')).toBe(
      'backward 5:1 grad_x is scalar, but x is B x 4 x 8, and a gradient has the shape of its value',
    )
  })
})

describe('cost', () => {
  const cost = (forward: string, backward = '') => {
    const inputs = { x: [batch, symbol('T'), 8] }
    const fitted = fitOperator(operatorOf({ inputs: 'x', weights: 'w: 8 x 8', forward, backward }), inputs)
    if ('problem' in fitted) throw new Error(fitted.problem.message)
    const { flops, keeps, extraBytes } = fitted.cost
    return [formatDim(flops), keeps.inputs.join(), keeps.outputs.join(), formatDim(extraBytes)]
  }

  it('is arithmetic for a sample and what autograd keeps', () => {
    expect(cost('y = x + 1')).toEqual(['8·T', '', '', '0'])
    expect(cost('y = matmul(x, w)')).toEqual(['128·T', 'x', '', '0'])
    expect(cost('y = exp(x)')).toEqual(['8·T', '', 'output', '0'])
    expect(cost('a = exp(x)\ny = a * a + x')).toEqual(['24·T', '', '', '32·T'])
  })

  it('of a written backward is what that reads', () => {
    expect(cost('a = exp(x)\ny = a + a', 'grad_x = 2 * grad * a\ngrad_w = none')[3]).toBe('32·T')
    expect(cost('a = exp(x)\ny = a + a', 'grad_x = 2 * grad * exp(x)\ngrad_w = none')).toEqual([
      '16·T',
      'x',
      '',
      '0',
    ])
  })
})
