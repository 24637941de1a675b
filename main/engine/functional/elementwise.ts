import { native } from '../addon.ts'
import { Tensor } from '../tensor.ts'

/** max(x, 0). */
export const relu = (x: Tensor): Tensor => x.relu()
/** Hyperbolic tangent. */
export const tanh = (x: Tensor): Tensor => x.tanh()
/** 1 / (1 + e^-x). */
export const sigmoid = (x: Tensor): Tensor => x.sigmoid()
/** e^x over its sum along `dim`: positive, adding up to 1. */
export const softmax = (x: Tensor, dim: number): Tensor => x.softmax(dim)
/** log(softmax(x)) along `dim`, without overflow. */
export const logSoftmax = (x: Tensor, dim: number): Tensor => x.logSoftmax(dim)
/** All dimensions from `startDim` on in one; a view where the strides allow it. */
export const flatten = (x: Tensor, startDim: number): Tensor => x.flatten(startDim)
/** The same elements in another shape, of whose sizes one may be -1; a view where the strides allow it. */
export const reshape = (x: Tensor, shape: readonly number[]): Tensor => x.reshape(shape)

/** a where condition (bool) holds, else b; all three broadcast. At most one of a and b may be a number. */
export function where(condition: Tensor, a: Tensor | number, b: Tensor | number): Tensor {
  if (typeof a === 'number') {
    if (typeof b === 'number')
      throw new TypeError('[where] a and b are both numbers, make one a tensor of the wanted dtype')
    return new Tensor(native.whereNumberThen(condition.id, a, b.id))
  }
  return new Tensor(
    typeof b === 'number'
      ? native.whereNumberElse(condition.id, a.id, b)
      : native.where(condition.id, a.id, b.id),
  )
}
