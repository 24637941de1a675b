/** Reads an archive as pieces. Whatever is wrong with it is a refusal; only checkpoints touch the disk, in `staging`. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readDocument } from '../../common/document.ts'
import { UserError } from '../../common/errors.ts'
import { figureIndex, figures, type Figure } from '../../common/health/figures.ts'
import type { KeptPredictions } from '../../common/predictions/predictions.ts'
import type { PackedPredictions, ProbeRow } from '../../store/index.ts'
import { bytesOf, filesOf } from '../../training/checkpointFiles.ts'
import type { ForeignRun, Piece, ReadTask } from '../piece.ts'
import { damaged, reasonOf } from '../refuse.ts'
import {
  archiveFormat,
  archivedRunSchema,
  archiveVersion,
  checkpointFolder,
  manifestName,
  manifestSchema,
  pointsFile,
  pointsLineSchema,
  probeLineSchema,
  predictionsFile,
  probesFile,
  runFile,
  type ArchivedRun,
  type Manifest,
} from './layout.ts'
import { linesOf } from '../lines.ts'
import { hostile, ZipArchive, type Expected } from './zip.ts'

const mostManifest = 256 << 20
const mostRun = 64 << 20
const mostPredictions = 1 << 30
const longestLine = 16 << 20

const allowed =
  /^(manifest\.json|datasets\/[0-9a-f]{1,64}\.json|runs\/\d{1,15}\/(run\.json|points\.jsonl|probes\.jsonl|predictions-(best|last)|checkpoints\/(best|last|step|change|halted)-\d{1,15}(\.state\.safetensors|\.safetensors|\.json)))$/

export class Archive {
  readonly manifest: Manifest
  readonly #zip: ZipArchive
  readonly #files: ReadonlyMap<string, Expected>

  private constructor(zip: ZipArchive, manifest: Manifest) {
    this.#zip = zip
    this.manifest = manifest
    this.#files = new Map(manifest.files.map(({ path, ...expected }) => [path, expected]))
  }

  /** @throws UserError `exchange/damaged`, `exchange/hostile`, `exchange/version`, `exchange/file` */
  static async open(path: string): Promise<Archive> {
    const zip = await ZipArchive.open(path, (name) => allowed.test(name))
    try {
      const manifest = readManifest(path, await zip.whole(manifestName, mostManifest))
      const archive = new Archive(zip, manifest)
      archive.#checkNames()
      return archive
    } catch (error) {
      zip.close()
      throw error
    }
  }

  get bytes(): number {
    return this.manifest.files.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Everything but the files of checkpoints. */
  async run(id: number): Promise<ArchivedRun> {
    const name = runFile(id)
    const json = parsed(
      archivedRunSchema.extend({ document: z.unknown() }),
      (await this.#whole(name, mostRun)).toString('utf8'),
      name,
    )
    if (json.id !== id) throw damaged(`“${name}” says that it is run ${json.id}`)
    for (const names of [json.metrics, json.checkpoints])
      if (new Set(names.map((one) => one.name)).size !== names.length)
        throw damaged(`“${name}” names a metric or a checkpoint twice`)
    // A document may be of an older form: reading brings it up to date.
    return { ...json, document: json.document === null ? null : readDocument(json.document) }
  }

  async *points(id: number, run: ArchivedRun): AsyncGenerator<Piece & { kind: 'points' }> {
    const name = pointsFile(id)
    const left = new Map(run.metrics.map((metric) => [metric.name, metric.count]))
    const last = new Map<string, number>()
    for await (const line of linesOf(this.#zip.read(name, this.#expected(name)), name, longestLine)) {
      const { metric, ...points } = parsed(pointsLineSchema, line, name)
      const { steps, values, epochs, seconds } = points
      const remaining = (left.get(metric) ?? 0) - steps.length
      if (remaining < 0 || [values, epochs, seconds].some(({ length }) => length !== steps.length))
        throw damaged(`“${name}” has other points of “${metric}” than its run says`)
      let before = last.get(metric) ?? -1
      for (const step of steps) {
        if (step <= before) throw damaged(`Steps of “${metric}” in “${name}” are out of order at ${step}`)
        before = step
      }
      last.set(metric, before)
      left.set(metric, remaining)
      yield {
        kind: 'points',
        metric,
        points: {
          steps: Float64Array.from(steps),
          values: Float64Array.from(values),
          epochs: Float64Array.from(epochs),
          seconds: Float64Array.from(seconds),
        },
      }
    }
    const missing = [...left].find(([, count]) => count > 0)
    if (missing) throw damaged(`“${name}” lacks ${missing[1]} points of “${missing[0]}”`)
  }

  async predictions(id: number, kept: KeptPredictions): Promise<PackedPredictions> {
    const name = predictionsFile(id, kept)
    const bytes = await this.#whole(name, mostPredictions)
    const end = bytes.indexOf(10)
    const head = parsed(z.unknown(), bytes.toString('utf8', 0, Math.max(0, end)), name)
    return { kept, head, columns: bytes.subarray(end + 1) }
  }

  async *probes(id: number, run: ArchivedRun): AsyncGenerator<ProbeRow> {
    const name = probesFile(id)
    const arrange = arrangement(run.figures)
    const width = run.layers.length * run.figures.length
    let before = -1
    for await (const line of linesOf(this.#zip.read(name, this.#expected(name)), name, longestLine)) {
      const { figures: packed, histograms, ...row } = parsed(probeLineSchema, line, name)
      const bytes = Buffer.from(packed, 'base64')
      if (bytes.length !== 4 * width || row.step <= before)
        throw damaged(`“${name}” has a probe at step ${row.step} that does not fit its layers`)
      before = row.step
      const own = histograms.map(({ nodeId, part, ...histogram }) => ({ nodeId, part, histogram }))
      yield { ...row, figures: arrange(bytes, run.layers.length), histograms: own }
    }
  }

  /** Writes the files of a checkpoint into a folder. @returns the path of its weights */
  async checkpoint(id: number, name: string, folder: string, signal: AbortSignal): Promise<string> {
    const target = join(folder, `${name}.safetensors`)
    const source = `${checkpointFolder(id)}/${name}.safetensors`
    const targets = filesOf(target)
    for (const [i, file] of filesOf(source).entries())
      await this.#zip.extract(file, this.#expected(file), targets[i]!, signal)
    return target
  }

  close(): void {
    this.#zip.close()
  }

  /** Bytes that are as the list says. */
  async #whole(name: string, most: number): Promise<Buffer> {
    const expected = this.#expected(name)
    if (expected.bytes > most) throw hostile(this.#zip.path, `“${name}” has ${expected.bytes} bytes`)
    const parts: Buffer[] = []
    for await (const part of this.#zip.read(name, expected)) parts.push(part)
    return Buffer.concat(parts)
  }

  #expected(name: string): Expected {
    const expected = this.#files.get(name)
    if (expected) return expected
    throw damaged(`The list of ${this.#zip.path} does not name “${name}”`)
  }

  /** What the list names is there, and nothing else. */
  #checkNames(): void {
    const { path, names } = this.#zip
    if (this.#files.size !== this.manifest.files.length) throw hostile(path, 'its list names a file twice')
    const there = new Set(names.filter((name) => name !== manifestName))
    for (const name of this.#files.keys())
      if (!there.has(name)) throw damaged(`“${name.slice(0, 80)}” is missing in ${path}`)
    const more = [...there].find((name) => !this.#files.has(name))
    if (more !== undefined) throw hostile(path, `it holds “${more}”, which its list does not name`)
    const ids = new Set(this.manifest.runs.map(({ id }) => id))
    if (ids.size !== this.manifest.runs.length) throw hostile(path, 'its list names a run twice')
  }
}

/** @param staging an empty folder for the files of checkpoints */
export async function* readArchive(
  path: string,
  staging: string,
  { signal, onProgress }: ReadTask,
): AsyncGenerator<Piece> {
  const archive = await Archive.open(path)
  try {
    let done = 0
    const pass = (name: string, note: string): void => {
      done += archive.manifest.files.find((file) => file.path === name)?.bytes ?? 0
      onProgress(done, archive.bytes, note)
    }
    for (const { id, name } of archive.manifest.runs) {
      signal.throwIfAborted()
      onProgress(done, archive.bytes, name)
      const run = await archive.run(id)
      yield { kind: 'run', run: foreign(run, path, archive.manifest) }
      for await (const piece of archive.points(id, run)) {
        signal.throwIfAborted()
        yield piece
      }
      pass(pointsFile(id), name)
      if (run.layers.length > 0) {
        yield { kind: 'layers', layers: run.layers }
        for await (const probe of archive.probes(id, run)) {
          signal.throwIfAborted()
          yield { kind: 'probes', probes: [probe] }
        }
        pass(probesFile(id), name)
      }
      for (const kept of run.predictions) {
        yield { kind: 'predictions', predictions: await archive.predictions(id, kept) }
        pass(predictionsFile(id, kept), name)
      }
      const folder = join(staging, String(id))
      if (run.checkpoints.length > 0) await mkdir(folder)
      for (const { name: file, ...checkpoint } of run.checkpoints) {
        const weights = await archive.checkpoint(id, file, folder, signal)
        if (bytesOf(weights) !== checkpoint.bytes)
          throw damaged(
            `The files of checkpoint ${file} in ${path} do not have the ${checkpoint.bytes} bytes they should`,
          )
        pass(`${checkpointFolder(id)}/${file}.safetensors`, `${name}, checkpoints`)
        yield { kind: 'checkpoint', checkpoint: { ...checkpoint, path: weights } }
      }
    }
  } finally {
    archive.close()
  }
}

function foreign(run: ArchivedRun, path: string, manifest: Manifest): ForeignRun {
  const { id, parent, metrics: _, layers: _l, figures: _f, predictions: _p, checkpoints: _c, ...rest } = run
  const inside = manifest.runs.some((other) => other.id === parent?.runId)
  return {
    ...rest,
    key: String(id),
    // What was under way when it was exported will not go on here by itself.
    status: run.status === 'running' || run.status === 'paused' ? 'interrupted' : run.status,
    parent: parent && inside ? { key: String(parent.runId), step: parent.step } : null,
    from: null,
    origin: { kind: 'archive', path, name: run.origin?.name ?? '', settings: run.origin?.settings ?? {} },
  }
}

/** Figures by name, so that an archive of a version with others is read too. */
function arrangement(theirs: readonly string[]): (bytes: Buffer, layers: number) => Float32Array {
  const places = theirs.map((name) => figureIndex.get(name as Figure))
  return (bytes, layers) => {
    const ours = new Float32Array(layers * figures.length).fill(NaN)
    for (let layer = 0; layer < layers; layer++)
      for (const [i, place] of places.entries())
        if (place !== undefined)
          ours[layer * figures.length + place] = bytes.readFloatLE(4 * (layer * theirs.length + i))
    return ours
  }
}

function readManifest(path: string, bytes: Buffer): Manifest {
  const json = parsed(
    z.looseObject({ format: z.unknown(), version: z.unknown() }),
    bytes.toString('utf8'),
    manifestName,
  )
  if (json.format !== archiveFormat) throw hostile(path, 'it is another kind of zip archive')
  if (typeof json.version === 'number' && json.version > archiveVersion)
    throw new UserError({
      code: 'exchange/version',
      what: `${path} was written by a newer Tapedeck (form ${json.version}; this one reads up to ${archiveVersion}).`,
      mend: 'Update Tapedeck, and import it then.',
    })
  return parsed(manifestSchema, bytes.toString('utf8'), manifestName)
}

/** @throws UserError `exchange/damaged` naming what does not fit */
function parsed<T>(schema: z.ZodType<T>, text: string, name: string): T {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw damaged(`“${name}” is not JSON: ${reasonOf(error)}`)
  }
  const result = schema.safeParse(json)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw damaged(`“${name}” does not fit at ${issue?.path.join('.') || 'its top'}: ${issue?.message}`)
}
