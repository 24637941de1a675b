/**
 * What layers over sequences share. A sequence is B x T x features; samples of a batch differ in T, and what lies
 * behind a sequence's own end is padding.
 */
import { multiply, type Dim, type Shape } from '../dims.ts'
import { inputOf, type ForwardCall } from '../layer.ts'
import type { Ops, TensorMethods } from '../ops.ts'

/** Features of each step. Shape inference has made sure that they are a number. */
export function featuresOf(inputs: Readonly<Record<string, Shape>>, port = 'input'): number {
  const features = inputOf(inputs, port).at(-1)
  if (typeof features !== 'number') throw new Error('[sequence] the number of features is not fixed')
  return features
}

/** Steps of one sample. */
export const stepsOf = (inputs: Readonly<Record<string, Shape>>, port = 'input'): Dim =>
  inputOf(inputs, port)[1] ?? 1

/** One value or row of each sequence: its own last step. x `[B, T, ...]` to `[B, ...]`. */
export function lastSteps<T extends TensorMethods<T>>(ops: Ops<T>, x: T, lengths: T | null): T {
  const [batch = 0, steps = 0, ...rest] = x.shape
  if (!lengths) return x.select(1, -1)
  const rows = ops.arange(batch).mul(steps).add(lengths).sub(1)
  return x.reshape([-1, ...rest]).indexSelect(0, rows)
}

/** x `[B, T, ...]` with zeros behind each sequence's end. */
export function clearPadding<T extends TensorMethods<T>>(ops: Ops<T>, x: T, lengths: T | null): T {
  if (!lengths) return x
  const [batch = 0, steps = 0, ...rest] = x.shape
  return ops.where(ops.lengthsMask(lengths, steps).reshape([batch, steps, ...rest.map(() => 1)]), x, 0)
}

/** True lengths of the sequences at a port. */
export const lengthsOf = <T>(call: ForwardCall<T>, port = 'input'): T | null => call.lengths(port, 1)

/** Bytes of float32 numbers, `perStep` of them in each step of a sample. */
export const stepBytes = (steps: Dim, perStep: number): Dim => multiply(4, steps, perStep)
