/** The main thread's end of the engine worker: starts it, speaks to it, notices when it dies. */
import { deferred, type Deferred } from '../common/deferred.ts'
import { SHARE_ENV, Worker } from 'node:worker_threads'
import { UserError } from '../common/errors.ts'
import type { EngineInfo } from '../common/schemas.ts'
import type { Command, Report } from '../training/protocol.ts'

export class EngineHost {
  readonly #workerUrl: URL
  readonly #onReport: (report: Report) => void
  readonly #onDeath: (reason: string) => void
  #worker: Worker | null = null
  #info: Deferred<EngineInfo> | null = null

  /**
   * @param onReport telemetry, events and outcomes
   * @param onDeath the worker ended without being told to; the next command starts a new one
   */
  constructor(workerUrl: URL, onReport: (report: Report) => void, onDeath: (reason: string) => void) {
    this.#workerUrl = workerUrl
    this.#onReport = onReport
    this.#onDeath = onDeath
  }

  /** What the native engine says of itself. @throws UserError when it cannot be loaded */
  info(): Promise<EngineInfo> {
    if (!this.#info) {
      this.#info = deferred<EngineInfo>()
      // Somebody may ask and never wait; a refusal nobody reads must not end the process.
      this.#info.promise.catch(() => undefined)
      this.send({ kind: 'describe' })
    }
    return this.#info.promise
  }

  send(command: Command): void {
    this.#start().postMessage(command)
  }

  async close(): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    await worker?.terminate()
  }

  #start(): Worker {
    if (this.#worker) return this.#worker
    // The engine sets variables for its native threads, which read the process's own environment.
    const worker = new Worker(this.#workerUrl, { env: SHARE_ENV })
    let reason = 'it ended by itself'
    worker.on('message', (report: Report) => this.#hear(report))
    worker.on('error', (error) => (reason = error.message))
    worker.on('exit', (code) => {
      if (this.#worker !== worker) return
      this.#worker = null
      this.#info?.reject(this.#refuse(reason))
      this.#info = null
      this.#onDeath(`${reason} (exit code ${code})`)
    })
    // The worker must not keep a process alive whose shell has closed.
    worker.unref()
    this.#worker = worker
    return worker
  }

  #hear(report: Report): void {
    if (report.kind === 'engine') this.#info?.resolve(report.info)
    else if (report.kind === 'engine-failed') {
      this.#info?.reject(new UserError(report.error))
      this.#info = null
    } else this.#onReport(report)
  }

  #refuse(reason: string): UserError {
    return new UserError({
      code: 'engine/unavailable',
      what: `The engine could not start: ${reason}.`,
      mend: 'Run "npm run setup" to build it, then start Tapedeck again.',
    })
  }
}
