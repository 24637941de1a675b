import type { Ops, TensorMethods } from '../ops.ts'
import { clearPadding } from './sequence.ts'

/**
 * Joins sequences that end before their tensors do, so that the padding of all stands behind the last.
 * @param lengths int64 `[B]` along `axis` for each tensor; null for one that is full
 */
export function joinRagged<T extends TensorMethods<T>>(
  ops: Ops<T>,
  tensors: readonly T[],
  lengths: readonly (T | null)[],
  axis: number,
): T {
  const some = lengths.find((length) => length !== null)
  const rank = tensors[0]?.shape.length ?? 0
  const others = Array.from({ length: rank - 1 }, (_, i) => i + 1).filter((i) => i !== axis)
  const forth = [0, axis, ...others]
  const back = Array.from({ length: rank }, (_, i) => forth.indexOf(i))
  let joined: T | undefined
  let ends: T | undefined
  for (const [i, tensor] of tensors.entries()) {
    const part = axis === 1 ? tensor : tensor.permute(forth)
    const own = lengths[i] ?? some?.mul(0).add(part.shape[1] ?? 0)
    if (!own) throw new Error('[concat] no input has lengths')
    joined = joined && ends ? append(ops, joined, ends, part, own) : part
    ends = ends ? ends.add(own) : own
  }
  if (!joined || !ends) throw new Error('[concat] has no input')
  const clear = clearPadding(ops, joined, ends)
  return axis === 1 ? clear : clear.permute(back)
}

/** Row t of a sample is a's while t is before its end, then b's; a and b are `[B, T, ...]`. */
function append<T extends TensorMethods<T>>(ops: Ops<T>, a: T, aEnds: T, b: T, bEnds: T): T {
  const both = ops.cat([a, b], 1)
  const [batch = 0, steps = 0, ...rest] = both.shape
  const aSteps = a.shape[1] ?? 0
  const at = ops.arange(steps).unsqueeze(0)
  const inA = ops.lengthsMask(aEnds, steps)
  // Behind both ends any row will do; it is cleared at the end.
  const inEither = ops.lengthsMask(aEnds.add(bEnds), steps)
  const step = ops.where(inA, at, ops.where(inEither, at.sub(aEnds.unsqueeze(1)).add(aSteps), 0))
  const rows = ops.arange(batch).unsqueeze(1).mul(steps).add(step)
  return both
    .reshape([-1, ...rest])
    .indexSelect(0, rows.reshape([-1]))
    .reshape([batch, steps, ...rest])
}
