/** Reads a journal's lines: which layer was at work, in which phase, when each derivative ran, when memory changed. */
import { phases } from '../../common/tape/record.ts'
import { journalEvents, type Journal } from '../../engine/index.ts'
import { marks } from './marks.ts'

export interface Lines {
  /** By node: the layer that recorded it (the last one is the loss), -1 for none. */
  layer: Int32Array
  /** By node: its place in the order of backward, -1 where backward did not pass it. */
  turn: Int32Array
  /** By node: when its derivative began, and its milliseconds. */
  entered: Float64Array
  spent: Float64Array
  /** By node: how many changes of memory there were when its derivative was done; -1 where it did not run. */
  doneAt: Int32Array
  /** Native calls of each layer forward, and its derivatives with the gradients that they add to its weights. */
  layerForwardMs: Float64Array
  layerBackwardMs: Float64Array
  /** Changes of memory, in order. */
  changes: { bytes: number; storage: number; ms: number; phase: number; layer: number }[]
  /** By storage: bytes, the layer and the phase that made it. */
  storages: { bytes: number; layer: number; phase: number }[]
  phases: { phase: (typeof phases)[number]; ms: number }[]
  /** From the batch to the loss, and from there until backward was done. */
  forwardMs: number
  backwardMs: number
  endMs: number
}

const [batch, forward, backward, more, update] = [0, 1, 2, 3, 4] as const

/** @param layers how many there are, the loss counted */
export function readLines({ nodes, lines }: Journal, layers: number): Lines {
  const count = nodes.length
  const read: Lines = {
    layer: new Int32Array(count).fill(-1),
    turn: new Int32Array(count).fill(-1),
    entered: new Float64Array(count),
    spent: new Float64Array(count),
    doneAt: new Int32Array(count).fill(-1),
    layerForwardMs: new Float64Array(layers),
    layerBackwardMs: new Float64Array(layers),
    changes: [],
    storages: [],
    phases: [{ phase: 'batch', ms: 0 }],
    forwardMs: 0,
    backwardMs: 0,
    endMs: lines.ms.at(-1) ?? 0,
  }
  const { changes, storages } = read
  let phase: number = batch
  let [layer, turns, entered, idle] = [-1, 0, 0, 0]
  // Of the layer that is running forward, whose number is only known at its end.
  let open = { node: 0, change: 0, storage: 0 }
  let recorded = 0

  /** What happened since the last mark was this layer's; -1: nobody's. */
  const close = (to: number): void => {
    if (to >= 0) {
      read.layer.fill(to, open.node, recorded)
      for (const change of changes.slice(open.change)) change.layer = to
      for (const storage of storages.slice(open.storage)) storage.layer = to
      let ms = idle
      for (let node = open.node; node < recorded; node++) ms += nodes[node]?.forwardMs ?? 0
      read.layerForwardMs[to] = (read.layerForwardMs[to] ?? 0) + ms
    }
    open = { node: recorded, change: changes.length, storage: storages.length }
    idle = 0
  }
  const begin = (next: number, ms: number): void => {
    phase = next
    layer = -1
    read.phases.push({ phase: phases[next] ?? 'update', ms })
  }
  const change = (bytes: number, storage: number, ms: number): void => {
    changes.push({ bytes, storage, ms, phase, layer })
  }

  for (let line = 0; line < lines.event.length; line++) {
    const value = lines.value[line] as number
    const ms = lines.ms[line] as number
    switch (lines.event[line] as number) {
      case journalEvents.took:
        storages.push({ bytes: value, layer, phase })
        change(value, storages.length - 1, ms)
        break
      case journalEvents.gave:
        change(-(storages[value]?.bytes ?? 0), value, ms)
        break
      case journalEvents.gaveOlder:
        change(-value, -1, ms)
        break
      case journalEvents.recorded:
        recorded = value + 1
        break
      case journalEvents.enters:
        if (value >= 0) {
          layer = read.layer[value] as number
          read.turn[value] = turns++
          read.entered[value] = ms
        }
        entered = ms
        break
      case journalEvents.leaves:
        if (value >= 0) {
          read.spent[value] = ms - entered
          read.doneAt[value] = changes.length
        }
        // A weight's gradient is added to right after the derivative that made it.
        if (layer >= 0) read.layerBackwardMs[layer] = (read.layerBackwardMs[layer] ?? 0) + ms - entered
        break
      case journalEvents.idle:
        idle = value
        break
      case journalEvents.mark:
        if (value >= 0) close(value)
        else if (value === marks.loss) {
          close(layers - 1)
          begin(backward, ms)
        } else close(-1)
        if (value === marks.batch) begin(forward, ms)
        if (value === marks.backward) begin(more, ms)
        if (value === marks.more) begin(update, ms)
        break
    }
  }
  const at = (wanted: string): number => read.phases.find((one) => one.phase === wanted)?.ms ?? read.endMs
  read.forwardMs = at('backward') - at('forward')
  read.backwardMs = at('more') - at('backward')
  return read
}
