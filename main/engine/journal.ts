/** What one step did, written down by the engine as it does it; see native/include/tape/journal.h. */
import { native } from './addon.ts'
import { numberOf, type Device } from './device.ts'
import { dtypeName, type DType } from './dtype.ts'
import { guarding, needFunction } from './guard.ts'
import { scope } from './scope.ts'
import { Tensor } from './tensor.ts'

/** What a line is about, in the order of the native enumeration. */
export const journalEvents = {
  /** A storage was made: bytes. Storages are numbered as they are made. */
  took: 0,
  /** A storage went: its number. */
  gave: 1,
  /** One from before the journal went: bytes. */
  gaveOlder: 2,
  /** A node is on the tape: its number. */
  recorded: 3,
  /** Its derivative begins; -1 - n for leaf n, whose gradient is added to. */
  enters: 4,
  leaves: 5,
  /** As given to `mark`. */
  mark: 6,
  /** Before a mark: milliseconds of native calls that led to no node. */
  idle: 7,
} as const

export interface JournalShape {
  shape: readonly number[]
  dtype: DType
}

export interface JournalSaved extends JournalShape {
  /** Number of the storage it lies in; null: made before the journal began. */
  storage: number | null
  isOutput: boolean
  /** It lies in a checkpoint, to be computed again. */
  packed: boolean
}

/** Output `output` of another node, or a leaf; null where no gradient is wanted. */
export type JournalInput = { node: number; output: number } | { leaf: number } | null

export interface JournalNode {
  op: string
  /** Time of the native calls that led to it. */
  forwardMs: number
  /** Whether the loss depends on it. Where it does not, its inputs are not known. */
  reached: boolean
  outputs: readonly JournalShape[]
  inputs: readonly JournalInput[]
  saved: readonly JournalSaved[]
}

export interface Journal {
  /** Bytes in use at the start. */
  startBytes: number
  /** In order of recording. */
  nodes: readonly JournalNode[]
  /** `variable` indexes the option `variables`; null: none of them. */
  leaves: readonly (JournalShape & { variable: number | null })[]
  /** Storage of the gradient of each of `variables`; null: from before, or none. */
  gradients: readonly (number | null)[]
  /** In order of time; milliseconds since the start, without the time spent in `look`. */
  lines: { event: Float64Array; value: Float64Array; ms: Float64Array }
}

export interface JournalOptions {
  /** Leaves to be known by their place in this list. */
  variables?: readonly Tensor[]
  /** Whose memory is written down; the processor's without it. */
  device?: Device
  /**
   * Sees the gradients that arrive at a node, one for each output, and then those that it gives, one for each input;
   * null where there is none. They are gone when it returns.
   */
  look?: (node: number, given: boolean, gradients: readonly (Tensor | null)[]) => void
}

/** Writes a line of the caller's. @returns the number of nodes recorded so far */
export type Mark = (value: number) => number

/**
 * Runs `body`, a step of training, and tells what it did: the nodes of the tape of its first backward with their time
 * forward, what they saved, when their derivatives ran, and every block of memory that came and went. It changes none
 * of the step's numbers, and costs some 3 us an op, 5 with `look`, beside what that does.
 */
export function journal<T>(
  body: (mark: Mark) => T,
  options: JournalOptions = {},
): { result: T; journal: Journal } {
  needFunction('journal', body)
  const { variables = [], look, device = 'cpu' } = options
  if (look !== undefined) needFunction('journal', look)
  const leaves = guarding('journal', () => variables.map(({ id }) => id))
  native.journalStart(
    look &&
      ((node, given, handles) =>
        scope(() =>
          look(
            node,
            given,
            handles.map((id) => (id === 0 ? null : new Tensor(id))),
          ),
        )),
    numberOf(device),
  )
  let written: ReturnType<typeof native.journalStop> | null = null
  try {
    const result = body((value) => native.journalMark(value))
    written = native.journalStop(leaves)
    return { result, journal: read(written, leaves.length) }
  } finally {
    if (!written) native.journalStop([])
  }
}

/**
 * Bytes of the blocks that these tensors lie in, each counted once; `rooms`: of what their optimizers keep for their
 * gradients instead.
 */
export function heldBytes(tensors: readonly Tensor[], options: { rooms?: boolean } = {}): number {
  return guarding('heldBytes', () =>
    native.heldBytes(
      tensors.map(({ id }) => id),
      options.rooms ?? false,
    ),
  )
}

function read(
  [ops, numbers, event, value, ms]: ReturnType<typeof native.journalStop>,
  variables: number,
): Journal {
  let at = 0
  const next = (): number => numbers[at++] as number
  const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)
  const list = <T>(make: () => T): T[] => times(next(), make)
  const shape = (): JournalShape => ({ dtype: dtypeName(next()), shape: list(next) })
  const orNull = (number: number): number | null => (number < 0 ? null : number)
  const input = (): JournalInput => {
    const [node, output] = [next(), next()]
    if (Number.isNaN(node)) return null
    return node < 0 ? { leaf: -1 - node } : { node, output }
  }
  const saved = (): JournalSaved => {
    const [storage, isOutput] = [next(), next() === 1]
    return { storage: orNull(storage), packed: storage === -2, isOutput, ...shape() }
  }
  const startBytes = next()
  const [nodeCount, leafCount] = [next(), next()]
  const nodes = times(nodeCount, () => ({
    forwardMs: next(),
    reached: next() === 1,
    outputs: list(shape),
    inputs: list(input),
    saved: list(saved),
  })).map((node, index) => ({ op: ops[index] ?? '', ...node }))
  const shapes = times(leafCount, shape)
  const leaves = shapes.map((leaf) => ({ ...leaf, variable: orNull(next()) }))
  const gradients = times(variables, () => orNull(next()))
  return { startBytes, nodes, leaves, gradients, lines: { event, value, ms } }
}
