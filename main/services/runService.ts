/** What a person does with runs that are there: says something of them, bins, restores and deletes them. */
import { rm } from 'node:fs/promises'
import { UserError } from '../common/errors.ts'
import type { Store } from '../store/index.ts'
import type { TrainingService } from './trainingService.ts'

interface Said {
  addTags: readonly string[]
  removeTags: readonly string[]
  note?: string | undefined
  group?: string | null | undefined
}

export class RunService {
  readonly #store: Store
  readonly #training: Pick<TrainingService, 'isActive' | 'tapes' | 'checkpointFolder'>

  constructor(store: Store, training: Pick<TrainingService, 'isActive' | 'tapes' | 'checkpointFolder'>) {
    this.#store = store
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
    this.#store.runs.remove(runId)
    this.#training.tapes.forget(runId)
    await rm(this.#training.checkpointFolder(runId), { recursive: true, force: true })
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
