/**
 * Keeps a long import polite: it runs on the main thread, which must never be held for more than
 * 50 ms, reports at most every 100 ms, and stops where the caller aborts.
 */
import type { Progress } from '../common/schemas.ts'

const holdAtMost = 12 // ms of work between two yields
const reportEvery = 100 // ms

export interface Pace {
  readonly signal: AbortSignal | null
  /** Yields to the event loop when enough time has passed. @throws the signal's reason when aborted. */
  rest(): Promise<void> | undefined
  /** Passes progress on, throttled; the last of a stage (`done === total`) always goes through. */
  report(done: number, total: number, note: string): void
}

export function createPace(
  signal: AbortSignal | null = null,
  onProgress: ((progress: Progress) => void) | null = null,
): Pace {
  let rested = performance.now()
  let reported = -Infinity
  async function yieldNow(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve))
    rested = performance.now()
    signal?.throwIfAborted()
  }
  return {
    signal,
    rest() {
      signal?.throwIfAborted()
      if (performance.now() - rested < holdAtMost) return undefined
      return yieldNow()
    },
    report(done, total, note) {
      const now = performance.now()
      if (!onProgress || (now - reported < reportEvery && done !== total)) return
      reported = now
      onProgress({ done, total, note })
    },
  }
}
