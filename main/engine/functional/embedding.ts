import { native } from '../addon.ts'
import { Tensor } from '../tensor.ts'

/**
 * Rows of weight `[V, D]` at the int64 numbers in `index`: index's shape with D behind it. The row
 * `paddingIndex` (negative: counted from the end) gets no gradient. A number outside 0..V-1 is an error that
 * says which, where, and how many rows there are.
 */
export function embedding(index: Tensor, weight: Tensor, options?: { paddingIndex?: number | null }): Tensor {
  const padding = options?.paddingIndex
  return new Tensor(native.embedding(index.id, weight.id, padding != null, padding ?? 0))
}
