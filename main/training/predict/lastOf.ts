import type { Tensor } from '../../engine/index.ts'

/** Of a model's output: float32 `[B, outputs]`; of a language model the logits after the last token. */
export function lastOf(output: Tensor): Tensor {
  if (output.rank < 3) return output.to('float32')
  return output.select(1, (output.shape[1] ?? 1) - 1).to('float32')
}
