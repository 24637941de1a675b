/** Importing as a task: a stream of progress that ends with the dataset; leaving the stream cancels it. */
import { join } from 'node:path'
import type { Dataset, ImportOptions, Progress } from '../common/schemas.ts'
import { importDataset } from '../data/index.ts'
import type { Store } from '../store/index.ts'
import { Latest } from './latest.ts'

export async function* importTask(
  source: { path: string; options: ImportOptions },
  workspace: string,
  store: Store,
  signal?: AbortSignal,
): AsyncGenerator<Progress, Dataset, void> {
  const cancel = new AbortController()
  const abort = (): void => cancel.abort()
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort, { once: true })

  const progress = new Latest<Progress>({ done: 0, total: 0, note: 'Looking at the files' })
  const over = new AbortController()
  const result = importDataset(source.path, source.options, {
    datasetsFolder: join(workspace, 'datasets'),
    signal: cancel.signal,
    onProgress: (value) => progress.set(value),
  }).finally(() => over.abort())
  // Read below; an early leave must not turn it into an unhandled rejection.
  result.catch(() => undefined)
  try {
    yield* progress.watch(over.signal)
    const dataset = await result
    store.datasets.put(dataset)
    return dataset
  } finally {
    signal?.removeEventListener('abort', abort)
    abort()
  }
}
