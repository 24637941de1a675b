import { native } from '../addon.ts'
import { Tensor } from '../tensor.ts'

export const relu = (x: Tensor): Tensor => x.relu()
export const tanh = (x: Tensor): Tensor => x.tanh()
export const sigmoid = (x: Tensor): Tensor => x.sigmoid()
export const softmax = (x: Tensor, dim: number): Tensor => x.softmax(dim)
export const logSoftmax = (x: Tensor, dim: number): Tensor => x.logSoftmax(dim)
export const flatten = (x: Tensor, startDim: number): Tensor => x.flatten(startDim)
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
