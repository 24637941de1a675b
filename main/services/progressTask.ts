/** Work as a task of the contract: a stream of progress that ends with the result; leaving the stream cancels it. */
import type { Progress } from '../common/schemas.ts'
import { Latest } from './latest.ts'

/**
 * @param work gets a signal that aborts when the stream is left or the caller's signal does
 * @param note what the first progress says
 */
export async function* progressTask<Result>(
  work: (task: { signal: AbortSignal; onProgress: (progress: Progress) => void }) => Promise<Result>,
  note: string,
  signal?: AbortSignal,
): AsyncGenerator<Progress, Result, void> {
  const cancel = new AbortController()
  const abort = (): void => cancel.abort()
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort, { once: true })

  const progress = new Latest<Progress>({ done: 0, total: 0, note })
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
