/** The custom operator on the engine: values, gradients, batches against their samples. */
import { describe, expect, it } from 'vitest'
import { custom } from '../common/layers/custom.ts'
import type { ForwardCall, Parameters } from '../common/layer.ts'
import { grad, gradcheck, ones, scope, tensor, type Tensor } from '../engine/index.ts'
import { opsOn } from './ops.ts'

const ops = opsOn('cpu')

interface Given {
  inputs: Record<string, Tensor>
  weights?: Record<string, Tensor>
  lengths?: ForwardCall<Tensor>['lengths']
}

const run = (
  parameters: Parameters,
  { inputs, weights = {}, lengths = () => null }: Given,
): Readonly<Record<string, Tensor>> =>
  custom.forward<Tensor>({ ops, inputs, weights, parameters, training: true, lengths })

/** Numbers that repeat in no pattern, in 0.2 to 1.7 and of both signs. */
function numbers(shape: readonly number[], seed = 1, positive = false): Tensor {
  const count = shape.reduce((a, b) => a * b, 1)
  const values = Float64Array.from({ length: count }, (_, i) => {
    const size = 0.2 + 1.5 * Math.abs(Math.sin((i + 1) * 12.9898 * seed))
    return positive || (i * 7 + seed) % 3 !== 0 ? size : -size
  })
  return tensor(values, { shape, requiresGrad: true })
}

const list = (x: Tensor): number[] => [...(x.toTypedArray() as Float64Array)]

describe('values', () => {
  const x = [-2, -0.5, 0.25, 3]
  it.each<[string, (x: number) => number]>([
    ['y = 3 - x', (v) => 3 - v],
    ['y = 2 / x', (v) => 2 / v],
    ['y = 2 ** x', (v) => 2 ** v],
    ['y = x ** 3 + x / 2 - 1', (v) => v ** 3 + v / 2 - 1],
    ['y = maximum(x, 0.5)', (v) => Math.max(v, 0.5)],
    ['y = minimum(0.5, x)', (v) => Math.min(v, 0.5)],
    ['y = maximum(x, -x)', Math.abs],
    ['y = clamp(x, -1, 1)', (v) => Math.min(1, Math.max(-1, v))],
    ['y = where(x > 0, x, 0.1 * x)', (v) => (v > 0 ? v : 0.1 * v)],
    ['y = where(0 >= x, 1, 3)', (v) => (0 >= v ? 1 : 3)],
    ['y = where(x <= 0.25, x, 7)', (v) => (v <= 0.25 ? v : 7)],
    ['y = where(0.25 < x, 7, x)', (v) => (v > 0.25 ? 7 : v)],
    ['y = exp(x) * sin(x) + cos(x)', (v) => Math.exp(v) * Math.sin(v) + Math.cos(v)],
    ['y = sqrt(square(x)) + log(abs(x))', (v) => Math.abs(v) + Math.log(Math.abs(v))],
    ['y = sign(x) + relu(x)', (v) => Math.sign(v) + Math.max(0, v)],
    ['c = 1 / sqrt(2)\ny = tanh(c * x)', (v) => Math.tanh(v / Math.sqrt(2))],
    ['y = x * sigmoid(x)', (v) => v / (1 + Math.exp(-v))],
  ])('of %j', (forward, expected) => {
    scope(() => {
      const { output: y } = run(
        { inputs: 'x', forward },
        { inputs: { x: tensor(Float64Array.from(x), { shape: [2, 2] }) } },
      )
      list(y as Tensor).forEach((value, i) => expect(value).toBeCloseTo(expected(x[i] as number), 10))
    })
  })

  it('of sums, softmax, products and shapes', () => {
    scope(() => {
      const inputs = { x: tensor(Float64Array.from([1, 2, 3, 4, 5, 6]), { shape: [1, 2, 3] }) }
      const of = (forward: string): number[] =>
        list(run({ inputs: 'x', forward }, { inputs })['output'] as Tensor)
      expect(of('y = sum(x, 2)')).toEqual([6, 15])
      expect(of('y = mean(x, 1)')).toEqual([2.5, 3.5, 4.5])
      expect(of('y = sum(softmax(x, -1), 2)').map((v) => v.toFixed(12))).toEqual([
        '1.000000000000',
        '1.000000000000',
      ])
      expect(of('y = transpose(x, 1, 2)')).toEqual([1, 4, 2, 5, 3, 6])
      expect(of('y = matmul(x, transpose(x, 1, 2))')).toEqual([14, 32, 32, 77])
      expect(of('y = sum(reshape(x, 3, -1), 2)')).toEqual([3, 7, 11])
      expect(of('y = x - mean(x, 2, keep)')).toEqual([-1, 0, 1, -1, 0, 1])
    })
  })
})

describe('gradients', () => {
  it.each([
    ['z = x * y', ''],
    ['z = x * y', 'grad_x = grad * y\ngrad_y = grad * x'],
    ['a = exp(x)\nz = a * y', 'grad_x = grad * a * y\ngrad_y = grad * a'],
    ['z = where(x > 0, x ** 2, y / 3)', ''],
    ['z = where(x > y, 1, 0) * x + erf(y)', ''],
    ['z = softmax(x, 1) * sum(y, 2, keep)', ''],
    ['z = matmul(x, transpose(y, 1, 2))', ''],
    [
      'z = matmul(x, transpose(y, 1, 2))',
      'grad_x = matmul(grad, y)\ngrad_y = matmul(transpose(grad, 1, 2), x)',
    ],
  ])('of %j with backward %j pass gradcheck', (forward, backward) => {
    const parameters = { inputs: 'x, y', forward, backward }
    const function_ = (x: Tensor, y: Tensor): Tensor =>
      run(parameters, { inputs: { x, y } })['output'] as Tensor
    scope(() => {
      expect(gradcheck(function_ as never, [numbers([2, 3, 4]), numbers([2, 3, 4], 2)])).toBe(true)
    })
  })

  it('reach weights, and several outputs give theirs', () => {
    const parameters = {
      inputs: 'x',
      weights: 'w: 4 x 3',
      forward: 'a = matmul(x, w)\nb = a * 2',
      outputs: 'a, b',
      backward:
        'both = grad_a + 2 * grad_b\ngrad_x = matmul(both, transpose(w, 0, 1))\ngrad_w = matmul(transpose(x, 0, 1), both)',
    }
    const function_ = (x: Tensor, w: Tensor): Tensor[] =>
      Object.values(run(parameters, { inputs: { x }, weights: { w } }))
    scope(() => {
      expect(gradcheck(function_ as never, [numbers([2, 4]), numbers([4, 3], 2)])).toBe(true)
    })
  })

  it('are what the backward says, right or wrong', () => {
    const parameters = { inputs: 'x, y', forward: 'z = x * y', backward: 'grad_x = grad * x\ngrad_y = none' }
    scope(() => {
      const [x, y] = [numbers([1, 2]), numbers([1, 2], 2)]
      const { output: z } = run(parameters, { inputs: { x, y } })
      const [gx, gy] = grad([z as Tensor], [x, y], {
        gradOutputs: [ones([1, 2], { dtype: 'float64' })],
        allowUnused: true,
      })
      expect(list(gx as Tensor)).toEqual(list(x))
      expect(gy).toBeNull()
    })
  })
})

describe('padding', () => {
  it.each([
    'y = sum(x, 1)',
    'y = mean(x, 1)',
    'y = mean(x, 1, keep) * x',
    'y = matmul(softmax(matmul(x, transpose(x, 1, 2)), 2), x)',
    'y = matmul(transpose(x, 1, 2), x)',
    'a = softmax(x, 1)\ny = sum(a * x, 1)',
  ])('does not reach a result of %j', (forward) => {
    scope(() => {
      const lengths = [3, 5, 1]
      const batchOf = tensor(lengths, { dtype: 'int64' })
      const x = numbers([3, 5, 2])
      const parameters = { inputs: 'x', forward }
      const together = run(parameters, {
        inputs: { x },
        lengths: (_port, axis) => (axis === 1 ? batchOf : null),
      })
      lengths.forEach((length, sample) => {
        const cropped = x.narrow(0, sample, 1).narrow(1, 0, length)
        const alone = run(parameters, { inputs: { x: cropped } })['output'] as Tensor
        const from = (together['output'] as Tensor).narrow(0, sample, 1)
        const cut = alone.shape[1] === length && from.shape[1] === 5 ? from.narrow(1, 0, length) : from
        const [a, b] = [list(alone), list(cut.contiguous())]
        expect(b).toHaveLength(a.length)
        a.forEach((value, i) => expect(b[i]).toBeCloseTo(value, 12))
      })
    })
  })

  it("does not reach a gradient that a backward of one's own sums along the axis", () => {
    scope(() => {
      const parameters = {
        inputs: 'x',
        forward: 'y = x * mean(x, 1, keep)',
        backward: 'grad_x = grad * mean(x, 1, keep)',
      }
      const x = numbers([2, 4, 1])
      const lengths = tensor([2, 4], { dtype: 'int64' })
      const { output } = scope(() =>
        run(parameters, { inputs: { x }, lengths: (_port, axis) => (axis === 1 ? lengths : null) }),
      )
      lengths.dispose()
      const [gradient] = grad(output as Tensor, [x], { gradOutputs: [ones([2, 4, 1], { dtype: 'float64' })] })
      const [a = 0, b = 0] = list(x)
      expect(list(gradient as Tensor)[0]).toBeCloseTo((a + b) / 2, 12)
    })
  })
})
