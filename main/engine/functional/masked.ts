import { native } from '../addon.ts'
import { tensor, zeros } from '../creation.ts'
import { Tensor } from '../tensor.ts'

/** int64 lengths `[B]` in 0..steps -> bool `[B, steps]`, true before each sequence's end. */
export function lengthsMask(lengths: Tensor, steps: number): Tensor {
  return new Tensor(native.lengthsMask(lengths.id, steps))
}

/** Mean over the true steps of padded sequences: x `[B, T, ...]`, int64 lengths `[B]` in 1..T -> `[B, ...]`. */
export function maskedMean(x: Tensor, lengths: Tensor): Tensor {
  return new Tensor(native.maskedMean(x.id, lengths.id))
}

/** Maximum over the true steps, as maskedMean; equal greatest steps share the gradient. */
export function maskedMax(x: Tensor, lengths: Tensor): Tensor {
  return new Tensor(native.maskedMax(x.id, lengths.id))
}

/** Which rows of `[B * steps]` lie before each sequence's end, int64. */
function rowsBefore(lengths: Tensor, steps: number): Tensor {
  const rows = [...lengths.toTypedArray()].flatMap((length, sample) =>
    Array.from({ length: Number(length) }, (_, step) => sample * steps + step),
  )
  return tensor(rows, { dtype: 'int64' })
}

/** The true steps of padded sequences one after another: x `[B, T, ...]`, int64 lengths `[B]` -> `[sum of lengths, ...]`. */
export function packSequences(x: Tensor, lengths: Tensor): Tensor {
  const [batch = 0, steps = 0, ...rest] = x.shape
  return x.reshape([batch * steps, ...rest]).indexSelect(0, rowsBefore(lengths, steps))
}

/** Takes packSequences back: rows `[sum of lengths, ...]` -> `[B, steps, ...]`, zeros behind each end. */
export function unpackSequences(rows: Tensor, lengths: Tensor, steps: number): Tensor {
  const [batch = 0] = lengths.shape
  const [, ...rest] = rows.shape
  return zeros([batch * steps, ...rest], { dtype: rows.dtype })
    .indexAdd(0, rowsBefore(lengths, steps), rows)
    .reshape([batch, steps, ...rest])
}
