/** Rules about axes: broadcasting, the batch that stays in front, padding that must not count. */
import { batch, formatDim, formatShape, isSymbolic, sameDim, type Dim, type Shape } from '../dims.ts'
import type { TensorMethods } from '../ops.ts'
import { ExpressionError } from './error.ts'
import type { Known, Machine, Rules, Value } from './known.ts'
import type { Call } from './tree.ts'

export const isBatch = (dim: Dim | undefined): boolean => dim !== undefined && sameDim(dim, batch)

/** The shape of two stretched over each other, sizes of 1 and missing axes in front fitting anything; null where they do not fit. */
export function broadcast(a: Shape, b: Shape): Shape | null {
  const rank = Math.max(a.length, b.length)
  const result: Dim[] = []
  for (let i = 0; i < rank; i++) {
    const left = a[a.length - rank + i] ?? 1
    const right = b[b.length - rank + i] ?? 1
    if (left !== 1 && right !== 1 && !sameDim(left, right)) return null
    result.push(left === 1 ? right : left)
  }
  return result
}

/** Broadcasts the operands of a call. @throws ExpressionError naming both shapes */
export function broadcastAll(operands: readonly Known[], call: Call, rules: Rules): Shape {
  let shape: Shape = []
  for (const operand of operands) {
    const joined = broadcast(shape, operand.shape)
    if (!joined)
      throw new ExpressionError(
        call.place,
        `${spoken(call)} gets ${formatShape(shape)} and ${formatShape(operand.shape)}, which do not broadcast`,
      )
    shape = joined
  }
  return inFront(shape, call, rules)
}

/** Passes a shape on where the batch is its first axis or none. @throws ExpressionError */
export function inFront(shape: Shape, call: Call, rules: Rules): Shape {
  if (!rules.mixes && shape.slice(1).some(isBatch))
    throw new ExpressionError(
      call.place,
      `${spoken(call)} would be ${formatShape(shape)}: the batch B has to stay in front, so that samples stay apart`,
    )
  return shape
}

/** The axis a call names, from 0; negative numbers count from the end. @throws ExpressionError */
export function axisOf(operand: Known, call: Call, rules: Rules, which = 0): number {
  const wanted = call.numbers[which] ?? 0
  const rank = operand.shape.length
  const axis = wanted < 0 ? wanted + rank : wanted
  if (!Number.isInteger(axis) || axis < 0 || axis >= rank)
    throw new ExpressionError(
      call.place,
      `${call.name} has no axis ${wanted} in ${formatShape(operand.shape)}; ${rank === 0 ? 'that has none' : `axes are 0 to ${rank - 1}`}`,
    )
  if (!rules.mixes && isBatch(operand.shape[axis]))
    throw new ExpressionError(
      call.place,
      `axis ${wanted} of ${formatShape(operand.shape)} is the batch, and samples must not see each other; the first axis of a sample is 1`,
    )
  return axis
}

/** True lengths of the samples along an axis, `[B, 1, ...]` as wide as the shape; null where every sample fills it. */
export function lengthsAlong<T extends TensorMethods<T>>(
  machine: Machine<T>,
  shape: Shape,
  axis: number,
): T | null {
  const dim = shape[axis]
  if (dim === undefined || !isSymbolic(dim) || axis === 0 || !isBatch(shape[0])) return null
  return machine.lengths.get(formatDim(dim)) ?? null
}

/** A tensor with `fill` in place of what lies behind each sample's end along an axis. */
export function masked<T extends TensorMethods<T>>(
  machine: Machine<T>,
  { known: { shape }, value }: Value<T>,
  axis: number,
  fill: number,
): T {
  const x = value as T
  const lengths = lengthsAlong(machine, shape, axis)
  if (!lengths) return x
  const sizes = x.shape.map((size, i) => (i === 0 || i === axis ? size : 1))
  return machine.ops.where(machine.ops.lengthsMask(lengths, sizes[axis] ?? 1).reshape(sizes), x, fill)
}

/** `x * y` of an operator, `matmul` of a function. */
export const spoken = (call: Call): string => (/^\w+$/.test(call.name) ? call.name : `"${call.name}"`)
