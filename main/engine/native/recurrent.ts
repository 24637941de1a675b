import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/recurrent.cpp. Kinds: 0 tanh, 1 relu, 2 LSTM, 3 GRU. */
export interface RecurrentNative {
  recurrent(
    kind: number,
    x: Handle,
    lengths: Handle,
    hidden: Handle,
    cell: Handle,
    weights: readonly Handle[],
    bidirectional: boolean,
    dropout: number,
    training: boolean,
  ): [output: Handle, hidden: Handle, cell: Handle]
  recurrentCell(
    kind: number,
    x: Handle,
    hidden: Handle,
    inputHidden: Handle,
    hiddenHidden: Handle,
    biasInput: Handle,
    biasHidden: Handle,
  ): Handle
  lstmCell(
    x: Handle,
    hidden: Handle,
    cell: Handle,
    inputHidden: Handle,
    hiddenHidden: Handle,
    biasInput: Handle,
    biasHidden: Handle,
  ): [hidden: Handle, cell: Handle]
}
