/** Weights that somebody looks at: says where they are, and has the engine worker read them. */
import { join } from 'node:path'
import { UserError } from '../common/errors.ts'
import type {
  Filters,
  FiltersQuery,
  Neighbours,
  NeighboursQuery,
  WeightView,
} from '../common/health/weights.ts'
import type { Checkpoint } from '../common/training.ts'
import type { Store } from '../store/index.ts'
import type { WeightSource } from '../training/weights/source.ts'
import type { TrainingService } from './trainingService.ts'

export class WeightService {
  readonly #store: Store
  readonly #training: TrainingService
  readonly #workspace: string

  constructor(store: Store, training: TrainingService, workspace: string) {
    this.#store = store
    this.#training = training
    this.#workspace = workspace
  }

  /** Between two steps of a run that trains. @throws UserError `weights/*`, `checkpoint/unknown`, `safetensors/damaged` */
  filters(query: FiltersQuery): Promise<Filters> {
    const view = this.#view(query)
    if (view.kind !== 'filters') throw notShown(query.nodeId)
    const { firstFilter, firstChannel } = query
    return this.#training.engine.ask('filters', {
      source: this.#source(query),
      view,
      firstFilter,
      firstChannel,
    })
  }

  /** Between two steps of a run that trains. @throws UserError `weights/*`, `checkpoint/unknown`, `safetensors/damaged` */
  neighbours(query: NeighboursQuery): Promise<Neighbours> {
    const view = this.#view(query)
    if (view.kind !== 'embedding') throw notShown(query.nodeId)
    const datasetFolder = join(this.#workspace, 'datasets', this.#store.runs.get(query.runId).datasetId)
    const { token, most } = query
    return this.#training.engine.ask('neighbours', {
      source: this.#source(query),
      view,
      datasetFolder,
      token,
      most,
    })
  }

  #view({ runId, nodeId }: { runId: number; nodeId: string }): WeightView {
    const view = this.#store.health.layers(runId).find((layer) => layer.nodeId === nodeId)?.view
    if (view) return view
    throw notShown(nodeId)
  }

  #source({ runId, checkpointId }: { runId: number; checkpointId: number | null }): WeightSource {
    const checkpoints = this.#store.checkpoints.ofRun(runId)
    const chosen = checkpointId === null ? checkpoints.at(-1) : this.#store.checkpoints.get(checkpointId)
    if (chosen && chosen.runId !== runId) throw ofAnotherRun(chosen, runId)
    return {
      live: checkpointId === null && this.#training.isActive(runId) ? runId : null,
      path: chosen?.path ?? null,
      step: chosen?.step ?? 0,
    }
  }
}

const ofAnotherRun = (checkpoint: Checkpoint, runId: number): UserError =>
  new UserError({
    code: 'checkpoint/unknown',
    what: `Checkpoint ${checkpoint.id} is of run ${checkpoint.runId}, not of run ${runId}.`,
    mend: 'Choose one of those that the run lists.',
  })

const notShown = (nodeId: string): UserError =>
  new UserError({
    code: 'weights/no-view',
    what: `The weights of ${nodeId} are neither filters nor vectors of tokens.`,
    mend: 'Choose a convolution, a Linear over images, or an Embedding.',
  })
