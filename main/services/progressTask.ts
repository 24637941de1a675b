/** Work as a task of the contract: a stream of progress that ends with the result; leaving the stream cancels it. */
import type { Progress } from '../common/schemas.ts'
import { Latest } from './latest.ts'

/** The progress of work that has only begun. */
export const begun = (note: string): Progress => ({ done: 0, total: 0, note })

/**
 * @param work gets a signal that aborts when the stream is left or the caller's signal does
 * @param first the progress before there is any
 */
export async function* progressTask<Result, P extends Progress = Progress>(
  work: (task: { signal: AbortSignal; onProgress: (progress: P) => void }) => Promise<Result>,
  first: P,
  signal?: AbortSignal,
): AsyncGenerator<P, Result, void> {
  const cancel = new AbortController()
  const abort = (): void => cancel.abort()
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort, { once: true })

  const progress = new Latest<P>(first)
  const over = new AbortController()
  const result = work({ signal: cancel.signal, onProgress: (value) => progress.set(value) }).finally(() =>
    over.abort(),
  )
  // Read below; an early leave must not turn it into an unhandled rejection.
  result.catch(() => undefined)
  try {
    yield* progress.watch(over.signal)
    return await result
  } finally {
    signal?.removeEventListener('abort', abort)
    abort()
  }
}
