/** Importing as a task: a stream of progress that ends with the dataset; leaving the stream cancels it. */
import { join } from 'node:path'
import type { Dataset } from '../common/data/dataset.ts'
import type { ImportOptions } from '../common/data/options.ts'
import type { Progress } from '../common/schemas.ts'
import { importDataset, type Maker } from '../data/index.ts'
import type { Store } from '../store/index.ts'
import { begun, progressTask } from './progressTask.ts'

export async function* importTask(
  source: { path: string; options: ImportOptions },
  workspace: string,
  store: Store,
  make: Maker,
  signal?: AbortSignal,
): AsyncGenerator<Progress, Dataset, void> {
  const datasetsFolder = join(workspace, 'datasets')
  const dataset = yield* progressTask(
    (task) => importDataset(source.path, source.options, { datasetsFolder, ...task }, make),
    begun('Looking at the files'),
    signal,
  )
  store.datasets.put(dataset)
  return dataset
}
