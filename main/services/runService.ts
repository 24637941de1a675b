/** What a person does with runs that are there: says something of them, bins, restores and deletes them. */
import { rm } from 'node:fs/promises'
import { setImmediate as turn } from 'node:timers/promises'
import { UserError } from '../common/errors.ts'
import type { Progress, RunSize } from '../common/schemas.ts'
import type { Store } from '../store/index.ts'
import { bytesSetAside, removeSetAside } from './setAside.ts'
import type { TrainingService } from './trainingService.ts'

interface Task {
  signal: AbortSignal
  onProgress: (progress: Progress) => void
}

interface Said {
  addTags: readonly string[]
  removeTags: readonly string[]
  note?: string | undefined
  group?: string | null | undefined
}

export class RunService {
  readonly #store: Store
  readonly #workspace: string
  readonly #training: Pick<TrainingService, 'isActive' | 'tapes' | 'checkpointFolder'>

  constructor(
    store: Store,
    workspace: string,
    training: Pick<TrainingService, 'isActive' | 'tapes' | 'checkpointFolder'>,
  ) {
    this.#store = store
    this.#workspace = workspace
    this.#training = training
  }

  /** Of all or of none. @throws UserError `runs/unknown` */
  annotate(runIds: readonly number[], { addTags, removeTags, note, group }: Said): void {
    const { runs } = this.#store
    this.#store.transaction(() => {
      for (const runId of runIds) {
        const kept = runs.tags(runId).filter((tag) => !removeTags.includes(tag))
        runs.annotate(runId, { tags: [...kept, ...addTags], note, group })
      }
    })
  }

  /** All or none. @throws UserError `runs/unknown`, `runs/active` */
  bin(runIds: readonly number[]): void {
    for (const runId of runIds) this.#refuseActive(runId)
    this.#store.transaction(() => {
      for (const runId of runIds) this.#store.runs.bin(runId, Date.now())
    })
  }

  /** All or none. @throws UserError `runs/unknown` */
  restore(runIds: readonly number[]): void {
    this.#store.transaction(() => {
      for (const runId of runIds) this.#store.runs.bin(runId, null)
    })
  }

  /** For ever. @throws UserError `runs/unknown`, `runs/active` */
  async remove(runId: number): Promise<void> {
    this.#refuseActive(runId)
    this.#store.removal.begin(runId)
    this.#training.tapes.forget(runId)
    await this.#removeRest(runId)
  }

  /** All that is in the bin, one after the other; how many were deleted. What is cancelled leaves the rest there. */
  async emptyBin({ signal, onProgress }: Task): Promise<{ runs: number }> {
    const binned = this.#store.runs.binned()
    for (const [done, { id, name }] of binned.entries()) {
      if (signal.aborted) return { runs: done }
      onProgress({ done, total: binned.length, note: `Deleting ${name}` })
      await this.remove(id)
    }
    return { runs: binned.length }
  }

  /** What a process that was killed did not come to. */
  async finishRemovals(): Promise<void> {
    for (const runId of this.#store.removal.unfinished()) await this.#removeRest(runId)
  }

  /** Of every run, those in the bin too. */
  async sizes(): Promise<RunSize[]> {
    const setAside = await bytesSetAside(this.#workspace)
    return this.#store.space
      .sizes()
      .map((size) => ({ ...size, setAsideBytes: setAside.get(size.runId) ?? 0 }))
  }

  /** What was left of damaged checkpoints, for ever. */
  removeSetAside(): Promise<void> {
    return removeSetAside(this.#workspace)
  }

  async #removeRest(runId: number): Promise<void> {
    for (const _ of this.#store.removal.slices(runId)) await turn()
    await rm(this.#training.checkpointFolder(runId), { recursive: true, force: true })
    await removeSetAside(this.#workspace, runId)
  }

  #refuseActive(runId: number): void {
    if (!this.#training.isActive(runId)) return
    throw new UserError({
      code: 'runs/active',
      what: `Run ${runId} is still training.`,
      mend: 'Stop it before you delete it.',
    })
  }
}
