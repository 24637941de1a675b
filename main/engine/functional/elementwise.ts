import { native } from '../addon.ts'
import { Tensor } from '../tensor.ts'

export const relu = (x: Tensor): Tensor => x.relu()
export const tanh = (x: Tensor): Tensor => x.tanh()
export const sigmoid = (x: Tensor): Tensor => x.sigmoid()
export const softmax = (x: Tensor, dim: number): Tensor => x.softmax(dim)
export const logSoftmax = (x: Tensor, dim: number): Tensor => x.logSoftmax(dim)
export const flatten = (x: Tensor, startDim: number): Tensor => x.flatten(startDim)
export const reshape = (x: Tensor, shape: readonly number[]): Tensor => x.reshape(shape)

/** a where condition (bool) holds, else b; all three broadcast. */
export function where(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  return new Tensor(native.where(condition.id, a.id, b.id))
}
