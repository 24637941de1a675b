/** A trained model taken elsewhere, as a task of the contract. */
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { UserError } from '../common/errors.ts'
import {
  archiveName,
  type ModelExport,
  type ModelExported,
  type ModelFormat,
} from '../common/export/export.ts'
import { ownRun, type OwnRun } from '../common/ownRun.ts'
import { planOf } from '../common/plan.ts'
import type { Progress } from '../common/schemas.ts'
import { checkedAnalysis } from '../common/trainable.ts'
import type { Checkpoint, TrainConfig } from '../common/training.ts'
import { preparationWords, tokenizerIds } from '../data/index.ts'
import type { Exchanger } from '../exchange/index.ts'
import { copyArrays } from '../export/copyArrays.ts'
import type { Prepared } from '../export/onnx/about.ts'
import { writeOnnxProject } from '../export/onnx/project.ts'
import { writePytorch, type ExportedRun, type Task } from '../export/pytorch/project.ts'
import type { Store } from '../store/index.ts'
import { classWeights } from '../training/balance.ts'
import { askedOf, type Asked } from './predict/trained.ts'
import { begun, progressTask } from './progressTask.ts'

interface Parts {
  /** Of Tapedeck. */
  version: string
  store: Store
  workspace: string
  resources: string
  exchanger: Exchanger
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

  async #export(request: ModelExport, task: Task): Promise<ModelExported> {
    const path = resolve(request.folder)
    if (existsSync(path))
      throw new UserError({
        code: 'export/exists',
        what: `${path} is there already.`,
        mend: 'Choose a folder that is not there yet; it is made for the export.',
      })
    return request.format === 'archive'
      ? this.#archive(request.runId, path, task)
      : this.#model(request, request.format, path, task)
  }

  async #model(
    { runId, checkpoint: wanted }: ModelExport,
    format: Exclude<ModelFormat, 'archive'>,
    path: string,
    task: Task,
  ): Promise<ModelExported> {
    const { version, store, workspace, resources } = this.#parts
    const run = ownRun(store.runs.get(runId))
    const checkpoint = checkpointOf(run, wanted)
    const dataset = store.datasets.get(run.datasetId)
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
    const write = {
      pytorch: () => writePytorch(exported, path, join(resources, 'pytorch'), task),
      onnx: () => {
        const prepared = preparedOf(askedOf(store, { runId, checkpointId: checkpoint.id }))
        return writeOnnxProject(exported, prepared, version, path, task)
      },
      safetensors: () => writeWeights(exported, path, task),
    }[format]
    const bytes = await write()
    const notes = format === 'pytorch' ? notesOf(config) : []
    return { path, format, step: checkpoint.step, bytes, notes }
  }

  /** The run with its best and its newest checkpoint, whichever of them was asked for. */
  async #archive(runId: number, folder: string, { signal, onProgress }: Task): Promise<ModelExported> {
    const { version, store, workspace, exchanger } = this.#parts
    const { name } = store.runs.get(runId)
    const bytes = await intoFolder(folder, async (staging) => {
      const written = await exchanger.write(
        {
          kind: 'export',
          version,
          workspace,
          runIds: [runId],
          path: join(staging, archiveName(name)),
          format: 'archive',
          checkpoints: 'best',
          metrics: null,
          replace: false,
        },
        { signal, onProgress: ({ note }) => onProgress(note) },
      )
      return written.bytes
    })
    return { path: folder, format: 'archive', step: null, bytes, notes: [] }
  }
}

/** What the exported training does not do as the run did. */
const notesOf = ({ augmentation, earlyStopping }: TrainConfig): string[] => [
  ...(augmentation ? ['The exported training does not augment its images.'] : []),
  ...(earlyStopping ? ['The exported training does not stop early.'] : []),
]

/** Makes a folder whole or not at all. @param write gets the folder that takes the name in the end */
async function intoFolder<T>(folder: string, write: (staging: string) => Promise<T>): Promise<T> {
  const staging = `${folder}.${process.pid}.tmp`
  try {
    await mkdir(staging, { recursive: true })
    const result = await write(staging)
    await rename(staging, folder)
    return result
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/** What an ONNX file tells of how a sample is made. */
const preparedOf = ({ preparation, dataset }: Asked): Prepared => ({
  vocabulary: preparation.text?.vocabulary ?? null,
  tokenizer: preparation.text?.tokenizer ?? null,
  tokenizerIds: preparation.text ? tokenizerIds(preparation.text) : null,
  columns: preparation.columns,
  words: preparationWords(preparation, dataset),
})

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
  return intoFolder(folder, async (staging) => {
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
    return (await stat(path)).size
  })
}
