/**
 * A thread that reads or writes one exchange and ends, or follows files until it is told to stop. Parsing, packing and summing take seconds of processor time; the
 * main thread takes in what comes, some milliseconds at a time.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { deferred, type Deferred } from '../common/deferred.ts'
import { toRefusal, UserError } from '../common/errors.ts'
import type { Batch } from './follow/report.ts'
import { follow } from './follow/work.ts'
import {
  mostOnTheWay,
  pointsInLog,
  pointsLeft,
  type ExchangeCommand,
  type ExchangeJob,
  type ExchangeReport,
} from './jobs.ts'
import type { Piece } from './piece.ts'
import { emptyLog } from '../store/index.ts'
import { readSource, writeExport } from './work.ts'

const port = parentPort
if (!port) throw new Error('[exchangeWorker] this file runs as a worker thread; see thread.ts')

const report = (message: ExchangeReport, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer)
const abort = new AbortController()
let onTheWay = 0
/** Points that were sent since the log of the workspace was emptied. */
let inLog = 0
let taken: Deferred<void> = deferred()
port.on('message', (command: ExchangeCommand) => {
  if (command === 'abort') abort.abort()
  else onTheWay--
  taken.resolve()
})

/** Buffers of points are handed over, not copied. */
const buffersOf = (piece: Piece): ArrayBuffer[] =>
  piece.kind === 'points'
    ? Object.values(piece.points).map((column: Float64Array) => column.buffer as ArrayBuffer)
    : []

const pointsIn = ({ news }: Batch): number =>
  news.reduce((sum, one) => sum + (one.kind === 'points' ? one.points.length : 0), 0)

/** Progress is for eyes: ten times a second. */
let last = 0
const task = {
  signal: abort.signal,
  onProgress: (progress: { done: number; total: number; note: string }): void => {
    const now = performance.now()
    if (now - last < 100) return
    last = now
    report({ kind: 'progress', progress })
  },
}

async function work(job: ExchangeJob): Promise<void> {
  if (job.kind === 'export') return report({ kind: 'done', exported: await writeExport(job, task) })
  if (job.kind === 'follow')
    return follow(job, abort.signal, async (followed) => {
      // From then on the other end may see to the log.
      if (followed.kind === 'caught-up') await emptyFrom(pointsLeft, job.workspace)
      report({ kind: 'followed', followed })
      await untilRoom()
      if (followed.kind === 'batch') inLog += pointsIn(followed.batch)
      await emptyFrom(pointsInLog, job.workspace)
    })
  for await (const piece of readSource(job, task, (source) => report({ kind: 'source', source }))) {
    // Before the buffers are handed over.
    if (piece.kind === 'points') inLog += piece.points.steps.length
    report({ kind: 'piece', piece }, buffersOf(piece))
    await untilRoom()
    await emptyFrom(pointsInLog, job.workspace)
  }
  await emptyFrom(0, job.workspace)
  report({ kind: 'done', exported: null })
}

/** With so many points in it. While nothing is written: the disk is waited for here, where nobody minds. */
async function emptyFrom(points: number, workspace: string): Promise<void> {
  if (inLog < points) return
  await untilFewer(1)
  emptyLog(workspace)
  inLog = 0
}

/** After something was sent that the other end has to take. */
async function untilRoom(): Promise<void> {
  onTheWay++
  await untilFewer(mostOnTheWay)
}

async function untilFewer(than: number): Promise<void> {
  while (onTheWay >= than && !abort.signal.aborted) {
    taken = deferred()
    await taken.promise
  }
}

try {
  await work(workerData as ExchangeJob)
  if (abort.signal.aborted) report({ kind: 'aborted' })
} catch (error) {
  if (abort.signal.aborted) report({ kind: 'aborted' })
  else if (error instanceof UserError) report({ kind: 'refused', refusal: toRefusal(error) })
  else {
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
    report({ kind: 'failed', message, stack })
  }
} finally {
  port.close()
}
