/**
 * The threads of the process, whoever starts them. A process ends when its threads have; one that cannot (an operating
 * system or a runtime that holds it) would leave a process without a window behind.
 */
import type { Worker } from 'node:worker_threads'

export interface Threads {
  /** Ends all of them. @returns whether they have ended within the milliseconds */
  end(timeout: number): Promise<boolean>
}

/** Knows of the threads that are started from now on. */
export function watchThreads(): Threads {
  const running = new Set<Worker>()
  process.on('worker', (worker) => {
    running.add(worker)
    worker.once('exit', () => running.delete(worker))
  })
  return {
    async end(timeout) {
      const late = new Promise((done) => setTimeout(done, timeout))
      await Promise.race([Promise.all([...running].map((worker) => worker.terminate())), late])
      return running.size === 0
    },
  }
}
