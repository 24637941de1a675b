/**
 * What a layer's forward may call, over any tensor type `T`. `main/engine` implements both halves; here they are
 * declared so that layers need no native code. Names, argument order and semantics are PyTorch's, in camelCase.
 */

/** An int or one per axis. */
export type Size = number | readonly number[]

/** Methods every tensor has. */
export interface TensorMethods<T> {
  readonly shape: readonly number[]
  add(other: T | number): T
  sub(other: T | number): T
  mul(other: T | number): T
  div(other: T | number): T
  pow(exponent: T | number): T
  lt(other: T | number): T
  le(other: T | number): T
  gt(other: T | number): T
  ge(other: T | number): T
  maximum(other: T): T
  minimum(other: T): T
  neg(): T
  exp(): T
  log(): T
  sqrt(): T
  abs(): T
  square(): T
  sign(): T
  sin(): T
  cos(): T
  erf(): T
  reciprocal(): T
  clamp(minimum: number | null, maximum?: number | null): T
  sum(dim?: number | readonly number[], keepdim?: boolean): T
  mean(dim?: number | readonly number[], keepdim?: boolean): T
  amax(dim?: number | readonly number[], keepdim?: boolean): T
  amin(dim?: number | readonly number[], keepdim?: boolean): T
  matmul(other: T): T
  reshape(shape: readonly number[]): T
  transpose(a: number, b: number): T
  permute(order: readonly number[]): T
  narrow(dim: number, start: number, length: number): T
  select(dim: number, index: number): T
  unsqueeze(dim: number): T
  squeeze(dim?: number): T
  expand(shape: readonly number[]): T
  indexSelect(dim: number, index: T): T
  gather(dim: number, index: T): T
  split(size: number | readonly number[], dim?: number): T[]
}

export interface ConvOptions {
  stride?: Size
  padding?: Size | 'same' | 'valid'
  dilation?: Size
  groups?: number
}

export interface MaxPoolOptions {
  stride?: Size
  padding?: Size
  dilation?: Size
  ceilMode?: boolean
}

export interface AvgPoolOptions {
  stride?: Size
  padding?: Size
  ceilMode?: boolean
  countIncludePad?: boolean
}

/** One layer and direction of a recurrent op; G is 1 (RNN), 3 (GRU: r z n) or 4 (LSTM: i f g o). */
export interface RecurrentWeights<T> {
  /** `[G*H, I]` */
  inputHidden: T
  /** `[G*H, H]` */
  hiddenHidden: T
  /** `[G*H]` */
  biasInput?: T | null
  /** `[G*H]` */
  biasHidden?: T | null
}

export interface RecurrentOptions<T> {
  /** Layer 0, layer 0 reverse, layer 1, ... */
  weights: readonly RecurrentWeights<T>[]
  /** int64 `[B]`: each sequence's own end. */
  lengths?: T | null
  bidirectional?: boolean
  dropout?: number
  training?: boolean
}

export interface AttentionOptions<T> {
  isCausal?: boolean
  /** bool or float, broadcasts to `[B, heads, Tq, Tk]`. */
  mask?: T | null
  /** int64 `[B]`: keys behind it take no part. */
  keyLengths?: T | null
  dropout?: number
  training?: boolean
  scale?: number
}

/** Functions over tensors: `torch.nn.functional`, and `cat`, `stack`, `arange` of `torch`. */
export interface Ops<T> {
  /** y = x W^T + b over the last axis. x `[..., in]`, weight `[out, in]`, bias `[out]`. */
  linear(x: T, weight: T, bias: T | null): T
  /** relu(linear(x, weight, bias)) in one pass. */
  linearRelu(x: T, weight: T, bias: T | null): T
  /** x `[B, C, L]`, weight `[O, C/groups, K]`. */
  conv1d(x: T, weight: T, bias?: T | null, options?: ConvOptions): T
  /** x `[B, C, H, W]`, weight `[O, C/groups, KH, KW]`. */
  conv2d(x: T, weight: T, bias?: T | null, options?: ConvOptions): T
  conv2dRelu(x: T, weight: T, bias?: T | null, options?: ConvOptions): T
  /** weight `[C, O/groups, KH, KW]`. */
  convTranspose2d(
    x: T,
    weight: T,
    bias?: T | null,
    options?: { stride?: Size; padding?: Size; outputPadding?: Size; dilation?: Size; groups?: number },
  ): T
  maxPool1d(x: T, kernelSize: Size, options?: MaxPoolOptions): T
  maxPool2d(x: T, kernelSize: Size, options?: MaxPoolOptions): T
  avgPool1d(x: T, kernelSize: Size, options?: AvgPoolOptions): T
  avgPool2d(x: T, kernelSize: Size, options?: AvgPoolOptions): T
  adaptiveMaxPool2d(x: T, outputSize: number | readonly (number | null)[]): T
  adaptiveAvgPool2d(x: T, outputSize: number | readonly (number | null)[]): T
  /** Amounts before and after, last axis first, as PyTorch's `F.pad`. */
  pad(
    x: T,
    amounts: readonly number[],
    options?: { mode?: 'constant' | 'reflect' | 'replicate' | 'circular'; value?: number },
  ): T
  interpolate(
    x: T,
    options: {
      size?: Size
      scaleFactor?: Size
      mode?: 'nearest' | 'linear' | 'bilinear'
      alignCorners?: boolean
    },
  ): T
  /** `[B, C, ...]` normalised over all axes but C; running statistics are changed in place while training. */
  batchNorm(
    x: T,
    options: {
      runningMean?: T | null
      runningVar?: T | null
      weight?: T | null
      bias?: T | null
      training?: boolean
      momentum?: number
      eps?: number
    },
  ): T
  layerNorm(
    x: T,
    normalizedShape: number | readonly number[],
    weight?: T | null,
    bias?: T | null,
    options?: { eps?: number },
  ): T
  rmsNorm(x: T, normalizedShape: number | readonly number[], weight?: T | null, options?: { eps?: number }): T
  groupNorm(x: T, groups: number, weight?: T | null, bias?: T | null, options?: { eps?: number }): T
  relu(x: T): T
  leakyRelu(x: T, slope?: number): T
  elu(x: T, alpha?: number): T
  gelu(x: T, options?: { approximate?: 'none' | 'tanh' }): T
  silu(x: T): T
  softplus(x: T, options?: { beta?: number; threshold?: number }): T
  tanh(x: T): T
  sigmoid(x: T): T
  softmax(x: T, dim: number): T
  logSoftmax(x: T, dim: number): T
  /** Merges all axes from `startDim` on into one. */
  flatten(x: T, startDim: number): T
  reshape(x: T, shape: readonly number[]): T
  /** Zeroes each element with probability p and scales the rest by 1/(1-p); identity when not training. */
  dropout(x: T, p: number, training: boolean): T
  /** Rows of weight `[V, D]` for int64 indices of any shape: `[..., D]`. */
  embedding(index: T, weight: T, options?: { paddingIndex?: number | null }): T
  /** x `[B, T, I]` to output `[B, T, D*H]` (zeros past each end) and hidden `[layers*D, B, H]`. */
  rnn(
    x: T,
    options: RecurrentOptions<T> & { initial?: T | null; nonlinearity?: 'tanh' | 'relu' },
  ): { output: T; hidden: T }
  gru(x: T, options: RecurrentOptions<T> & { initial?: T | null }): { output: T; hidden: T }
  lstm(
    x: T,
    options: RecurrentOptions<T> & { initial?: readonly [hidden: T, cell: T] | null },
  ): { output: T; hidden: T; cell: T }
  /** query `[B, heads, Tq, d]`, key and value `[B, heads, Tk, d]`. */
  scaledDotProductAttention(query: T, key: T, value: T, options?: AttentionOptions<T>): T
  /** Packed projections `[B, T, 3*D]` (query, key, value) to `[B, T, D]`. */
  selfAttention(qkv: T, heads: number, options?: AttentionOptions<T>): T
  /** bool `[B, steps]`: true before each length. */
  lengthsMask(lengths: T, steps: number): T
  /** x `[B, T, C]` over each sequence's own steps: `[B, C]`. */
  maskedMean(x: T, lengths: T): T
  maskedMax(x: T, lengths: T): T
  /** x `[B, T, ...]` to `[sum of lengths, ...]`: every sequence's own steps, one after another. */
  packSequences(x: T, lengths: T): T
  /** What packSequences made back in `[B, steps, ...]`, zeros behind each end. */
  unpackSequences(rows: T, lengths: T, steps: number): T
  /** a where condition (bool) holds, else b; broadcasts. */
  where(condition: T, a: T | number, b: T | number): T
  cat(tensors: readonly T[], dim?: number): T
  stack(tensors: readonly T[], dim?: number): T
  /** int64: the whole numbers nearest to x, which is not negative. No gradient. */
  toIndex(x: T): T
  /** int64 `[count]`: 0, 1, 2, ... */
  arange(count: number): T
  /** As large as x, of its dtype, every element `value`. */
  fullLike(x: T, value: number): T
  /**
   * A function with a gradient of its own: `backward` gets what `forward` saved and the gradients of its outputs, and
   * answers one gradient for each input, null where there is none.
   */
  customFunction(
    inputs: readonly T[],
    forward: (inputs: readonly T[]) => { outputs: readonly T[]; saved: readonly T[] },
    backward: (gradients: readonly T[], saved: readonly T[]) => readonly (T | null)[],
  ): readonly T[]
  /** Mean negative log-likelihood of int64 targets `[B]` under logits `[B, C]`; a scalar. */
  crossEntropy(
    logits: T,
    target: T,
    options?: { ignoreIndex?: number; labelSmoothing?: number; weight?: T | null },
  ): T
  mseLoss(input: T, target: T): T
  huberLoss(input: T, target: T, options?: { delta?: number }): T
}
