import { native } from '../addon.ts'
import { Tensor } from '../tensor.ts'

/** Zeroes each element with probability p and scales the rest by 1/(1-p); identity when not training. */
export function dropout(x: Tensor, p: number, training: boolean): Tensor {
  return new Tensor(native.dropout(x.id, p, training))
}
