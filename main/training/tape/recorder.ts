/** Records the tape of a step while it is made. Off, it does nothing; on, it changes none of the step's numbers. */
import type { StepMemory } from '../../common/tape/memory.ts'
import { mostNodes, type TapeShape } from '../../common/tape/record.ts'
import { cudaInfo, heldBytes, journal, type Mark } from '../../engine/index.ts'
import type { Batch } from '../batches.ts'
import type { Watcher } from '../model.ts'
import type { Trainee } from '../run/trainee.ts'
import { layersOf } from './layers.ts'
import { listedUpTo } from './listed.ts'
import { Looks } from './looks.ts'
import { marks } from './marks.ts'
import { recordingOf, type Recording, type Told } from './recording.ts'

/** Of the step under way. */
interface Now {
  mark: Mark
  looks: Looks
  told: Told
  /** Number of nodes up to the end of each layer that has run. */
  ends: number[]
  /** What each of them gave out. */
  results: TapeShape[][]
  /** See listed.ts. */
  listedUpTo: number[]
}

export class Recorder {
  #wanted = false
  #now: Now | null = null
  #taken: Recording | null = null

  /** Whether the step under way is recorded. */
  get recording(): boolean {
    return this.#now !== null
  }

  /** The next step is recorded. */
  recordNext(): void {
    this.#wanted = true
  }

  /**
   * Makes a step, and records it where that was asked for; `take` gives the recording.
   * @param step its number, from 1
   */
  step<T>(trainee: Trainee, step: number, body: () => T): T {
    if (!this.#wanted) return body()
    this.#wanted = false
    const looks = new Looks()
    const { model, weights, document, device } = trainee
    const gpu = device === 'cpu' ? null : (cudaInfo().device?.name ?? device)
    const input = { shape: [], dtype: '' }
    const told: Told = { step, size: 0, sizes: [], input, batches: 1, loss: NaN, gpu }
    const now: Now = { mark: () => 0, looks, told, ends: [], results: [], listedUpTo: [] }
    const held = heldNow(trainee)
    try {
      const { result, journal: written } = journal(
        (mark) => {
          now.mark = mark
          this.#now = now
          const result = body()
          mark(marks.update)
          return result
        },
        { variables: [...weights.values()], look: looks.look, device },
      )
      this.#taken = recordingOf(written, {
        told,
        layers: layersOf(model.trainingPlan, document, now.results),
        held,
        gradients: looks.nodes,
        listedUpTo: now.listedUpTo,
        weights: [...weights.keys()],
      })
      return result
    } finally {
      this.#now = null
    }
  }

  /** The first batch of the step is there. */
  batch({ inputs, extents, size }: Batch, batches: number): void {
    if (!this.#now) return
    const sizes = Object.entries(extents).map(([symbol, lengths]) => ({
      symbol,
      least: lengths.reduce((a, b) => Math.min(a, b), Infinity),
      most: lengths.reduce((a, b) => Math.max(a, b), 0),
    }))
    const input = { shape: [...inputs.shape], dtype: inputs.dtype }
    Object.assign(this.#now.told, { size, sizes, input, batches })
    this.#now.looks.size = size
    this.#now.mark(marks.batch)
  }

  /** Sees the layers of a forward pass, before whoever else observes it. */
  observer(other: Watcher | undefined): Watcher | undefined {
    if (!this.#now) return other
    const { mark, ends, results } = this.#now
    return (step, made, extents) => {
      ends.push(mark(ends.length))
      results.push(Object.values(made).map(({ shape, dtype }) => ({ shape: [...shape], dtype })))
      if (!other) return
      other(step, made, extents)
      mark(marks.aside)
    }
  }

  loss(value: number): void {
    if (!this.#now) return
    const { told, ends, looks, mark } = this.#now
    told.loss = value
    ends.push(mark(marks.loss))
    const upTo = listedUpTo(ends, mostNodes)
    this.#now.listedUpTo = upTo
    // The last node of a layer shows the gradient that arrives at the layer.
    const looked = new Set(ends.map((end) => end - 1))
    upTo.forEach((to, layer) => {
      for (let node = ends[layer - 1] ?? 0; node < to; node++) looked.add(node)
    })
    looks.listed = (node) => looked.has(node)
  }

  mark(what: 'backward' | 'more'): void {
    this.#now?.mark(marks[what])
  }

  /** The recording of the last step, once; null where it was not recorded. */
  take(): Recording | null {
    const taken = this.#taken
    this.#taken = null
    return taken
  }
}

/** What is there before a step begins. */
function heldNow({ model, optimizer, ema, weights }: Trainee): StepMemory['held'] {
  return [
    { kind: 'weights', bytes: heldBytes([...model.tensors.values()]) },
    { kind: 'gradients', bytes: heldBytes([...weights.values()], { rooms: true }) },
    { kind: 'optimizer', bytes: optimizer.stateBytes },
    { kind: 'averages', bytes: ema?.stateBytes ?? 0 },
  ]
}
