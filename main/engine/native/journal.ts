import type { Handle } from './handle.ts'

/** Entry points of native/src/node/journal.cpp. */
export interface JournalNative {
  /** The function must dispose the handles that it gets; undefined: nobody looks. */
  journalStart(
    look: ((node: number, given: boolean, gradients: Handle[]) => void) | undefined,
    device: number,
  ): void
  journalMark(value: number): number
  /** Ops of the nodes, numbers in the order that engine/journal.ts reads, lines in three columns. */
  journalStop(
    variables: readonly Handle[],
  ): [string[], Float64Array, event: Float64Array, value: Float64Array, ms: Float64Array]
  heldBytes(tensors: readonly Handle[], rooms: boolean): number
}
