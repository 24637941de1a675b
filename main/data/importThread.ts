/** Imports in a thread of their own, so that however large a source is, the thread that asks is never held. */
import { Worker } from 'node:worker_threads'
import { UserError } from '../common/errors.ts'
import type { Maker } from './import.ts'
import type { ImportCommand, ImportReport } from './importProtocol.ts'

/**
 * @param url importWorker.ts, or its bundle
 * @returns what `importDataset` takes as its maker; it also throws UserError `data/import-ended` when the thread dies
 */
export const makeInThread =
  (url: URL): Maker =>
  (job, { signal, onProgress }) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const worker = new Worker(url, { workerData: job })
      const abort = (): void => worker.postMessage('abort' satisfies ImportCommand)
      signal?.addEventListener('abort', abort, { once: true })
      worker.on('message', (report: ImportReport) => {
        switch (report.kind) {
          case 'progress':
            return onProgress?.(report.progress)
          case 'made':
            return resolve(report.made)
          case 'aborted':
            return reject(signal?.reason as Error)
          case 'refused':
            return reject(new UserError(report.refusal))
          case 'failed':
            return reject(Object.assign(new Error(report.message), { stack: report.stack }))
        }
      })
      worker.once('error', (error) => reject(ended(error)))
      worker.once('exit', () => {
        signal?.removeEventListener('abort', abort)
        // Too late to matter where it has reported.
        reject(ended(null))
      })
    })

const ended = (cause: Error | null): UserError =>
  new UserError(
    {
      code: 'data/import-ended',
      what: `The import stopped before it was done: ${cause?.message ?? 'its thread ended'}.`,
      mend: 'Nothing was kept. Import again; if it happens twice, import a smaller part of the data.',
    },
    { cause },
  )
