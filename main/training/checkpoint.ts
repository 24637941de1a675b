/** Checkpoints: the weights as safetensors and, beside it, JSON that says what they belong to. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeSafetensors, writeWhole } from '../export/safetensors.ts'
import { engineInfo } from '../engine/index.ts'
import type { Model } from './model.ts'
import type { Position, TrainJob } from './protocol.ts'

/** Writes `last.safetensors` and `last.json`; returns the path of the former. Both are replaced atomically. */
export function writeCheckpoint(job: TrainJob, model: Model, position: Position): string {
  mkdirSync(job.checkpointFolder, { recursive: true })
  const path = join(job.checkpointFolder, 'last.safetensors')
  const arrays = [...model.tensors].map(([name, weight]) => {
    const values = weight.detach().toTypedArray()
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    return { name, dtype: 'float32' as const, shape: weight.shape, bytes }
  })
  const { id, name, task, classes } = job.dataset
  const sidecar = {
    format: 'tapedeck-checkpoint',
    version: 2,
    runId: job.runId,
    step: position.step,
    epochsDone: position.epochsDone,
    config: job.config,
    dataset: { id, name, task, classes: classes.map((one) => one.name) },
    preparation: preparationOf(job),
    document: job.document,
    engine: engineInfo(),
  }
  writeSafetensors(path, arrays, { format: 'tapedeck-checkpoint', step: String(position.step) })
  writeWhole(join(job.checkpointFolder, 'last.json'), [Buffer.from(JSON.stringify(sidecar, null, 2))])
  return path
}

/** Everything that turns something new into an input of the model, and its output into an answer. */
function preparationOf({ dataset, datasetFolder }: TrainJob): object {
  const table = (name: string): unknown => {
    const path = join(datasetFolder, name)
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
  }
  const { sampleShape, mean, std, channels, targets, buckets, options } = dataset
  return {
    sampleShape,
    mean,
    std,
    channels,
    targets,
    image: options.image,
    buckets,
    text: options.text,
    vocabulary: table('vocabulary.json'),
    tokenizer: table('tokenizer.json'),
    columns: table('columns.json'),
  }
}
