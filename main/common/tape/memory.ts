/** The memory of one step, line by line as the engine's journal has it: its curve, its peak, and what would be. */
import { holderKinds, phases, type HolderKind, type MemoryCurve, type WhatIf } from './record.ts'

/** What storages that were made in the step are for. */
export const storageKinds = ['batch', 'saved', 'gradients', 'passing'] as const satisfies HolderKind[]
export type StorageKind = (typeof storageKinds)[number]

/** In columns: a long tape has a hundred thousand lines. */
export interface StepMemory {
  /** Bytes in use when the step began, those of the kinds that are known. */
  startBytes: number
  held: { kind: HolderKind; bytes: number }[]
  /** Each line takes or gives memory. */
  lines: {
    /** Bytes. */
    change: Float64Array
    /** Number of the storage; -1: one from before the step. */
    storage: Int32Array
    ms: Float64Array
    /** Index of its phase. */
    phase: Uint8Array
    /** The layer at work; -1: none. */
    layer: Int32Array
  }
  storages: {
    bytes: Float64Array
    /** Index of its kind. */
    kind: Uint8Array
    /** The layer that keeps it for backward, else the one that made it; -1: none. */
    layer: Int32Array
    /** The layer whose forward made it; -1: none. */
    madeBy: Int32Array
    /** Its savers stand at `saversFrom[i]` up to `saversFrom[i + 1]`. */
    saversFrom: Int32Array
  }
  savers: {
    layer: Int32Array
    /** Number of lines when its derivative was done; the number of all lines where it never ran. */
    until: Int32Array
  }
  phases: MemoryCurve['phases']
  endMs: number
  /** Time of each layer's native calls forward. */
  forwardMs: Float64Array
  /** Forward and backward together. */
  stepMs: number
}

const mostPoints = 400
const [batch, saved, gradients, passing] = [0, 1, 2, 3] as const

/** Bytes over time, thinned so that the peak of every stretch stays. */
export function curveOf(memory: StepMemory): MemoryCurve {
  const { lines, storages, endMs } = memory
  const sums = new Float64Array(storageKinds.length)
  let base = memory.startBytes
  const points: MemoryCurve['points'] = []
  let [bucket, top] = [-1, -Infinity]
  let [peak, peakBytes, peakLine] = [0, memory.startBytes, -1]
  const add = (ms: number, phase: number, layer: number): void => {
    points.push({
      ms,
      phase: phases[phase] ?? 'batch',
      layer: layer < 0 ? null : layer,
      base,
      batch: sums[batch] ?? 0,
      saved: sums[saved] ?? 0,
      gradients: sums[gradients] ?? 0,
      passing: sums[passing] ?? 0,
    })
  }
  add(0, 0, -1)
  for (let line = 0; line < lines.change.length; line++) {
    const change = lines.change[line] as number
    const storage = lines.storage[line] as number
    const kind = storages.kind[storage]
    if (kind === undefined) base += change
    else sums[kind] = (sums[kind] as number) + change
    const total = base + sums.reduce((a, b) => a + b, 0)
    const ms = lines.ms[line] as number
    const at = Math.floor((ms / (endMs || 1)) * mostPoints)
    if (at === bucket && total <= top) continue
    if (at === bucket) points.pop()
    bucket = at
    top = total
    add(ms, lines.phase[line] as number, lines.layer[line] as number)
    if (total > peakBytes) [peak, peakBytes, peakLine] = [points.length - 1, total, line]
  }
  add(endMs, phases.length - 1, -1)
  return { points, peak, peakBytes, phases: memory.phases, endMs, holders: holdersAt(memory, peakLine) }
}

/** What is held after a line, greatest first; -1: at the beginning. */
function holdersAt(memory: StepMemory, last: number): MemoryCurve['holders'] {
  const { lines, storages } = memory
  const alive = new Set<number>()
  let older = 0
  for (let line = 0; line <= last; line++) {
    const storage = lines.storage[line] as number
    if (storage < 0) older += lines.change[line] as number
    else if ((lines.change[line] as number) > 0) alive.add(storage)
    else alive.delete(storage)
  }
  const holders = new Map<string, MemoryCurve['holders'][number]>()
  const add = (kind: HolderKind, layer: number, bytes: number): void => {
    const key = `${kind} ${layer}`
    const holder = holders.get(key) ?? { kind, layer: layer < 0 ? null : layer, bytes: 0, count: 0 }
    holders.set(key, { ...holder, bytes: holder.bytes + bytes, count: holder.count + 1 })
  }
  let rest = memory.startBytes + older
  for (const { kind, bytes } of memory.held) {
    if (bytes > 0) add(kind, -1, bytes)
    rest -= bytes
  }
  if (rest > 0) add('before', -1, rest)
  for (const storage of alive) {
    const kind = storageKinds[storages.kind[storage] as number] ?? 'passing'
    const layer = kind === 'batch' ? -1 : (storages.layer[storage] as number)
    add(kind, layer, storages.bytes[storage] as number)
  }
  return [...holders.values()].sort(
    (a, b) => b.bytes - a.bytes || holderKinds.indexOf(a.kind) - holderKinds.indexOf(b.kind),
  )
}

/**
 * The step with layers `from` to `to` checkpointed: what only they keep for backward goes at the end of their forward,
 * which runs again right before their backward. What other layers keep too stays, and is there twice meanwhile. An
 * estimate: that the second forward takes as long as the first and lets go of the same memory on its way.
 */
export function whatIf(memory: StepMemory, from: number, to: number): WhatIf {
  const { lines, storages, savers } = memory
  const count = lines.change.length
  const inside = (layer: number | undefined): boolean => layer !== undefined && layer >= from && layer <= to
  const forward = { first: count, last: -1 }
  let backward = count
  for (let line = 0; line < count; line++) {
    if (!inside(lines.layer[line])) continue
    if (lines.phase[line] === phases.indexOf('forward')) {
      forward.first = Math.min(forward.first, line)
      forward.last = line
    } else if (lines.phase[line] === phases.indexOf('backward')) backward = Math.min(backward, line)
  }
  const goneAt = new Int32Array(storages.bytes.length).fill(count)
  lines.storage.forEach((storage, line) => {
    if (storage >= 0 && (lines.change[line] as number) < 0) goneAt[storage] = line
  })

  // Bytes to add from a line on.
  const shift = new Float64Array(count + 1)
  let freed = 0
  storages.bytes.forEach((bytes, storage) => {
    if (!inside(storages.madeBy[storage])) return
    let [own, others, until] = [0, 0, 0]
    for (
      let i = storages.saversFrom[storage] as number;
      i < (storages.saversFrom[storage + 1] as number);
      i++
    ) {
      if (!inside(savers.layer[i])) others++
      else {
        own++
        until = Math.max(until, savers.until[i] as number)
      }
    }
    if (own === 0) return
    if (others > 0) {
      shift[backward] = (shift[backward] as number) + bytes
      const end = Math.min(count, Math.max(until, backward))
      shift[end] = (shift[end] as number) - bytes
    } else if ((goneAt[storage] as number) > forward.last) {
      freed += bytes
      shift[forward.last + 1] = (shift[forward.last + 1] as number) - bytes
      shift[backward] = (shift[backward] as number) + bytes
    }
  })

  let again = 0
  let againMost = 0
  for (let line = forward.first; line <= forward.last; line++) {
    if (!inside(storages.madeBy[lines.storage[line] as number])) continue
    again += lines.change[line] as number
    againMost = Math.max(againMost, again)
  }
  let [now, moved, before] = [memory.startBytes, 0, memory.startBytes]
  let changed = memory.startBytes
  let at: WhatIf['at'] = { phase: 'batch', layer: null }
  const reach = (bytes: number, phase: WhatIf['at']['phase'], layer: number): void => {
    if (bytes <= changed) return
    changed = bytes
    at = { phase, layer: layer < 0 ? null : layer }
  }
  for (let line = 0; line < count; line++) {
    if (line === backward) reach(now + moved + againMost, 'backward', to)
    moved += shift[line] as number
    now += lines.change[line] as number
    before = Math.max(before, now)
    reach(now + moved, phases[lines.phase[line] as number] ?? 'batch', lines.layer[line] as number)
  }
  let addedMs = 0
  for (let layer = from; layer <= to; layer++) addedMs += memory.forwardMs[layer] ?? 0
  return {
    peakBytes: before,
    changedPeakBytes: changed,
    at,
    freedBytes: freed,
    addedMs,
    stepMs: memory.stepMs,
  }
}
