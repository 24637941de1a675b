/** Checkpoints: the weights as safetensors and, beside it, JSON that says what they belong to. */
import { mkdirSync } from 'node:fs'
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
  const sidecar = {
    format: 'tapedeck-checkpoint',
    version: 1,
    runId: job.runId,
    step: position.step,
    epochsDone: position.epochsDone,
    config: job.config,
    dataset: { id: job.dataset.id, name: job.dataset.name, classes: job.dataset.classes.map((c) => c.name) },
    normalisation: { mean: job.dataset.mean, std: job.dataset.std },
    document: job.document,
    engine: engineInfo(),
  }
  writeSafetensors(path, arrays, { format: 'tapedeck-checkpoint', step: String(position.step) })
  writeWhole(join(job.checkpointFolder, 'last.json'), [Buffer.from(JSON.stringify(sidecar, null, 2))])
  return path
}
