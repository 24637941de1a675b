/**
 * A thread that makes one data set and ends. Reading a million rows leaves millions of objects behind; collecting them
 * would hold the main thread, where the page and SQLite are waiting.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { toRefusal, UserError } from '../common/errors.ts'
import { makeDataset, type ImportJob } from './import.ts'
import type { ImportReport } from './importProtocol.ts'

const port = parentPort
if (!port) throw new Error('[importWorker] this file runs as a worker thread; see importThread.ts')

const report = (message: ImportReport): void => port.postMessage(message)
const abort = new AbortController()
port.on('message', () => abort.abort())

try {
  const made = await makeDataset(workerData as ImportJob, {
    signal: abort.signal,
    onProgress: (progress) => report({ kind: 'progress', progress }),
  })
  report({ kind: 'made', made })
} catch (error) {
  if (error instanceof UserError) report({ kind: 'refused', refusal: toRefusal(error) })
  else if (abort.signal.aborted) report({ kind: 'aborted' })
  else {
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
    report({ kind: 'failed', message, stack })
  }
} finally {
  port.close()
}
