import { isMainThread } from 'node:worker_threads'

/**
 * How long an idle native thread spins before it sleeps. OpenMP reads this once, when its library is loaded.
 * Its own default either sleeps at once, so that every op waits for a wake-up, or spins for milliseconds on a
 * core the page needs; a thousand rounds (some 10 us) bridge the gap between two ops of a training step.
 *
 * A worker's `process.env` is a copy that native code does not see: a program that runs the engine in a
 * worker calls this on its main thread before it starts the worker. What the user has set is left alone.
 */
export function prepareNativeThreads(): void {
  if (isMainThread) process.env['GOMP_SPINCOUNT'] ??= '1000'
}
