/** Writes runs as one archive, read from a snapshot of the workspace. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { Readable, type PassThrough } from 'node:stream'
import yazl from 'yazl'
import { UserError } from '../../common/errors.ts'
import type { KeptCheckpoints } from '../../common/exchange/exchange.ts'
import { figures } from '../../common/health/figures.ts'
import type { RunDetail } from '../../common/schemas.ts'
import type { Checkpoint } from '../../common/training.ts'
import type { PackedPredictions, ProbeRow, Store } from '../../store/index.ts'
import { filesOf } from '../../training/checkpointFiles.ts'
import { writeWholeFile } from '../wholeFile.ts'
import {
  archivedRunSchema,
  archiveFormat,
  archiveVersion,
  checkpointFolder,
  datasetFile,
  manifestName,
  pointsFile,
  predictionsFile,
  probesFile,
  runFile,
  type ArchivedRun,
  type Manifest,
} from './layout.ts'

export interface ArchiveRequest {
  runIds: readonly number[]
  path: string
  checkpoints: KeptCheckpoints
  replace: boolean
  /** Of Tapedeck. */
  version: string
}

interface WriteTask {
  signal: AbortSignal
  /** Points and bytes of checkpoints, as one measure of work. */
  onProgress: (done: number, total: number, note: string) => void
}

/** @throws UserError `runs/unknown`, `exchange/exists`, `exchange/file`, `exchange/checkpoint-gone` */
export async function writeArchive(
  store: Store,
  { runIds, path, checkpoints: kept, replace, version }: ArchiveRequest,
  { signal, onProgress }: WriteTask,
): Promise<{ bytes: number; points: number; checkpoints: number }> {
  const runs = [...new Set(runIds)].map((id) => store.runs.get(id))
  const chosen = new Map(runs.map((run) => [run.id, keptOf(run.checkpoints, kept)]))
  const counts = runs.map((run) => store.transfer.metrics(run.id))
  const points = counts.flat().reduce((sum, { count }) => sum + count, 0)
  const checkpoints = [...chosen.values()].flat()
  const total = points * bytesOfPoint + checkpoints.reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  const pass = (bytes: number, note: string): void => onProgress((done += bytes), total, note)

  const zip = new yazl.ZipFile()
  const output = zip.outputStream as PassThrough
  let reading: Readable | null = null
  const listed: Manifest['files'] = []
  /** Adds one file, and waits until it is in. */
  const add = async (name: string, content: AsyncIterable<Buffer>, compress = true): Promise<void> => {
    const hash = createHash('sha256')
    let bytes = 0
    async function* counted(): AsyncGenerator<Buffer> {
      for await (const part of content) {
        hash.update(part)
        bytes += part.length
        yield part
      }
    }
    reading = Readable.from(counted(), { objectMode: false })
    const ended = once(reading, 'close')
    zip.addReadStream(reading, name, { compress })
    await ended
    // Nobody takes it any more.
    if (output.destroyed) throw new Error('[writeArchive] ended early')
    listed.push({ path: name, bytes, sha256: hash.digest('hex') })
  }

  async function fill(): Promise<void> {
    for (const run of runs) {
      await add(runFile(run.id), single(json(archived(store, run, chosen.get(run.id) ?? [], runs))))
      await add(
        pointsFile(run.id),
        pointLines(store, run.id, (count) => pass(count * bytesOfPoint, run.name)),
      )
      if (store.health.layers(run.id).length > 0) await add(probesFile(run.id), probeLines(store, run.id))
      for (const predictions of store.predictions.packed(run.id))
        await add(predictionsFile(run.id, predictions.kept), single(packedPredictions(predictions)))
      for (const { path: weights } of chosen.get(run.id) ?? []) {
        const name = `${checkpointFolder(run.id)}/${baseName(weights)}.safetensors`
        const names = filesOf(name)
        for (const [i, file] of filesOf(weights).entries())
          // Weights do not pack, and packing them takes most of the time.
          await add(
            names[i]!,
            fileParts(file, (bytes) => pass(bytes, run.name)),
            file.endsWith('.json'),
          )
      }
    }
    for (const dataset of store.datasets.list())
      if (runs.some((run) => run.datasetId === dataset.id))
        await add(datasetFile(dataset.id), single(json(dataset)))
    const manifest: Manifest = {
      format: archiveFormat,
      version: archiveVersion,
      tapedeck: version,
      createdAt: Date.now(),
      runs: runs.map(({ id, name }) => ({ id, name })),
      files: listed,
    }
    zip.addBuffer(Buffer.from(JSON.stringify(manifest, null, 1)), manifestName)
    zip.end()
  }
  const fail = (error: Error): void => void output.destroy(error)
  zip.on('error', fail)
  // Whichever fails ends the other.
  const filled = fill().catch(fail)
  const bytes = await writeWholeFile(path, output, { replace, signal }).finally(async () => {
    output.destroy()
    reading?.destroy()
    await filled
  })
  return { bytes, points, checkpoints: checkpoints.length }
}

/** About what a point takes in points.jsonl; only progress is measured by it. */
const bytesOfPoint = 40

function keptOf(checkpoints: readonly Checkpoint[], kept: KeptCheckpoints): Checkpoint[] {
  if (kept === 'none') return []
  if (kept === 'all') return [...checkpoints]
  const newest = checkpoints.findLast(({ kind }) => kind !== 'best')
  return checkpoints.filter(({ kind, id }) => kind === 'best' || id === newest?.id)
}

function archived(
  store: Store,
  run: RunDetail,
  checkpoints: readonly Checkpoint[],
  runs: readonly RunDetail[],
): ArchivedRun {
  const { id, parent } = run
  const layers = store.health.layers(id)
  // The schema takes what belongs into an archive, and nothing else.
  return archivedRunSchema.parse({
    ...run,
    parent: runs.some((other) => other.id === parent?.runId) ? parent : null,
    metrics: store.transfer.metrics(id).map(({ metric, count }) => ({ name: metric, count })),
    layers,
    predictions: [...store.predictions.packed(id)].map(({ kept }) => kept),
    figures: layers.length > 0 ? [...figures] : [],
    checkpoints: checkpoints.map(({ id: checkpoint, runId: _, path, ...rest }) => ({
      ...rest,
      name: baseName(path),
      config: store.checkpoints.config(checkpoint),
    })),
  })
}

async function* pointLines(
  store: Store,
  runId: number,
  onPoints: (count: number) => void,
): AsyncGenerator<Buffer> {
  for (const { id, metric } of store.transfer.metrics(runId))
    for (const { steps, values, epochs, seconds } of store.transfer.points(runId, id)) {
      const line = {
        metric,
        steps: [...steps],
        values: [...values],
        epochs: [...epochs],
        seconds: [...seconds],
      }
      yield json(line, '\n')
      onPoints(steps.length)
      await turn()
    }
}

async function* probeLines(store: Store, runId: number): AsyncGenerator<Buffer> {
  for (const probe of store.transfer.probes(runId)) {
    yield json(probeLine(probe), '\n')
    await turn()
  }
}

function probeLine({ step, epoch, seconds, figures: values, histograms }: ProbeRow): object {
  return {
    step,
    epoch,
    seconds,
    figures: Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64'),
    histograms: histograms.map(({ nodeId, part, histogram }) => ({ nodeId, part, ...histogram })),
  }
}

/** A line of JSON that says what the bytes after it are. */
const packedPredictions = ({ head, columns }: PackedPredictions): Buffer =>
  Buffer.concat([json(head, '\n'), columns])

async function* fileParts(path: string, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  try {
    for await (const part of createReadStream(path, { highWaterMark: 1 << 18 })) {
      yield part as Buffer
      onBytes((part as Buffer).length)
    }
  } catch (cause) {
    throw new UserError(
      {
        code: 'exchange/checkpoint-gone',
        what: `The checkpoint ${path} cannot be read (${cause instanceof Error ? cause.message : String(cause)}).`,
        mend: 'A run that trains replaces its checkpoints: pause it, or export without checkpoints.',
      },
      { cause },
    )
  }
}

async function* single(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

const json = (value: unknown, end = ''): Buffer => Buffer.from(`${JSON.stringify(value)}${end}`)
const baseName = (path: string): string => path.replace(/^.*[/\\]/, '').replace(/\.safetensors$/, '')
/** An abort is heard between two pieces. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
