/**
 * Batches that are prepared by a thread of their own, a few ahead of the training loop, in a ring of shared memory. The
 * loop only copies: it waits where the thread is slower than training.
 */
import { Worker } from 'node:worker_threads'
import { deferred, type Deferred } from '../common/deferred.ts'
import { UserError } from '../common/errors.ts'
import type { BatchRequest, Fill, PrefetchSetup } from './prefetchProtocol.ts'

/** Batches that are prepared ahead. */
const depth = 4

export class Prefetch {
  readonly #worker: Worker
  readonly #ready = new Int32Array(new SharedArrayBuffer(4 * depth))
  readonly #slots: SharedArrayBuffer[] = Array.from({ length: depth }, () => new SharedArrayBuffer(0))
  /** Asked for by the loop and not yet by this of the thread. */
  readonly #queue: BatchRequest[] = []
  /** Bytes of the batches that the thread has been asked for and the loop has not taken. */
  readonly #sizes: number[] = []
  #asked = 0
  #taken = 0
  #copy = new Uint8Array()
  #failure: UserError | null = null
  /** Resolves when there is something new to look at. */
  #news: Deferred<void> | null = null

  /** @param url prefetchWorker.ts, or its bundle */
  constructor(url: URL, setup: Omit<PrefetchSetup, 'ready'>) {
    const workerData: PrefetchSetup = { ...setup, ready: this.#ready.buffer as SharedArrayBuffer }
    this.#worker = new Worker(url, { workerData })
    this.#worker.on('message', () => this.#tell())
    this.#worker.on('error', (error) => this.#fail(error.message))
    this.#worker.on('exit', (code) => this.#fail(`it ended with exit code ${code}`))
    // Unless it is waited for, it must not keep a thread alive that has nothing else to do.
    this.#worker.unref()
  }

  /** Adds batches behind those that are queued; `next` gives them in this order. */
  queue(requests: readonly BatchRequest[]): void {
    for (const request of requests) this.#queue.push(request)
    this.#pump()
  }

  /**
   * The next batch's images one after another; valid until the next call.
   * @throws UserError `training/prefetch` when the thread has ended
   */
  async next(): Promise<Uint8Array> {
    const slot = this.#taken % depth
    const size = this.#sizes.shift()
    if (size === undefined) throw new Error('[prefetch] more batches were taken than queued')
    while (Atomics.load(this.#ready, slot) === 0) {
      if (this.#failure) throw this.#failure
      this.#news ??= deferred<void>()
      // Nothing else may keep the waiting thread alive meanwhile.
      this.#worker.ref()
      await this.#news.promise
      this.#worker.unref()
    }
    if (this.#copy.length < size) this.#copy = new Uint8Array(size)
    const bytes = this.#copy.subarray(0, size)
    bytes.set(new Uint8Array(this.#slots[slot]!, 0, size))
    Atomics.store(this.#ready, slot, 0)
    this.#taken += 1
    this.#pump()
    return bytes
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    this.#failure ??= gone('it was closed')
    this.#queue.length = 0
    await this.#worker.terminate()
  }

  /** Asks the thread for as many batches as there are free slots. */
  #pump(): void {
    while (this.#asked - this.#taken < depth) {
      const request = this.#queue.shift()
      if (!request) return
      const slot = this.#asked % depth
      const { channels, height, width } = request.shape
      const size = request.begins.length * channels * height * width
      if (this.#slots[slot]!.byteLength < size) this.#slots[slot] = new SharedArrayBuffer(size)
      this.#sizes.push(size)
      this.#asked += 1
      this.#worker.postMessage({ ...request, slot, pixels: this.#slots[slot]! } satisfies Fill)
    }
  }

  #fail(reason: string): void {
    this.#failure ??= gone(reason)
    this.#tell()
  }

  #tell(): void {
    this.#news?.resolve()
    this.#news = null
  }
}

const gone = (reason: string): UserError =>
  new UserError({
    code: 'training/prefetch',
    what: `The thread that prepares augmented images stopped: ${reason}.`,
    mend: 'Train again; if it happens twice, import the data again or switch augmentation off.',
  })
