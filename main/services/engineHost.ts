/** The main thread's end of the engine worker: starts it, speaks to it, notices when it dies. */
import { deferred, type Deferred } from '../common/deferred.ts'
import { SHARE_ENV, Worker } from 'node:worker_threads'
import { UserError } from '../common/errors.ts'
import type { EngineInfo } from '../common/schemas.ts'
import type { Command, Report } from '../training/protocol.ts'
import type { ProgressOf, Question, Questions, Task, Topic } from '../training/questions.ts'

export class EngineHost {
  readonly #workerUrl: URL
  readonly #onReport: (report: Report) => void
  readonly #onDeath: (reason: string) => void
  #worker: Worker | null = null
  #info: Deferred<EngineInfo> | null = null
  readonly #asked = new Map<number, { answer: Deferred<unknown>; onProgress: (progress: never) => void }>()
  #questions = 0

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

  /**
   * Asks the worker something that it answers once.
   * @param task its signal ends the question before it is answered, where it takes long enough to listen
   * @throws UserError what is wrong with the question, or `engine/died` when the worker ends before it answers
   */
  async ask<T extends Topic>(
    topic: T,
    asked: Questions[T]['asked'],
    task: Partial<Task<ProgressOf<T>>> = {},
  ): Promise<Questions[T]['answer']> {
    const number = ++this.#questions
    const { signal, onProgress = () => undefined } = task
    signal?.throwIfAborted()
    const answer = deferred<unknown>()
    this.#asked.set(number, { answer, onProgress })
    const forget = (): void => this.send({ kind: 'forget', number })
    signal?.addEventListener('abort', forget, { once: true })
    this.send({ kind: 'ask', number, question: { topic, asked } as Question })
    try {
      return (await answer.promise) as Questions[T]['answer']
    } finally {
      signal?.removeEventListener('abort', forget)
    }
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
      for (const waiting of this.#asked.values()) waiting.answer.reject(this.#died(reason))
      this.#asked.clear()
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
    } else if (report.kind === 'answer' || report.kind === 'refused') {
      const waiting = this.#asked.get(report.number)
      this.#asked.delete(report.number)
      if (report.kind === 'answer') waiting?.answer.resolve(report.answer)
      else waiting?.answer.reject(new UserError(report.error))
    } else if (report.kind === 'answering')
      this.#asked.get(report.number)?.onProgress(report.progress as never)
    else this.#onReport(report)
  }

  #died(reason: string): UserError {
    return new UserError({
      code: 'engine/died',
      what: `The engine stopped before it could answer: ${reason}.`,
      mend: 'Try again; with a smaller batch if it happens twice.',
    })
  }

  #refuse(reason: string): UserError {
    return new UserError({
      code: 'engine/unavailable',
      what: `The engine could not start: ${reason}.`,
      mend: 'Run "npm run setup" to build it, then start Tapedeck again.',
    })
  }
}
