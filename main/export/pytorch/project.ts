/** A run as a standalone project of PyTorch: its model, weights, data and training. */
import { cp, copyFile, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, basename } from 'node:path'
import type { Dataset } from '../../common/data/dataset.ts'
import type { ModelDocument } from '../../common/document.ts'
import { sharedSettings } from '../../common/filter/fields/settingFields.ts'
import { planOf, type Plan } from '../../common/plan.ts'
import { checkedAnalysis } from '../../common/trainable.ts'
import type { TrainConfig } from '../../common/training.ts'
import { copyArrays } from '../copyArrays.ts'
import { continuationOf, type Begin } from './continuation.ts'
import { modelCode } from './model.ts'
import { readme } from './readme.ts'

/** What is exported: a run at one of its checkpoints. */
export interface ExportedRun {
  id: number
  name: string
  document: ModelDocument
  dataset: Dataset
  /** See data/cache/layout.ts. */
  datasetFolder: string
  config: TrainConfig
  checkpoint: { path: string; step: number; epoch: number }
  /** What each class counts in the loss; null where all count alike. */
  classWeights: readonly number[] | null
}

export interface Task {
  signal: AbortSignal
  onProgress: (note: string) => void
}

/** Files of the data set that the project reads, and those that prepare something new. */
const dataFiles = ['inputs.bin', 'rows.bin', 'labels.bin', 'targets.bin', 'vocabulary.json', 'tokenizer.json', 'columns.json'] // prettier-ignore
const written = [
  'layers.py',
  'data.py',
  'train.py',
  'prepare.py',
  'predict.py',
  'metrics.py',
  'ray_train.py',
  'requirements.txt',
  'requirements-ray.txt',
] as const

/**
 * Writes the project into a new folder, whole or not at all.
 * @param resources folder of what every project has, `resources/pytorch`
 * @returns bytes written
 * @throws UserError `export/operator`, `safetensors/damaged`, `model/problems`
 */
export async function writePytorch(
  run: ExportedRun,
  folder: string,
  resources: string,
  task: Task,
): Promise<number> {
  const analysis = checkedAnalysis(run.document, run.dataset)
  const plan = planOf(analysis)
  const { text, names } = modelCode(plan, run.document)
  await mkdir(dirname(folder), { recursive: true })
  const staging = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`))
  try {
    task.onProgress('Writing the model')
    await writeFile(join(staging, 'model.py'), text)
    for (const name of written) await copyFile(join(resources, name), join(staging, name))
    const continuation = continuationOf(run.checkpoint.path, plan, names, run.config.frozen)
    const config = configOf(run, plan, names, analysis.parameters, continuation?.begin ?? null)
    await writeFile(join(staging, 'config.json'), `${JSON.stringify(config, null, 2)}\n`)
    await writeFile(join(staging, 'README.md'), readme(run))
    task.onProgress('Writing the weights')
    await copyArrays(run.checkpoint.path, join(staging, 'weights.safetensors'), {
      names,
      metadata: { format: 'pt' },
      signal: task.signal,
    })
    if (continuation)
      await copyArrays(continuation.path, join(staging, 'optimizer.safetensors'), {
        names: continuation.names,
        metadata: { format: 'pt' },
        signal: task.signal,
      })
    await mkdir(join(staging, 'data'))
    await writeFile(
      join(staging, 'data', 'dataset.json'),
      `${JSON.stringify(factsOf(run.dataset), null, 2)}\n`,
    )
    for (const name of dataFiles) {
      task.signal.throwIfAborted()
      task.onProgress(`Copying ${name}`)
      await cp(join(run.datasetFolder, name), join(staging, 'data', name)).catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code !== 'ENOENT') throw error
        },
      )
    }
    task.signal.throwIfAborted()
    const bytes = await bytesIn(staging)
    await rename(staging, folder)
    return bytes
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/** What `train.py` reads: settings, and for each weight its distribution, in the order of the optimizer; what it tells. */
function configOf(
  run: ExportedRun,
  plan: Plan,
  names: ReadonlyMap<string, string>,
  parameters: number,
  begin: Begin | null,
): object {
  const { id, name, document, config, dataset, checkpoint, classWeights } = run
  const output = plan.steps.find((step) => step.id === plan.output)?.parameters ?? {}
  return {
    format: 'tapedeck-pytorch',
    version: 1,
    run: { id, name, step: checkpoint.step, epoch: checkpoint.epoch },
    model: document.name,
    parameters,
    dataset: { id: dataset.id, name: dataset.name },
    settings: sharedSettings(config),
    task: dataset.task,
    train: config,
    output: { loss: output['loss'] ?? 'mse', labelSmoothing: output['labelSmoothing'] ?? 0 },
    classWeights,
    targetUnits: dataset.targets.map(({ std }) => std),
    frozen: frozenModules(run, plan, names),
    begin,
    weights: Object.fromEntries(
      [...plan.weights].flatMap(([key, { initial, buffer }]) =>
        buffer ? [] : [[names.get(key) ?? key, initial]],
      ),
    ),
  }
}

/** Names of the frozen layers in the model. */
function frozenModules({ config }: ExportedRun, plan: Plan, names: ReadonlyMap<string, string>): string[] {
  const frozen = new Set(config.frozen)
  return plan.steps
    .filter(({ nodes }) => nodes.some((node) => frozen.has(node)))
    .flatMap((step) => {
      const [first] = Object.entries(step.weights)
      if (!first) return []
      const [name, key] = first
      const place = names.get(key) ?? key
      const inside = step.layer.exported?.(step.shapes, step.parameters).names?.[name] ?? name
      return place.endsWith(`.${inside}`) ? [place.slice(0, -inside.length - 1)] : []
    })
}

/** What `data.py` reads of a data set, and what turns something new into a sample. */
function factsOf(dataset: Dataset): object {
  const { name, task, content, sampleShape, storedDtype, trainCount, validationCount, testCount } = dataset
  const { mean, std, channels, targets, vocabularySize, buckets, options } = dataset
  return {
    name, task, content, sampleShape, storedDtype, trainCount, validationCount, testCount, mean, std, channels, targets,
    vocabularySize, classes: dataset.classes.map((one) => one.name), image: options.image, buckets, text: options.text,
  } // prettier-ignore
}

async function bytesIn(folder: string): Promise<number> {
  const names = [
    ...written,
    'model.py',
    'config.json',
    'README.md',
    'weights.safetensors',
    'optimizer.safetensors',
  ]
  const paths = [
    ...names.map((name) => join(folder, name)),
    ...dataFiles.map((name) => join(folder, 'data', name)),
  ]
  const sizes = await Promise.all(paths.map((path) => stat(path).then(({ size }) => size, () => 0))) // prettier-ignore
  return sizes.reduce((sum, size) => sum + size, 0)
}
