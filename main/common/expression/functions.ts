/** Everything an expression may call, operators included. */
import { evaluate, formatShape, multiply, sameDim, type Dim, type Shape } from '../dims.ts'
import { sampleShape } from '../layer.ts'
import { axisOf, broadcast, broadcastAll, inFront, isBatch, lengthsAlong, masked } from './axes.ts'
import { elementwise } from './elementwise.ts'
import { ExpressionError } from './error.ts'
import { tensorAt, tensorOf, valueAt, type Known, type Operation } from './known.ts'
import type { Call } from './tree.ts'

const shapeOf = (operands: readonly Known[], index = 0): Shape => operands[index]?.shape ?? []
const valuesIn = (shape: Shape): Dim => multiply(...(isBatch(shape[0]) ? sampleShape(shape) : shape))

/** Shape after an axis has been summed away. */
function reduced(operands: readonly Known[], call: Call, axis: number): Shape {
  const shape = shapeOf(operands)
  return call.keep ? shape.map((dim, i) => (i === axis ? 1 : dim)) : shape.filter((_dim, i) => i !== axis)
}

const sum: Operation = {
  tensors: true,
  form: 'sum(x, axis) or sum(x, axis, keep)',
  operands: 1,
  numbers: [1, 1],
  keep: true,
  saves: 'nothing',
  known: (operands, call, rules) =>
    tensorOf(reduced(operands, call, axisOf(operands[0] as Known, call, rules))),
  run(machine, operands, call) {
    const operand = valueAt(operands, 0)
    const axis = axisOf(operand.known, call, machine.rules)
    return masked(machine, operand, axis, 0).sum(axis, call.keep)
  },
  flops: (operands) => valuesIn(shapeOf(operands)),
}

const mean: Operation = {
  ...sum,
  form: 'mean(x, axis) or mean(x, axis, keep)',
  run(machine, operands, call) {
    const operand = valueAt(operands, 0)
    const axis = axisOf(operand.known, call, machine.rules)
    const x = tensorAt(operands)
    if (!lengthsAlong(machine, operand.known.shape, axis)) return x.mean(axis, call.keep)
    const count = masked(machine, { ...operand, value: machine.ops.fullLike(x, 1) }, axis, 0)
    return masked(machine, operand, axis, 0).sum(axis, call.keep).div(count.sum(axis, call.keep))
  },
}

const softmax: Operation = {
  tensors: true,
  form: 'softmax(x, axis)',
  operands: 1,
  numbers: [1, 1],
  saves: 'result',
  known(operands, call, rules) {
    axisOf(operands[0] as Known, call, rules)
    return tensorOf(shapeOf(operands))
  },
  run(machine, operands, call) {
    const operand = valueAt(operands, 0)
    const axis = axisOf(operand.known, call, machine.rules)
    // e to the power of this is 0 beside anything else, and unlike -infinity it has differences.
    return machine.ops.softmax(masked(machine, operand, axis, -1e30), axis)
  },
  flops: (_operands, result) => multiply(5, valuesIn(result.shape)),
}

const matmul: Operation = {
  tensors: true,
  form: 'matmul(a, b)',
  operands: 2,
  numbers: [0, 0],
  saves: 'operands',
  known(operands, call, rules) {
    const [a, b] = [shapeOf(operands), shapeOf(operands, 1)]
    const refuse = (why: string): never => {
      throw new ExpressionError(call.place, `matmul gets ${formatShape(a)} and ${formatShape(b)}: ${why}`)
    }
    if (a.length < 2 || b.length < 2) return refuse('both need two axes or more')
    if (!sameDim(a.at(-1) as Dim, b.at(-2) as Dim))
      return refuse('the last axis of the first and the last but one of the second must be equal')
    const stack = broadcast(a.slice(0, -2), b.slice(0, -2))
    if (!stack) return refuse('the axes before the last two do not broadcast')
    return tensorOf(inFront([...stack, a.at(-2) as Dim, b.at(-1) as Dim], call, rules))
  },
  run(machine, operands) {
    // Beyond a sample's end lies padding; a zero on one side is enough.
    const a = valueAt(operands, 0)
    return masked(machine, a, a.known.shape.length - 1, 0).matmul(tensorAt(operands, 1))
  },
  flops: (operands, result) => multiply(2, valuesIn(result.shape), shapeOf(operands).at(-1) ?? 1),
}

const transpose: Operation = {
  tensors: true,
  form: 'transpose(x, a, b)',
  operands: 1,
  numbers: [2, 2],
  saves: 'nothing',
  known(operands, call, rules) {
    const [x] = operands
    const a = axisOf(x as Known, call, rules, 0)
    const b = axisOf(x as Known, call, rules, 1)
    const shape = [...shapeOf(operands)]
    const [first, second] = [shape[a] as Dim, shape[b] as Dim]
    shape[a] = second
    shape[b] = first
    return tensorOf(inFront(shape, call, rules))
  },
  run(machine, operands, call) {
    const { known } = valueAt(operands, 0)
    const axes = [axisOf(known, call, machine.rules, 0), axisOf(known, call, machine.rules, 1)] as const
    return tensorAt(operands).transpose(...axes)
  },
  flops: () => 0,
}

const reshape: Operation = {
  tensors: true,
  form: 'reshape(x, sizes...), such as reshape(x, 4, -1)',
  operands: 1,
  numbers: [1, 6],
  saves: 'nothing',
  known(operands, call) {
    const shape = shapeOf(operands)
    const head = isBatch(shape[0]) ? shape.slice(0, 1) : []
    const values = evaluate(valuesIn(shape), {})
    const refuse = (why: string): never => {
      throw new ExpressionError(call.place, `reshape gets ${formatShape(shape)}: ${why}`)
    }
    if (values === null)
      return refuse('its sizes differ from sample to sample, so it cannot be laid out anew')
    const open = call.numbers.filter((size) => size === -1).length
    if (open > 1 || call.numbers.some((size) => size !== -1 && (!Number.isInteger(size) || size < 1)))
      return refuse('sizes are whole numbers above 0, and one of them may be -1 for what is left')
    const fixed = call.numbers.reduce((product, size) => (size === -1 ? product : product * size), 1)
    if (open === 0 ? fixed !== values : values % fixed !== 0)
      return refuse(`${values} values do not fill ${call.numbers.join(' x ')}`)
    return tensorOf([...head, ...call.numbers.map((size) => (size === -1 ? values / fixed : size))])
  },
  run(_machine, operands, _call, result) {
    const x = tensorAt(operands)
    return x.reshape(result.shape.map((dim) => (typeof dim === 'number' ? dim : (x.shape[0] ?? 1))))
  },
  flops: () => 0,
}

const clamp: Operation = {
  tensors: true,
  form: 'clamp(x, lowest, highest)',
  operands: 1,
  numbers: [2, 2],
  saves: 'operands',
  known(operands, call) {
    const [lowest = 0, highest = 0] = call.numbers
    if (lowest > highest)
      throw new ExpressionError(
        call.place,
        `clamp goes from ${lowest} to ${highest}, which is the wrong way round`,
      )
    return tensorOf(shapeOf(operands))
  },
  run: (_machine, operands, { numbers: [lowest = 0, highest = 0] }) =>
    tensorAt(operands).clamp(lowest, highest),
}

const where: Operation = {
  form: 'where(condition, a, b)',
  operands: 3,
  numbers: [0, 0],
  choosing: true,
  saves: 'operands',
  known(operands, call, rules) {
    if (!operands[0]?.condition)
      throw new ExpressionError(call.place, 'where begins with a condition, such as where(x > 0, x, 0)')
    return tensorOf(broadcastAll(operands, call, rules))
  },
  run({ ops }, operands) {
    const { compared } = valueAt(operands, 0)
    const [a, b] = [valueAt(operands, 1).value, valueAt(operands, 2).value]
    const numbers = typeof a === 'number' && typeof b === 'number'
    return ops.where(tensorAt(operands), numbers && compared ? ops.fullLike(compared, a) : a, b)
  },
}

/** By name; operators under their signs, the minus before a value as `negative`. */
export const functions: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ...elementwise,
  ['sum', sum],
  ['mean', mean],
  ['softmax', softmax],
  ['matmul', matmul],
  ['transpose', transpose],
  ['reshape', reshape],
  ['clamp', clamp],
  ['where', where],
])

/** The operation that a call means; the parser lets no other through. */
export function operationOf(call: Call): Operation {
  const operation = functions.get(call.name)
  if (!operation) throw new Error(`[expression] no operation ${call.name}`)
  return operation
}
