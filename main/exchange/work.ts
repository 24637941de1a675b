/** Does the work of a job: what the thread runs, and tests call directly. */
import { kindOf } from './look.ts'
import type { Exported, ExportRequest, SourceKind } from '../common/exchange/exchange.ts'
import type { Progress } from '../common/schemas.ts'
import { openSnapshot, type Store } from '../store/index.ts'
import { readArchive } from './archive/read.ts'
import { writeArchive } from './archive/write.ts'
import { readEvents } from './events/read.ts'
import type { ExportJob, ImportJob } from './jobs.ts'
import { metricsAsCsv, metricsAsJson, pointsIn } from './metricsFile.ts'
import type { Piece } from './piece.ts'
import { writeReport } from './report/write.ts'
import { readTable } from './tables/read.ts'
import { writeWholeFile } from './wholeFile.ts'

interface Task {
  signal: AbortSignal
  onProgress: (progress: Progress) => void
}

/** The pieces of whatever the path is. @param onSource what it is, before the first piece */
export async function* readSource(
  { path, reading, staging }: Omit<ImportJob, 'kind' | 'workspace'>,
  { signal, onProgress }: Task,
  onSource: (kind: SourceKind) => void,
): AsyncGenerator<Piece> {
  const { kind, form } = await kindOf(path)
  onSource(kind)
  const task = {
    signal,
    onProgress: (done: number, total: number, note: string) => onProgress({ done, total, note }),
  }
  if (kind === 'archive') yield* readArchive(path, staging, task)
  else if (kind === 'tensorboard') yield* readEvents(path, task)
  else yield* readTable(path, form, reading, task)
}

/** @throws UserError `runs/unknown`, `exchange/exists`, `exchange/file`, `exchange/checkpoint-gone` */
export async function writeExport(job: Omit<ExportJob, 'kind'>, task: Task): Promise<Exported> {
  const store = openSnapshot(job.workspace)
  try {
    return { path: job.path, runs: new Set(job.runIds).size, ...(await write(store, job, task)) }
  } finally {
    store.close()
  }
}

function write(
  store: Store,
  request: ExportRequest & { version: string },
  { signal, onProgress }: Task,
): Promise<Pick<Exported, 'bytes' | 'points' | 'checkpoints'>> {
  const { format } = request
  if (format === 'archive')
    return writeArchive(store, request, {
      signal,
      onProgress: (done, total, note) => onProgress({ done, total, note }),
    })
  if (format === 'report') return writeReport(store, request, signal)
  return writeMetrics(store, { ...request, format }, { signal, onProgress })
}

async function writeMetrics(
  store: Store,
  request: ExportRequest & { format: 'csv' | 'json' },
  { signal, onProgress }: Task,
): Promise<Pick<Exported, 'bytes' | 'points' | 'checkpoints'>> {
  const points = pointsIn(store, request)
  let done = 0
  const lines = (request.format === 'csv' ? metricsAsCsv : metricsAsJson)(store, request, (count) =>
    onProgress({ done: (done += count), total: points, note: 'points' }),
  )
  const bytes = await writeWholeFile(request.path, lines, { replace: request.replace, signal })
  return { bytes, points, checkpoints: 0 }
}
