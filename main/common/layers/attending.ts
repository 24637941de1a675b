/**
 * Multi-head attention as the attention layers and the transformer blocks use it, with the weights and names of
 * torch.nn.MultiheadAttention.
 */
import { add, floorDivide, multiply, type Dim } from '../dims.ts'
import {
  inputOf,
  numberParameter,
  type Field,
  type Mend,
  type Parameters,
  type ShapeContext,
  type ShapeError,
  type WeightSpec,
} from '../layer.ts'
import type { AttentionOptions, Ops, TensorMethods } from '../ops.ts'

export const headsOf = (parameters: Parameters): number => numberParameter(parameters, 'heads', 4)

export const headsField: Field = {
  type: 'integer',
  key: 'heads',
  title: 'Heads',
  help: 'Parts of the width that each look at the sequence in a way of their own; must divide it.',
  default: 4,
  minimum: 1,
  maximum: 256,
}

export const dropoutField = (value: number, help: string): Field => ({
  type: 'number',
  key: 'dropout',
  title: 'Dropout',
  help,
  default: value,
  minimum: 0,
  maximum: 0.95,
  step: 0.05,
})

export const attentionSource = {
  title: 'Vaswani et al. 2017, Attention is all you need',
  url: 'https://arxiv.org/abs/1706.03762',
}

/** The error of a width that its heads do not divide. */
export function headsError(
  width: number,
  parameters: Parameters,
  { node, widthSource }: ShapeContext,
): ShapeError | null {
  const heads = headsOf(parameters)
  if (width % heads === 0) return null
  let fewer = Math.min(heads, width)
  while (width % fewer !== 0) fewer--
  const wider = Math.ceil(width / heads) * heads
  const mends: Mend[] = [
    { kind: 'set-parameter', title: `Set heads to ${fewer}`, node, key: 'heads', value: fewer },
  ]
  if (widthSource)
    mends.push({
      kind: 'set-parameter',
      title: `Set ${widthSource.title} to ${wider}`,
      node: widthSource.node,
      key: widthSource.key,
      value: wider,
    })
  return { message: `divides its width among ${heads} heads, but gets a width of ${width}`, mends }
}

/**
 * Weights for queries of `width`, and keys and values read from `memory` features: packed as `in_proj_weight` where
 * both are the same.
 */
export function attentionWeights(
  prefix: string,
  width: number,
  memory: number,
  bias: boolean,
): readonly WeightSpec[] {
  // Xavier uniform over the matrix as it is stored, and PyTorch's default for the projection out.
  const xavier = (rows: number, columns: number): WeightSpec['initial'] => ({
    kind: 'uniform',
    bound: Math.sqrt(6 / (rows + columns)),
  })
  const matrix = (name: string, rows: number, columns: number): WeightSpec => ({
    name: `${prefix}${name}`,
    shape: [rows, columns],
    initial: xavier(rows, columns),
  })
  const zeros = (name: string, size: number): WeightSpec => ({
    name: `${prefix}${name}`,
    shape: [size],
    initial: { kind: 'zeros' },
  })
  return [
    ...(memory === width
      ? [matrix('in_proj_weight', 3 * width, width)]
      : [
          matrix('q_proj_weight', width, width),
          matrix('k_proj_weight', width, memory),
          matrix('v_proj_weight', width, memory),
        ]),
    ...(bias ? [zeros('in_proj_bias', 3 * width)] : []),
    {
      name: `${prefix}out_proj.weight`,
      shape: [width, width],
      initial: { kind: 'uniform', bound: 1 / Math.sqrt(width) },
    },
    ...(bias ? [zeros('out_proj.bias', width)] : []),
  ]
}

type Weights<T> = Readonly<Record<string, T>>

export interface Attending<T> {
  ops: Ops<T>
  weights: Weights<T>
  /** In front of the weights' names. */
  prefix: string
  heads: number
  options: AttentionOptions<T>
}

/** A sequence x `[B, T, D]` looks at itself: `[B, T, D]`. */
export function attendItself<T extends TensorMethods<T>>(x: T, attending: Attending<T>): T {
  const { ops, weights, prefix, heads, options } = attending
  const projection = inputOf(weights, `${prefix}in_proj_weight`)
  const packed = ops.linear(x, projection, weights[`${prefix}in_proj_bias`] ?? null)
  return projectOut(ops.selfAttention(packed, heads, options), attending)
}

/** Each step of x `[B, T, D]` looks at memory `[B, S, E]`: `[B, T, D]`. */
export function attendMemory<T extends TensorMethods<T>>(x: T, memory: T, attending: Attending<T>): T {
  const { ops, weights, prefix, heads, options } = attending
  const [batch = 0, steps = 0, width = 0] = x.shape
  const packed = weights[`${prefix}in_proj_weight`]
  const bias = weights[`${prefix}in_proj_bias`]
  const part = (name: 'q' | 'k' | 'v', index: number, source: T): T => {
    const own = weights[`${prefix}${name}_proj_weight`] ?? packed?.narrow(0, index * width, width)
    if (!own) throw new Error(`[attention] weight ${prefix}${name}_proj_weight is missing`)
    return ops
      .linear(source, own, bias?.narrow(0, index * width, width) ?? null)
      .reshape([batch, source.shape[1] ?? 0, heads, width / heads])
      .transpose(1, 2)
  }
  const seen = ops.scaledDotProductAttention(
    part('q', 0, x),
    part('k', 1, memory),
    part('v', 2, memory),
    options,
  )
  return projectOut(seen.transpose(1, 2).reshape([batch, steps, width]), attending)
}

const projectOut = <T>(x: T, { ops, weights, prefix }: Attending<T>): T =>
  ops.linear(x, inputOf(weights, `${prefix}out_proj.weight`), weights[`${prefix}out_proj.bias`] ?? null)

/** What an attention costs for `steps` queries of `width` over `keys` steps of `memory` features. */
export interface Extent {
  steps: Dim
  width: number
  keys: Dim
  memory: number
  heads: number
  causal: boolean
}

export function attentionFlops({ steps, width, keys, memory, causal }: Extent): Dim {
  // Scores and weighted values; a causal query sees half of the keys on average.
  const pairs = multiply(4, width, steps, keys)
  return add(
    multiply(2, 2 * width * width, steps),
    multiply(2, 2 * width * memory, keys),
    causal ? floorDivide(pairs, 2) : pairs,
  )
}

/** Bytes kept beside the inputs: queries, keys, values, what was seen, and a number per head and query. */
export const attentionBytes = ({ steps, width, keys, heads }: Extent): Dim =>
  multiply(4, add(multiply(2 * width + heads, steps), multiply(2 * width, keys)))
