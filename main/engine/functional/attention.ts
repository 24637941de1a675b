import { native } from '../addon.ts'
import { Tensor } from '../tensor.ts'

export interface AttentionOptions {
  /** Query i sees keys 0..i. */
  isCausal?: boolean
  /** Broadcasts to `[B, heads, Tq, Tk]`: bool, true takes part; or numbers that are added to the scores. */
  mask?: Tensor | null
  /** int64 `[B]`: keys behind a sequence's end count nothing and cost nothing. */
  keyLengths?: Tensor | null
  /** Probability of dropping a weight; 0 unless given, and always when `training` is false. */
  dropout?: number
  training?: boolean
  /** 1 / sqrt(d) unless given. */
  scale?: number
}

const dropoutOf = (options: AttentionOptions | undefined): number =>
  options?.training === false ? 0 : (options?.dropout ?? 0)

/**
 * softmax(scale * query key^T) value (Vaswani et al. 2017). query `[B, heads, Tq, d]`, key `[B, heads, Tk, d]`,
 * value `[B, heads, Tk, dv]` -> `[B, heads, Tq, dv]`, laid out so that `transpose(1, 2)` and a reshape to
 * `[B, Tq, heads * dv]` copy nothing. Views of a packed projection are read as they lie. A query that sees no key
 * gets zeros, where PyTorch gives NaN.
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options?: AttentionOptions,
): Tensor {
  return new Tensor(
    native.scaledDotProductAttention(
      query.id,
      key.id,
      value.id,
      options?.isCausal ?? false,
      options?.mask?.id ?? 0,
      options?.keyLengths?.id ?? 0,
      dropoutOf(options),
      options?.scale ?? NaN,
    ),
  )
}

/**
 * Attention of sequences with themselves, straight from the projection qkv `[B, T, 3 * heads * d]`, whose rows
 * hold all heads' queries, then keys, then values -> `[B, T, heads * d]`. The same as
 * scaledDotProductAttention of the three parts, without a copy forward or backward.
 */
export function selfAttention(qkv: Tensor, heads: number, options?: AttentionOptions): Tensor {
  return new Tensor(
    native.selfAttention(
      qkv.id,
      heads,
      options?.isCausal ?? false,
      options?.mask?.id ?? 0,
      options?.keyLengths?.id ?? 0,
      dropoutOf(options),
      options?.scale ?? NaN,
    ),
  )
}
