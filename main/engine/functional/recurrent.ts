import { native } from '../addon.ts'
import { tensor } from '../creation.ts'
import { Tensor } from '../tensor.ts'

/**
 * Weights of one cell, G gates over H hidden units: G is 1 for an RNN, 4 for an LSTM (input, forget, cell,
 * output) and 3 for a GRU (reset, update, new), in PyTorch's order.
 */
export interface RecurrentWeights {
  /** `[G * H, I]`, PyTorch's weight_ih. */
  inputHidden: Tensor
  /** `[G * H, H]`, PyTorch's weight_hh. */
  hiddenHidden: Tensor
  /** `[G * H]`, PyTorch's bias_ih. */
  biasInput?: Tensor | null
  /** `[G * H]`, PyTorch's bias_hh. */
  biasHidden?: Tensor | null
}

interface LayerOptions {
  /** One entry for each layer and, inside it, each direction: layer 0, layer 0 reverse, layer 1, ... */
  weights: readonly RecurrentWeights[]
  /** True length of each sequence, 0 to T; all T when absent. Need not be sorted. */
  lengths?: Tensor | readonly number[] | null
  /** Also from each sequence's own end to its beginning; outputs stand side by side. */
  bidirectional?: boolean
  /** Probability of zeroing what goes from one layer to the next, while `training`. */
  dropout?: number
  training?: boolean
}

export interface RecurrentOptions extends LayerOptions {
  /** Initial hidden states `[L * D, B, H]`; zeros when absent. */
  initial?: Tensor | null
}
export interface RnnOptions extends RecurrentOptions {
  nonlinearity?: 'tanh' | 'relu'
}
export interface LstmOptions extends LayerOptions {
  /** Initial hidden and cell states, each `[L * D, B, H]`; zeros when absent. */
  initial?: readonly [hidden: Tensor, cell: Tensor] | null
}

export interface RecurrentResult {
  /** `[B, T, D * H]`, zeros past each sequence's end. */
  output: Tensor
  /** `[L * D, B, H]`: the state at each sequence's own end. */
  hidden: Tensor
}
export interface LstmResult extends RecurrentResult {
  /** `[L * D, B, H]` */
  cell: Tensor
}

const kinds = { tanh: 0, relu: 1, lstm: 2, gru: 3 } as const
const idOf = (x: Tensor | null | undefined): number => (x ? x.id : 0)

function kindOf(where: string, nonlinearity: 'tanh' | 'relu' | undefined): number {
  const kind = nonlinearity ?? 'tanh'
  if (kind !== 'tanh' && kind !== 'relu')
    throw new TypeError(`[${where}] unknown nonlinearity ${String(kind)}, use tanh or relu`)
  return kinds[kind]
}

function run(
  where: string,
  kind: number,
  x: Tensor,
  options: LayerOptions,
  hidden: Tensor | null | undefined,
  cell: Tensor | null | undefined,
): [Tensor, Tensor, number] {
  if (!Array.isArray(options?.weights))
    throw new TypeError(`[${where}] weights must be an array with one entry for each layer and direction`)
  const weights: number[] = []
  for (const w of options.weights as readonly RecurrentWeights[])
    weights.push(idOf(w.inputHidden), idOf(w.hiddenHidden), idOf(w.biasInput), idOf(w.biasHidden))
  const given = options.lengths ?? null
  const lengths = Array.isArray(given) ? tensor(given, { dtype: 'int64' }) : (given as Tensor | null)
  try {
    const [output, last, lastCell] = native.recurrent(
      kind,
      x.id,
      idOf(lengths),
      idOf(hidden),
      idOf(cell),
      weights,
      options.bidirectional ?? false,
      options.dropout ?? 0,
      options.training ?? false,
    )
    return [new Tensor(output), new Tensor(last), lastCell]
  } finally {
    if (lengths !== given) lengths?.dispose()
  }
}

/**
 * Elman RNN over x `[B, T, I]`: h' = tanh(W x + b + U h + c), or relu. PyTorch's nn.RNN (batchFirst) over
 * packed sequences: each one starts and ends at its own length, whatever stands in the padding, whose gradient
 * is zero. A sequence of length 0 keeps its initial state.
 */
export function rnn(x: Tensor, options: RnnOptions): RecurrentResult {
  const kind = kindOf('rnn', options?.nonlinearity)
  const [output, hidden] = run('rnn', kind, x, options, options.initial, null)
  return { output, hidden }
}

/** GRU over x `[B, T, I]` as `rnn`: n = tanh(W x + b + r (U h + c)), h' = (1 - z) n + z h. */
export function gru(x: Tensor, options: RecurrentOptions): RecurrentResult {
  const [output, hidden] = run('gru', kinds.gru, x, options, options?.initial, null)
  return { output, hidden }
}

/** LSTM over x `[B, T, I]` as `rnn`: c' = f c + i g, h' = o tanh(c'). */
export function lstm(x: Tensor, options: LstmOptions): LstmResult {
  const [hidden0, cell0] = options?.initial ?? []
  const [output, hidden, cell] = run('lstm', kinds.lstm, x, options, hidden0, cell0)
  return { output, hidden, cell: new Tensor(cell) }
}

/** One step of an RNN: x `[B, I]`, h `[B, H]` -> `[B, H]`. */
export function rnnCell(
  x: Tensor,
  h: Tensor,
  w: RecurrentWeights,
  options?: { nonlinearity?: 'tanh' | 'relu' },
): Tensor {
  const kind = kindOf('rnnCell', options?.nonlinearity)
  return new Tensor(
    native.recurrentCell(
      kind,
      x.id,
      h.id,
      w.inputHidden.id,
      w.hiddenHidden.id,
      idOf(w.biasInput),
      idOf(w.biasHidden),
    ),
  )
}

/** One step of a GRU: x `[B, I]`, h `[B, H]` -> `[B, H]`. */
export function gruCell(x: Tensor, h: Tensor, w: RecurrentWeights): Tensor {
  return new Tensor(
    native.recurrentCell(
      kinds.gru,
      x.id,
      h.id,
      w.inputHidden.id,
      w.hiddenHidden.id,
      idOf(w.biasInput),
      idOf(w.biasHidden),
    ),
  )
}

/** One step of an LSTM: x `[B, I]`, h and c `[B, H]` -> the next h and c. */
export function lstmCell(
  x: Tensor,
  [h, c]: readonly [Tensor, Tensor],
  w: RecurrentWeights,
): [h: Tensor, c: Tensor] {
  const [hidden, cell] = native.lstmCell(
    x.id,
    h.id,
    c.id,
    w.inputHidden.id,
    w.hiddenHidden.id,
    idOf(w.biasInput),
    idOf(w.biasHidden),
  )
  return [new Tensor(hidden), new Tensor(cell)]
}
