/** From a source on disk to a data set in the workspace. */
import type { Dataset } from '../common/data/dataset.ts'
import type { ImportOptions } from '../common/data/options.ts'
import type { Progress } from '../common/schemas.ts'
import { makeTemporary, putInPlace, removeTemporary } from './cache/folders.ts'
import { readCached } from './cache/layout.ts'
import { checkUp } from './check/checkup.ts'
import { absolutePath } from './files.ts'
import { idOf, sharesOf } from './identity.ts'
import { createPace } from './pace.ts'
import { bringUpToDate, recordOf, writeRecord } from './record.ts'
import { refuse } from './refuse.ts'
import { sources } from './sources/all.ts'
import { sourceState } from './sourceState.ts'
import type { SourceState } from './sourceState.ts'
import { orderRows } from './split.ts'
import { writeAs, type ReadAs } from './writeAs.ts'
import { checkLearnable, checkSetAside, checkSpace, samplesOf, writeRows } from './writeRows.ts'

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
  /** Null for an import. */
  as: ReadAs | null
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
    const job = { root, options, datasetsFolder, temporary, as: null }
    const { record, standing, source } = await make(job, context)
    if (standing)
      return await bringUpToDate(record, { path: root, name: options.name, source }, datasetsFolder)
    context.signal?.throwIfAborted()
    return await putInPlace(temporary, datasetsFolder, record)
  } finally {
    await removeTemporary(temporary)
  }
}

/** Reads, splits, encodes, checks and writes, all into the temporary folder. @throws as `importDataset` and `writeAs` */
export async function makeDataset(
  { root, options, datasetsFolder, temporary, as }: ImportJob,
  { signal, onProgress }: Omit<ImportContext, 'datasetsFolder'>,
): Promise<Made> {
  const pace = createPace(signal, onProgress)
  if (as) return writeAs({ root, options, temporary, as }, pace)
  // Before anything is read: what changes meanwhile is then seen as changed.
  const source = (await sourceState(root, pace)) ?? undefined
  const scan = await sources[options.kind].scan(root, options, pace, null)
  checkSetAside(scan.problems, samplesOf(scan), options.mostSetAside)
  if (scan.task === 'classify') checkClasses(scan.classNames, root)
  const shares = sharesOf(scan, options)
  const id = await idOf(scan, shares, pace)
  const known = await readCached(datasetsFolder, id)
  if (known?.checks) return { record: known, standing: true, source }
  const order = await orderRows(scan.rows, shares, pace)
  const encoder = await scan.encoder(order, pace)
  await checkSpace(temporary, encoder, scan.rows.length)
  const { totals, evidence } = await writeRows(
    temporary,
    { scan, order, encoder, options, checked: true },
    pace,
  )
  checkLearnable(totals, scan, shares)
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
