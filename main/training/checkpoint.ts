/**
 * A checkpoint on disk, three files of one name: `.safetensors` with the weights, `.state.safetensors` with what else a
 * run needs to go on bit for bit, and `.json` that says what they belong to. The JSON is written last: where it is, the
 * others are whole.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../common/errors.ts'
import { engineInfo } from '../engine/index.ts'
import { readSafetensors, writeSafetensors, writeWhole, type NamedArray } from '../export/safetensors.ts'
import { bytesOf, sidecarFile, stateFile } from './checkpointFiles.ts'
import type { TrainJob } from './protocol.ts'

export interface CheckpointContent {
  /** Of the files, without an ending. */
  name: string
  step: number
  weights: NamedArray[]
  state: NamedArray[]
  /** What the JSON says beside what the job knows. */
  facts: object
}

/** Writes the files. @returns the path of the weights, and the bytes of all three. @throws UserError `training/checkpoint` */
export function writeCheckpoint(job: TrainJob, content: CheckpointContent): { path: string; bytes: number } {
  const path = join(job.checkpointFolder, `${content.name}.safetensors`)
  const metadata = { format: 'tapedeck-checkpoint', step: String(content.step) }
  const { id, name, task, classes } = job.dataset
  const sidecar = {
    format: 'tapedeck-checkpoint',
    version: 3,
    runId: job.runId,
    step: content.step,
    ...content.facts,
    dataset: { id, name, task, classes: classes.map((one) => one.name) },
    preparation: preparationOf(job),
    document: job.document,
    engine: engineInfo(),
  }
  try {
    mkdirSync(job.checkpointFolder, { recursive: true })
    writeSafetensors(stateFile(path), content.state, metadata)
    writeSafetensors(path, content.weights, metadata)
    writeWhole(sidecarFile(path), [Buffer.from(JSON.stringify(sidecar, null, 2))])
  } catch (cause) {
    throw notWritten(job.checkpointFolder, cause)
  }
  return { path, bytes: bytesOf(path) ?? 0 }
}

/** Reads a checkpoint back. @throws UserError `safetensors/damaged`, `checkpoint/unreadable` */
export function readCheckpoint(path: string): {
  weights: NamedArray[]
  state: NamedArray[]
  sidecar: unknown
} {
  try {
    return {
      weights: readSafetensors(path).arrays,
      state: readSafetensors(stateFile(path)).arrays,
      sidecar: JSON.parse(readFileSync(sidecarFile(path), 'utf8')),
    }
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError({
      code: 'checkpoint/unreadable',
      what: `The checkpoint ${path} cannot be read (${error instanceof Error ? error.message : String(error)}).`,
      mend: 'Go on from another checkpoint of the run.',
    })
  }
}

function notWritten(folder: string, cause: unknown): UserError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new UserError({
    code: 'training/checkpoint',
    what: `The checkpoint could not be written to ${folder} (${reason}).`,
    mend: 'Free some disk space or mend the permissions of the workspace; the metrics and older checkpoints are kept.',
  })
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
