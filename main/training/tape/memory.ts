/** The memory of a recorded step in columns: what each storage was for, and who keeps it for backward. */
import { storageKinds, type StepMemory, type StorageKind } from '../../common/tape/memory.ts'
import { phases } from '../../common/tape/record.ts'
import type { Journal } from '../../engine/index.ts'
import type { Lines } from './lines.ts'

const inPhase = (name: (typeof phases)[number]): number => phases.indexOf(name)

export function memoryOf(journal: Journal, lines: Lines, held: StepMemory['held']): StepMemory {
  const { changes, storages } = lines
  const savers = saversOf(journal, lines)
  const gradients = new Set(journal.gradients)
  const kindOf = (storage: number): StorageKind => {
    if (gradients.has(storage)) return 'gradients'
    if (storages[storage]?.phase === inPhase('batch')) return 'batch'
    return savers[storage] ? 'saved' : 'passing'
  }
  const saversFrom = new Int32Array(storages.length + 1)
  storages.forEach((_, i) => (saversFrom[i + 1] = (saversFrom[i] as number) + (savers[i]?.length ?? 0)))
  const all = storages.flatMap((_, storage) => savers[storage] ?? [])
  return {
    startBytes: journal.startBytes,
    held,
    lines: {
      change: Float64Array.from(changes, ({ bytes }) => bytes),
      storage: Int32Array.from(changes, ({ storage }) => storage),
      ms: Float64Array.from(changes, ({ ms }) => ms),
      phase: Uint8Array.from(changes, ({ phase }) => phase),
      layer: Int32Array.from(changes, ({ layer }) => layer),
    },
    storages: {
      bytes: Float64Array.from(storages, ({ bytes }) => bytes),
      kind: Uint8Array.from(storages, (_, storage) => storageKinds.indexOf(kindOf(storage))),
      layer: Int32Array.from(storages, ({ layer }, storage) => savers[storage]?.[0]?.layer ?? layer),
      madeBy: Int32Array.from(storages, ({ layer, phase }) => (phase === inPhase('forward') ? layer : -1)),
      saversFrom,
    },
    savers: {
      layer: Int32Array.from(all, ({ layer }) => layer),
      until: Int32Array.from(all, ({ until }) => until),
    },
    phases: lines.phases,
    endMs: lines.endMs,
    forwardMs: lines.layerForwardMs,
    stepMs: lines.forwardMs + lines.backwardMs,
  }
}

/** By storage: who keeps it for backward, and how many changes of memory there were when that one was done. */
function saversOf({ nodes }: Journal, lines: Lines): { layer: number; until: number }[][] {
  const savers: { layer: number; until: number }[][] = []
  nodes.forEach(({ saved, reached }, node) => {
    if (!reached) return
    const done = lines.doneAt[node] as number
    const saver = { layer: lines.layer[node] as number, until: done < 0 ? lines.changes.length : done }
    for (const { storage } of saved) if (storage !== null) (savers[storage] ??= []).push(saver)
  })
  return savers
}
