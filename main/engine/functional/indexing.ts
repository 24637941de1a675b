import { native } from '../addon.ts'
import { Tensor } from '../tensor.ts'

/** int64 `[..., classes]` with a 1 at each index of the int64 tensor; -1 classes: one more than the greatest. */
export function oneHot(index: Tensor, classes = -1): Tensor {
  return new Tensor(native.oneHot(index.id, classes))
}
