/** Operations over sequences that end before their tensors do: masks, attention, recurrent layers. */
import { add } from '../../common/dims.ts'
import type { AttentionOptions, Ops, RecurrentOptions } from '../../common/ops.ts'
import type { Attributes, Piece } from './graph.ts'
import { notInOnnx } from './refusal.ts'
import { reshaped } from './shaping.ts'
import type { Traced } from './traced.ts'
import { range } from './windows.ts'

/** bool `[B, steps]`: true before each length. */
function lengthsMask(lengths: Traced, steps: number): Traced {
  const place = range(lengths, lengths.graph.sizes.dimOf(steps))
  return place.unsqueeze(0).lt(lengths.unsqueeze(1))
}

const choose = (condition: Traced, a: Traced, otherwise: number): Traced =>
  a.graph.one('Where', [condition, a, a.beside(otherwise)], {}, a.dims, a.dtype)

/** x `[B, T, ...]` with a number behind each end. */
const masked = (x: Traced, lengths: Traced, value: number): Traced => {
  const mask = lengthsMask(lengths, x.shape[1] ?? 0)
  return choose(
    x.dims.slice(2).reduce((wide) => wide.unsqueeze(-1), mask),
    x,
    value,
  )
}

function maskedMean(x: Traced, lengths: Traced): Traced {
  return masked(x, lengths, 0).sum(1).div(lengths.to('float32').unsqueeze(1))
}

const maskedMax = (x: Traced, lengths: Traced): Traced => masked(x, lengths, -Infinity).amax(1)

const softmax = (x: Traced): Traced =>
  x.graph.one('Softmax', [x], { axis: { i: x.dims.length - 1 } }, x.dims, x.dtype)

/** query `[B, heads, Tq, d]`, key and value `[B, heads, Tk, d]`. */
function attention(
  query: Traced,
  key: Traced,
  value: Traced,
  { isCausal, mask, keyLengths, scale }: AttentionOptions<Traced> = {},
): Traced {
  if (mask) throw notInOnnx('its attention has a mask of its own')
  const factor = scale ?? 1 / Math.sqrt(Number(query.dim(-1)))
  let scores = query.mul(factor).matmul(key.transpose(2, 3))
  if (keyLengths) {
    const seen = lengthsMask(keyLengths, key.shape[2] ?? 0)
    scores = choose(seen.unsqueeze(1).unsqueeze(1), scores, -Infinity)
  }
  if (isCausal) {
    const before = range(key, key.dim(2))
      .unsqueeze(0)
      .le(range(query, query.dim(2)).unsqueeze(1))
    scores = choose(before, scores, -Infinity)
  }
  return softmax(scores).matmul(value)
}

function selfAttention(packed: Traced, heads: number, options: AttentionOptions<Traced> = {}): Traced {
  const [batch = 0, steps = 0] = packed.shape
  const width = Number(packed.dim(2)) / 3
  const parts = packed
    .split(width, 2)
    .map((part) => part.reshape([batch, steps, heads, width / heads]).transpose(1, 2))
  const [query, key, value] = parts as [Traced, Traced, Traced]
  return attention(query, key, value, options).transpose(1, 2).reshape([batch, steps, width])
}

interface Recurrence {
  op: 'RNN' | 'GRU' | 'LSTM'
  /** Of our gates, in the order in which ONNX has them. */
  gates: readonly number[]
  attributes: (directions: number) => Attributes
}

const recurrences = {
  rnn: (activation: string): Recurrence => ({
    op: 'RNN',
    gates: [0],
    attributes: (directions) => ({
      activations: { strings: new Array<string>(directions).fill(activation) },
    }),
  }),
  // r z n as z r n; the reset gate works behind the product, as in cuDNN and PyTorch.
  gru: { op: 'GRU', gates: [1, 0, 2], attributes: () => ({ linear_before_reset: { i: 1 } }) },
  // i f g o as i o f g.
  lstm: { op: 'LSTM', gates: [0, 3, 1, 2], attributes: () => ({}) },
} as const

/** One after another: `[directions, rows, ...]`, gates in ONNX's order; each of our weights is `[gates * hidden, ...]`. */
function stacked(weights: readonly (readonly Traced[])[], gates: readonly number[], name: string): Traced {
  const [first] = weights[0] as readonly [Traced]
  const { graph } = first
  const dims = first.dims.map(Number)
  const rows = (weights[0]?.length ?? 1) * (dims[0] ?? 0)
  const pieces = weights.flat().flatMap((weight): Piece[] => {
    const [piece] = graph.piecesOf(weight)
    if (!piece) throw new Error(`[onnx] ${weight.name} is no weight of the checkpoint`)
    const size = (piece.to - piece.from) / gates.length
    return gates.map((gate) => ({
      key: piece.key,
      from: piece.from + gate * size,
      to: piece.from + (gate + 1) * size,
    }))
  })
  return graph.weight(`${graph.scope}.${name}`, [weights.length, rows, ...dims.slice(1)], pieces)
}

interface Ran {
  output: Traced
  hidden: Traced
  cell: Traced
}

function recurrent(
  x: Traced,
  { op, gates, attributes }: Recurrence,
  { weights, lengths, bidirectional, initial }: RecurrentOptions<Traced> & { initial?: unknown },
): Ran {
  if (initial) throw notInOnnx('it begins with a state of its own')
  const { graph } = x
  const directions = bidirectional ? 2 : 1
  const hidden = Number(weights[0]?.hiddenHidden.dim(1))
  const ends = lengths ? lengths.to('int32') : null
  const lasts: Traced[][] = []
  // ONNX counts steps first.
  let sequence = x.transpose(0, 1)
  for (let layer = 0; layer * directions < weights.length; layer++) {
    const own = weights.slice(layer * directions, (layer + 1) * directions)
    const biases = own.map(({ biasInput, biasHidden }) => [biasInput, biasHidden].filter((bias) => bias != null)) // prettier-ignore
    const inputs = [
      sequence,
      stacked(own.map(({ inputHidden }) => [inputHidden]), gates, `W${layer}`),
      stacked(own.map(({ hiddenHidden }) => [hiddenHidden]), gates, `R${layer}`),
      biases.every((both) => both.length === 2) ? stacked(biases, gates, `B${layer}`) : null,
      ends,
    ] // prettier-ignore
    const [steps, batch] = [sequence.dim(0), sequence.dim(1)]
    const all = {
      ...attributes(directions),
      hidden_size: { i: hidden },
      direction: { s: bidirectional ? 'bidirectional' : 'forward' },
    }
    const state = { dims: [directions, batch, hidden], dtype: x.dtype }
    const [made, ...states] = graph.add(op, inputs, all, [
      { dims: [steps, directions, batch, hidden], dtype: x.dtype },
      state,
      ...(op === 'LSTM' ? [state] : []),
    ])
    lasts.push(states)
    const [rows = 0, , columns = 0] = (made as Traced).shape
    sequence = reshaped((made as Traced).transpose(1, 2), [rows, columns, directions * hidden])
  }
  const output = sequence.transpose(0, 1)
  const state = (which: number): Traced => {
    const parts = lasts.map((states) => (states[which] ?? states[0]) as Traced)
    return parts.length === 1 ? (parts[0] as Traced) : joined(parts, 0)
  }
  return {
    // What stands behind an end is not said by ONNX.
    output: lengths ? masked(output, lengths, 0) : output,
    hidden: state(0),
    cell: state(1),
  }
}

/** One behind another along an axis. */
export function joined(parts: readonly Traced[], dim: number): Traced {
  const [first] = parts
  if (!first) throw new Error('[onnx] nothing to join')
  const axis = first.axis(dim)
  const dims = first.dims.map((size, i) => (i === axis ? add(...parts.map((part) => part.dim(axis))) : size))
  return first.graph.one('Concat', parts, { axis: { i: axis } }, dims, first.dtype)
}

type Sequential =
  | 'rnn' | 'gru' | 'lstm' | 'scaledDotProductAttention' | 'selfAttention' | 'lengthsMask' | 'maskedMean' | 'maskedMax'
  | 'packSequences' | 'unpackSequences' // prettier-ignore

const packs = (): never => {
  throw notInOnnx('it packs sequences, as only training needs it')
}

export const sequences: Pick<Ops<Traced>, Sequential> = {
  rnn: (x, { nonlinearity, ...options }) =>
    recurrent(x, recurrences.rnn(nonlinearity === 'relu' ? 'Relu' : 'Tanh'), options),
  gru: (x, options) => recurrent(x, recurrences.gru, options),
  lstm: (x, options) => recurrent(x, recurrences.lstm, options),
  scaledDotProductAttention: attention,
  selfAttention,
  lengthsMask,
  maskedMean,
  maskedMax,
  packSequences: packs,
  unpackSequences: packs,
}
