/** An exchange in a thread of its own, so that however large it is, the thread that asks is never held. */
import { Worker } from 'node:worker_threads'
import { UserError } from '../common/errors.ts'
import type { Exported, SourceKind } from '../common/exchange/exchange.ts'
import type { Progress } from '../common/schemas.ts'
import type { ExchangeCommand, ExchangeJob, ExchangeReport, ExportJob, FollowJob, ImportJob } from './jobs.ts'
import type { FollowReport } from './follow/report.ts'
import type { Piece } from './piece.ts'

interface Task {
  signal: AbortSignal
  onProgress: (progress: Progress) => void
}

export interface Exchanger {
  /** @param onSource what the path is, before its first piece */
  read(job: ImportJob, task: Task, onSource: (kind: SourceKind) => void): AsyncGenerator<Piece>
  write(job: ExportJob, task: Task): Promise<Exported>
  /** What files say, until the signal aborts. */
  follow(job: FollowJob, signal: AbortSignal): AsyncGenerator<FollowReport>
}

/** @param url exchangeWorker.ts, or its bundle */
export const exchangeInThread = (url: URL): Exchanger => ({
  async *read(job, { signal, onProgress }, onSource) {
    for await (const { report, taken } of reports(url, job, signal)) {
      if (report.kind === 'progress') onProgress(report.progress)
      else if (report.kind === 'source') onSource(report.source)
      else if (report.kind === 'piece') {
        yield report.piece
        taken()
      }
    }
  },
  async write(job, { signal, onProgress }) {
    for await (const { report } of reports(url, job, signal)) {
      if (report.kind === 'progress') onProgress(report.progress)
      else if (report.kind === 'done' && report.exported) return report.exported
    }
    throw ended(null)
  },
  async *follow(job, signal) {
    for await (const { report, taken } of reports(url, job, signal))
      if (report.kind === 'followed') {
        yield report.followed
        taken()
      }
  },
})

/**
 * What the thread says, up to `done`; every other end is thrown. Leaving it early ends the thread, and waits until it
 * touches nothing any more; one that has said how it ended is through, and how long it takes to go concerns nobody.
 */
async function* reports(
  url: URL,
  job: ExchangeJob,
  signal: AbortSignal,
): AsyncGenerator<{ report: ExchangeReport; taken: () => void }> {
  signal.throwIfAborted()
  const worker = new Worker(url, { workerData: job })
  const heard: (ExchangeReport | UserError)[] = []
  let wake: () => void = () => undefined
  const hear = (what: ExchangeReport | UserError): void => {
    heard.push(what)
    wake()
  }
  const tell = (command: ExchangeCommand): void => worker.postMessage(command)
  const abort = (): void => tell('abort')
  worker.on('message', hear)
  worker.once('error', (error) => hear(ended(error)))
  // Too late to matter where it has reported.
  worker.once('exit', () => hear(ended(null)))
  signal.addEventListener('abort', abort, { once: true })
  let through = false
  try {
    for (;;) {
      const report = heard.shift()
      if (report === undefined) {
        await new Promise<void>((resolve) => (wake = resolve))
        continue
      }
      through = report instanceof UserError || isLast(report)
      if (report instanceof UserError) throw report
      if (report.kind === 'aborted') throw signal.reason as Error
      if (report.kind === 'refused') throw new UserError(report.refusal)
      if (report.kind === 'failed') throw Object.assign(new Error(report.message), { stack: report.stack })
      yield { report, taken: () => tell('taken') }
      if (report.kind === 'done') return
    }
  } finally {
    signal.removeEventListener('abort', abort)
    const gone = worker.terminate()
    if (!through) await gone
  }
}

const isLast = ({ kind }: ExchangeReport): boolean =>
  kind === 'done' || kind === 'aborted' || kind === 'refused' || kind === 'failed'

const ended = (cause: Error | null): UserError =>
  new UserError(
    {
      code: 'exchange/ended',
      what: `It stopped before it was done: ${cause?.message ?? 'its thread ended'}.`,
      mend: 'Nothing was kept. Try again; if it happens twice, take a smaller part.',
    },
    { cause },
  )
