/** From a source on disk to a data set in the workspace. */
import { createHash } from 'node:crypto'
import { rename, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { defaultSplit } from '../common/data/options.ts'
import type { DataKind, ImportOptions } from '../common/data/options.ts'
import type { Dataset, Split } from '../common/data/dataset.ts'
import type { Progress } from '../common/schemas.ts'
import { clearlyTooMany, refuseTooMany } from './limit.ts'
import { makeTemporary, putInPlace, removeTemporary } from './cache/folders.ts'
import { cacheFiles, cacheFolder, cacheFormat, readCached } from './cache/layout.ts'
import { checkUp } from './check/checkup.ts'
import { Evidence } from './check/evidence.ts'
import { CacheWriter } from './cache/writer.ts'
import type { Totals } from './cache/writer.ts'
import { Fingerprint } from './digest.ts'
import { absolutePath } from './files.ts'
import { createPace } from './pace.ts'
import type { Pace } from './pace.ts'
import type { Problems } from './problems.ts'
import { count, figure, refuse, refuseFileError, someOf } from './refuse.ts'
import { cifar } from './sources/cifar.ts'
import { idx } from './sources/idx.ts'
import { imageFolder } from './sources/imageFolder.ts'
import { imageList } from './sources/imageList.ts'
import { npy } from './sources/npy.ts'
import { runningText } from './sources/runningText.ts'
import type { Encoder, Scan, Source } from './sources/source.ts'
import { table } from './sources/table.ts'
import { textClasses } from './sources/textClasses.ts'
import { sourceState } from './sourceState.ts'
import type { SourceState } from './sourceState.ts'
import { checkSides, orderRows } from './split.ts'
import type { Order, Shares } from './split.ts'

export const sources: Record<DataKind, Source> = {
  idx,
  cifar,
  'image-list': imageList,
  'image-folder': imageFolder,
  npy,
  table,
  'text-classes': textClasses,
  'running-text': runningText,
}

export interface ImportContext {
  /** `datasets` in the workspace; made when it is not there. */
  datasetsFolder: string
  signal?: AbortSignal | null
  /** At most every 100 ms, and at the end of each stage. A total of 0 means that it is not known yet. */
  onProgress?: ((progress: Progress) => void) | null
}

/** What is to be read, and the empty folder that it is written into. Plain data: it may cross to another thread. */
export interface ImportJob {
  /** Absolute. */
  root: string
  options: ImportOptions
  datasetsFolder: string
  temporary: string
}

/** A data set in its temporary folder, or the standing one with the same content, to be brought up to date. */
export interface Made {
  record: Dataset
  standing: boolean
  source: SourceState | undefined
}

export type Maker = (job: ImportJob, context: Omit<ImportContext, 'datasetsFolder'>) => Promise<Made>

/**
 * Imports a source. The same content with the same options gives the same data set: when it is there
 * already, only its name and path are brought up to date.
 * @param make does the work; importThread.ts has one that does it in another thread
 * @throws UserError `data/...`; the signal's reason when aborted, with nothing left behind
 */
export async function importDataset(
  path: string,
  options: ImportOptions,
  { datasetsFolder, ...context }: ImportContext,
  make: Maker = makeDataset,
): Promise<Dataset> {
  const root = absolutePath(path)
  // Threads share the process, so one of them knows which folders are in use: the caller's.
  const temporary = await makeTemporary(datasetsFolder)
  try {
    const { record, standing, source } = await make({ root, options, datasetsFolder, temporary }, context)
    if (standing)
      return await bringUpToDate(record, { path: root, name: options.name, source }, datasetsFolder)
    context.signal?.throwIfAborted()
    return await putInPlace(temporary, datasetsFolder, record)
  } finally {
    await removeTemporary(temporary)
  }
}

/** Reads, splits, encodes, checks and writes, all into the temporary folder. @throws as `importDataset` */
export async function makeDataset(
  { root, options, datasetsFolder, temporary }: ImportJob,
  { signal, onProgress }: Omit<ImportContext, 'datasetsFolder'>,
): Promise<Made> {
  const pace = createPace(signal, onProgress)
  // Before anything is read: what changes meanwhile is then seen as changed.
  const source = (await sourceState(root, pace)) ?? undefined
  const scan = await sources[options.kind].scan(root, options, pace)
  checkSetAside(scan.problems, samplesOf(scan), options.mostSetAside)
  if (scan.task === 'classify') checkClasses(scan.classNames, root)
  const shares = sharesOf(scan, options)
  const id = await idOf(scan, shares, pace)
  const known = await readCached(datasetsFolder, id)
  if (known) return { record: known, standing: true, source }
  const order = await orderRows(scan.rows, shares, pace)
  const encoder = await scan.encoder(order, pace)
  await checkSpace(temporary, encoder, scan.rows.length)
  const { totals, evidence } = await write(temporary, { scan, order, encoder, shares, options }, pace)
  const record = recordOf({ id, root, options, source, scan, order, encoder, totals })
  const { constantColumns = [] } = encoder
  const { problems } = scan
  const found = { evidence, dataset: record, folder: temporary, constantColumns, problems }
  record.checks = await checkUp(found, pace)
  await writeRecord(temporary, record)
  return { record, standing: false, source }
}

function checkClasses(names: readonly string[], root: string): void {
  if (names.length > 1) return
  refuse(
    'one-class',
    `${root} has only one class: ${names[0] ?? 'none'}.`,
    'Telling classes apart needs at least two; choose the folder or file that holds them all.',
  )
}

/** Running text is always cut where its source says: its blocks overlap, and only the ends of texts are held out. */
const sharesOf = (scan: Scan, { validationShare, split }: ImportOptions): Shares => ({
  validationShare,
  split: scan.task === 'next-token' ? { ...defaultSplit, testShare: split.testShare } : split,
})

/** Whether every row's side is the source's own. */
const isGiven = (scan: Scan, { split }: Shares): boolean =>
  split.given && scan.rows.every((row) => row.split !== null)

/** Sixteen hexadecimal digits over the content and every option that changes what is stored. */
async function idOf(scan: Scan, shares: Shares, pace: Pace): Promise<string> {
  const parts = [
    cacheFormat,
    scan.fingerprint,
    isGiven(scan, shares) ? null : await splitKey(scan, shares, pace),
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}

/** What of the options and the rows says who is held out; a plain share, as ever, where it is by item alone. */
async function splitKey(scan: Scan, { validationShare, split }: Shares, pace: Pace): Promise<unknown> {
  const { given, by, testShare } = split
  const shares = testShare === 0 ? validationShare : [validationShare, testShare]
  const ignored = !given && scan.rows.some((row) => row.split !== null)
  if (by === 'item') return ignored ? { shares, ignored } : shares
  if (by === 'stratified') return { shares, by, ignored }
  const groups = new Fingerprint()
  for (const { group } of scan.rows) {
    await pace.rest()
    groups.add(group == null ? '-' : `=${group}`)
  }
  return { shares, by, ignored, groups: groups.hex() }
}

async function checkSpace(folder: string, encoder: Encoder, rows: number): Promise<void> {
  const { bytes: needed, sampleShape } = encoder
  const disk = await statfs(folder).catch(() => null) // not every file system can tell
  const free = disk ? disk.bavail * disk.bsize : Infinity
  if (needed > free)
    refuse(
      'disk-full',
      `The data set needs ${figure(Math.ceil(needed / 1e6))} MB, ${figure(Math.floor(free / 1e6))} MB are free (${count(rows, 'sample')} of ${sampleShape.join(' x ')}).`,
      'Free some space, or choose smaller images or a smaller vocabulary.',
    )
}

interface Prepared {
  scan: Scan
  order: Order
  encoder: Encoder
  shares: Shares
  options: ImportOptions
}

async function write(
  folder: string,
  { scan, order, encoder, shares, options }: Prepared,
  pace: Pace,
): Promise<{ totals: Totals; evidence: Evidence }> {
  const rows = [...order.train, ...order.validation, ...order.test]
  const { sampleShape, storedDtype, note, vocabulary, columns, tokenizer } = encoder
  const { task } = scan
  const classCount = scan.classNames.length
  const digests = scan.rows.every(({ digest }) => digest !== undefined)
  const writer = await CacheWriter.create(folder, {
    sampleShape: [...sampleShape],
    storedDtype,
    task,
    classCount,
    digests,
  })
  const evidence = new Evidence(rows.length, {
    digests,
    texts: options.text !== null && task === 'classify',
    images: sampleShape.length === 3 && storedDtype === 'uint8',
  })
  try {
    let done = 0
    const samples = samplesOf(scan)
    const before = scan.problems.samples
    for await (const encoded of encoder.encode(rows, pace)) {
      await pace.rest()
      const split = sideAt(order, done)
      done += 1
      pace.report(done, rows.length, note)
      if (encoded.problem !== null) {
        scan.problems.add(encoded.item, encoded.problem)
        const sofar = { aside: scan.problems.samples - before, of: done }
        if (clearlyTooMany(sofar, rows.length, options.mostSetAside))
          refuseTooMany(sofar, options.mostSetAside, scan.problems)
        continue
      }
      const { input, extents = [], overlap = 0, targets = null, item } = encoded
      const { classIndex, digest = null } = scan.rows[encoded.row]!
      await writer.add({ split, classIndex, input, extents, overlap, targets, item, digest })
      evidence.add({ split, classIndex, digest })
      evidence.addText(item)
      evidence.addImage(input, shapeOf(sampleShape, extents))
    }
    const totals = await writer.finish({ vocabulary, columns, tokenizer })
    checkWritten(totals, scan, shares)
    checkSetAside(scan.problems, samples, options.mostSetAside)
    return { totals, evidence }
  } finally {
    await writer.abandon()
  }
}

/** Samples that the source has, asked when it is scanned: those set aside already are not among the rows. */
const samplesOf = ({ rows, problems }: Scan): number => rows.length + problems.samples

/** @throws UserError `data/set-aside` */
function checkSetAside(problems: Problems, samples: number, most: number): void {
  const { samples: aside } = problems
  if (aside > most * samples) refuseTooMany({ aside, of: samples }, most, problems)
}

const sideAt = ({ train, validation }: Order, place: number): Split =>
  place < train.length ? 'train' : place < train.length + validation.length ? 'validation' : 'test'

/** The sample's own shape: no symbol is left in it. */
function shapeOf(sampleShape: readonly (number | string)[], extents: readonly number[]): number[] {
  let symbol = 0
  return sampleShape.map((size) => (typeof size === 'number' ? size : extents[symbol++]!))
}

/** What cannot be decoded may leave too little to learn from. */
function checkWritten(totals: Totals, scan: Scan, shares: Shares): void {
  if (totals.trainCount + totals.validationCount === 0)
    refuse(
      'nothing-readable',
      `None of the ${count(scan.rows.length, 'sample')} can be read; the first: ${scan.problems.listed.at(-1)?.reason ?? ''}.`,
      'Mend the files, or choose others.',
    )
  checkSides(totals.trainCount, totals.validationCount, shares.validationShare, isGiven(scan, shares))
  if (scan.task !== 'classify') return
  const learnt = scan.classNames.filter((_, index) => totals.classes[index]!.train > 0)
  if (learnt.length < 2)
    refuse(
      'one-class',
      `Only one class has a readable training sample: ${someOf(learnt)}.`,
      'Add samples to the other classes, or mend the unreadable ones.',
    )
}

interface Finished {
  id: string
  root: string
  options: ImportOptions
  source: SourceState | undefined
  scan: Scan
  order: Order
  encoder: Encoder
  totals: Totals
}

function recordOf({ id, root, options, source, scan, order, encoder, totals }: Finished): Dataset {
  const sizes = [...encoder.sizes]
    .map(([key, times]) => {
      const [width = 0, height = 0] = key.split('x').map(Number)
      return { width, height, count: times }
    })
    .sort((a, b) => b.count - a.count || a.width - b.width || a.height - b.height)
  const tokens = encoder.storedDtype === 'int32'
  return {
    id,
    name: options.name,
    path: root,
    options,
    sampleShape: [...encoder.sampleShape],
    content: tokens ? 'tokens' : 'values',
    task: scan.task,
    vocabularySize: tokens ? (encoder.vocabulary?.length ?? null) : null,
    symbols: totals.symbols,
    targets: encoder.targets ?? [],
    storedDtype: encoder.storedDtype,
    classes: scan.classNames.map((name, index) => ({ name, ...totals.classes[index]! })),
    trainCount: totals.trainCount,
    validationCount: totals.validationCount,
    testCount: totals.testCount,
    mean: totals.mean,
    std: totals.std,
    channels: totals.channels,
    buckets: encoder.buckets ?? [],
    sizes: sizes.slice(0, 20),
    problems: scan.problems.listed,
    problemCount: scan.problems.total,
    notes: [...order.notes, ...encoder.notes()],
    checks: [],
    bytes: totals.bytes,
    importedAt: Date.now(),
    ...(encoder.codes && { codes: [...encoder.codes] }),
    ...(source && { source }),
  }
}

async function writeRecord(folder: string, record: Dataset): Promise<void> {
  const path = join(folder, cacheFiles.record)
  const unfinished = `${path}.unfinished`
  try {
    await writeFile(unfinished, `${JSON.stringify(record, null, 2)}\n`, { flush: true })
    await rename(unfinished, path)
  } catch (error) {
    refuseFileError(error, path)
  }
}

/** Gives a stored data set another name, or says where its content lies now. */
export async function bringUpToDate(
  record: Dataset,
  now: Pick<Dataset, 'name' | 'path' | 'source'>,
  datasetsFolder: string,
): Promise<Dataset> {
  const updated = { ...record, ...now, options: { ...record.options, name: now.name } }
  if (isDeepStrictEqual(updated, record)) return record
  const folder = cacheFolder(datasetsFolder, record.id)
  // The stored copy of a data set in the list may be gone; its name is no reason to complain of that.
  if (await stat(folder).catch(() => null)) await writeRecord(folder, updated)
  return updated
}
