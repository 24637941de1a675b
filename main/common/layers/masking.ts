/** Padding of sequences `B x T x C` kept out of results. */
import type { Ops, TensorMethods } from '../ops.ts'
import { reachOf, type Window } from './windows.ts'

/** x with `value` behind each sequence's end; x itself where every one fills it. */
export const maskBehind = <T extends TensorMethods<T>>(
  ops: Ops<T>,
  x: T,
  lengths: T | null,
  value: number,
): T => (lengths ? ops.where(ops.lengthsMask(lengths, x.shape[1] ?? 0).unsqueeze(2), x, value) : x)

/**
 * Zeros behind each sequence's end after windows slid over it: y `[B, T', C]`, `lengths` those before, `steps` T.
 * Window j is a sequence's own when its last place lies within the sequence's end and the padding after that.
 */
export function maskWindows<T extends TensorMethods<T>>(
  ops: Ops<T>,
  y: T,
  lengths: T,
  steps: number,
  window: Window,
): T {
  const lastOwn = reachOf(window) - 1 - window.before - window.after
  const places = ops
    .arange(y.shape[1] ?? 0)
    .mul(window.stride)
    .add(lastOwn)
    .clamp(0)
  const mask = ops.lengthsMask(lengths, steps).indexSelect(1, places)
  return ops.where(mask.unsqueeze(2), y, 0)
}
