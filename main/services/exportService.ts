/** A trained model taken elsewhere, as a task of the contract. */
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { UserError } from '../common/errors.ts'
import type { ModelExport, ModelExported } from '../common/export/export.ts'
import { ownRun, type OwnRun } from '../common/ownRun.ts'
import { planOf } from '../common/plan.ts'
import type { Progress } from '../common/schemas.ts'
import { checkedAnalysis } from '../common/trainable.ts'
import type { Checkpoint } from '../common/training.ts'
import { copyArrays } from '../export/copyArrays.ts'
import { writePytorch, type ExportedRun, type Task } from '../export/pytorch/project.ts'
import type { Store } from '../store/index.ts'
import { classWeights } from '../training/balance.ts'
import { begun, progressTask } from './progressTask.ts'

interface Parts {
  store: Store
  workspace: string
  resources: string
}

export class ExportService {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  export(request: ModelExport, signal?: AbortSignal): AsyncGenerator<Progress, ModelExported, void> {
    return progressTask(
      ({ signal, onProgress }) =>
        this.#export(request, { signal, onProgress: (note) => onProgress(begun(note)) }),
      begun('Reading the run'),
      signal,
    )
  }

  async #export(
    { runId, format, folder, checkpoint: wanted }: ModelExport,
    task: Task,
  ): Promise<ModelExported> {
    const { store, workspace, resources } = this.#parts
    const run = ownRun(store.runs.get(runId))
    const checkpoint = checkpointOf(run, wanted)
    const dataset = store.datasets.get(run.datasetId)
    const path = resolve(folder)
    if (existsSync(path))
      throw new UserError({
        code: 'export/exists',
        what: `${path} is there already.`,
        mend: 'Choose a folder that is not there yet; it is made for the export.',
      })
    const config = store.checkpoints.config(checkpoint.id)
    const weighted = config.balance === 'weights' && dataset.task === 'classify'
    const exported: ExportedRun = {
      id: run.id,
      name: run.name,
      document: run.document,
      dataset,
      datasetFolder: join(workspace, 'datasets', dataset.id),
      config,
      checkpoint,
      classWeights: weighted ? classWeights(dataset.classes.map(({ train }) => train)) : null,
    }
    const bytes =
      format === 'pytorch'
        ? await writePytorch(exported, path, join(resources, 'pytorch'), task)
        : await writeWeights(exported, path, task)
    const notes =
      format === 'pytorch' && config.augmentation
        ? ['The exported training does not augment its images.']
        : []
    return { path, format, step: checkpoint.step, bytes, notes }
  }
}

/** `best` is the last where no epoch has been evaluated. @throws UserError `export/no-checkpoint` */
function checkpointOf({ id, checkpoints }: OwnRun, wanted: ModelExport['checkpoint']): Checkpoint {
  const best = checkpoints.findLast(({ kind }) => kind === 'best')
  const last = checkpoints.findLast(({ kind }) => kind !== 'halted')
  const found =
    wanted === 'best'
      ? (best ?? last)
      : wanted === 'last'
        ? last
        : checkpoints.findLast(({ step }) => step === wanted)
  if (found) return found
  const steps = [...new Set(checkpoints.map(({ step }) => step))].join(', ')
  throw new UserError({
    code: 'export/no-checkpoint',
    what: `Run ${id} has no checkpoint${typeof wanted === 'number' ? ` at step ${wanted}` : ''}.`,
    mend: steps === '' ? 'Train it for an epoch first.' : `It has them at the steps ${steps}.`,
  })
}

/** The weights under the names of the document, which stands in the metadata. */
async function writeWeights(run: ExportedRun, folder: string, { signal, onProgress }: Task): Promise<number> {
  const { weights } = planOf(checkedAnalysis(run.document, run.dataset))
  onProgress('Writing the weights')
  const staging = `${folder}.${process.pid}.tmp`
  try {
    await mkdir(staging, { recursive: true })
    const path = join(staging, 'weights.safetensors')
    await copyArrays(run.checkpoint.path, path, {
      names: new Map([...weights.keys()].map((key) => [key, key])),
      metadata: {
        format: 'tapedeck-model',
        document: JSON.stringify(run.document),
        run: run.name,
        step: String(run.checkpoint.step),
      },
      signal,
    })
    const { size } = await stat(path)
    await rename(staging, folder)
    return size
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}
