/** From what the engine wrote down of a step to what the page shows of it. */
import { createHash } from 'node:crypto'
import { curveOf, storageKinds, type StepMemory } from '../../common/tape/memory.ts'
import type { TapeLayer, TapeNode, TapeRecord } from '../../common/tape/record.ts'
import type { Journal } from '../../engine/index.ts'
import type { LayerFacts } from './layers.ts'
import type { PackedGradients } from './packed.ts'
import { readLines, type Lines } from './lines.ts'
import { memoryOf } from './memory.ts'

/** What a step tells of itself while it is recorded. */
export type Told = Pick<TapeRecord, 'step' | 'size' | 'sizes' | 'input' | 'batches' | 'loss' | 'gpu'>

/** What crosses to the main thread, which numbers and keeps it. */
export interface Recording {
  record: Omit<TapeRecord, 'id' | 'runId' | 'source' | 'recordedAt'>
  memory: StepMemory
  /** Of the nodes that were looked at. */
  gradients: Map<number, PackedGradients>
}

export interface Seen {
  told: Told
  layers: readonly LayerFacts[]
  /** What was there before the step. */
  held: StepMemory['held']
  gradients: Map<number, PackedGradients>
  /** The number after the last listed node of each layer. */
  listedUpTo: readonly number[]
  /** Keys of the weights, in the order in which the journal knows them. */
  weights: readonly string[]
}

export function recordingOf(journal: Journal, seen: Seen): Recording {
  const { told, layers, held, gradients, listedUpTo, weights } = seen
  const lines = readLines(journal, layers.length)
  const memory = memoryOf(journal, lines, held)
  const nodes = nodesOf(journal, lines, memory, gradients)
  const listed = (node: TapeNode): boolean => node.id < (listedUpTo[node.layer] ?? 0)
  const curve = curveOf(memory)
  return {
    memory,
    gradients,
    record: {
      ...told,
      nodes: nodes.length,
      forwardMs: lines.forwardMs,
      backwardMs: lines.backwardMs,
      peakBytes: curve.peakBytes,
      signature: signatureOf(nodes),
      layers: byLayer(nodes, layers.length).map((own, index) => ({
        ...(layers[index] as LayerFacts),
        ...sumsOf(own),
        folded: folded(own.filter((node) => !listed(node))),
        forwardMs: lines.layerForwardMs[index] as number,
        backwardMs: lines.layerBackwardMs[index] as number,
      })),
      listed: nodes.filter(listed),
      leaves: journal.leaves.map(({ shape, dtype, variable }) => ({
        shape: [...shape],
        dtype,
        weight: variable === null ? null : (weights[variable] ?? null),
      })),
      memory: curve,
    },
  }
}

/** Of the way to the loss; what the tape recorded beside it has no place in the order of layers. */
function nodesOf(
  journal: Journal,
  { layer, turn, entered, spent }: Lines,
  { storages }: StepMemory,
  gradients: ReadonlyMap<number, PackedGradients>,
): TapeNode[] {
  const freed = lastTurns(journal, turn)
  const taken = new Set<number>()
  return journal.nodes.flatMap((node, id) => {
    if (!node.reached) return []
    const saved = node.saved.map(({ storage, isOutput, shape, dtype }) => {
      // Weights and the batch are there anyway.
      const own = storage !== null && storageKinds[storages.kind[storage] as number] === 'saved'
      const shared = own && taken.has(storage)
      if (own) taken.add(storage)
      const kind: TapeNode['saved'][number]['kind'] = own ? (isOutput ? 'output' : 'value') : 'held'
      return {
        shape: [...shape],
        dtype,
        kind,
        bytes: own ? (storages.bytes[storage] as number) : 0,
        shared,
        freedAfter: own ? (freed.get(storage) ?? null) : null,
      }
    })
    const { arrives = [], gives = [] } = gradients.get(id) ?? {}
    const norms = arrives.flatMap((look) => look?.norm ?? [])
    const passed = (turn[id] as number) >= 0
    return [
      {
        id,
        op: node.op,
        layer: layer[id] as number,
        inputs: node.inputs.map((input) => input && { ...input }),
        outputs: node.outputs.map(({ shape, dtype }) => ({ shape: [...shape], dtype })),
        saved,
        savedBytes: saved.reduce((sum, { bytes, shared }) => (shared ? sum : sum + bytes), 0),
        forwardMs: node.forwardMs,
        backwardMs: passed ? (spent[id] as number) : null,
        turn: passed ? (turn[id] as number) : null,
        turnMs: passed ? (entered[id] as number) : null,
        gradientNorm: norms.length > 0 ? Math.hypot(...norms) : null,
        notFinite: [...arrives, ...gives].some((look) => (look?.notFinite ?? 0) > 0),
      },
    ]
  })
}

/** By storage: the turn of the last node that keeps it; nothing where one of them has no turn. */
function lastTurns({ nodes }: Journal, turn: Int32Array): ReadonlyMap<number, number> {
  const last = new Map<number, number>()
  nodes.forEach(({ saved, reached }, node) => {
    if (!reached) return
    const own = turn[node] as number
    for (const { storage } of saved)
      if (storage !== null) last.set(storage, own < 0 ? Infinity : Math.max(last.get(storage) ?? 0, own))
  })
  return new Map([...last].filter(([, turn]) => Number.isFinite(turn)))
}

function byLayer(nodes: readonly TapeNode[], layers: number): TapeNode[][] {
  const sorted = Array.from({ length: layers }, (): TapeNode[] => [])
  for (const node of nodes) sorted[node.layer]?.push(node)
  return sorted
}

function sumsOf(
  own: readonly TapeNode[],
): Pick<TapeLayer, 'first' | 'count' | 'savedBytes' | 'gradientNorm' | 'notFinite'> {
  return {
    first: own[0]?.id ?? 0,
    count: own.length,
    savedBytes: own.reduce((sum, node) => sum + node.savedBytes, 0),
    gradientNorm: own.at(-1)?.gradientNorm ?? null,
    notFinite: own.some(({ notFinite }) => notFinite),
  }
}

function folded(nodes: readonly TapeNode[]): TapeLayer['folded'] {
  const sums = new Map<string, TapeLayer['folded'][number]>()
  for (const { op, forwardMs, backwardMs, savedBytes } of nodes) {
    const sum = sums.get(op) ?? { op, count: 0, forwardMs: 0, backwardMs: 0, savedBytes: 0 }
    sum.count++
    sum.forwardMs += forwardMs
    sum.backwardMs += backwardMs ?? 0
    sum.savedBytes += savedBytes
    sums.set(op, sum)
  }
  return [...sums.values()].sort((a, b) => b.count - a.count)
}

function signatureOf(nodes: readonly TapeNode[]): string {
  const hash = createHash('sha256')
  for (const { op, inputs } of nodes) hash.update(`${op} ${JSON.stringify(inputs)}\n`)
  return hash.digest('hex').slice(0, 16)
}
