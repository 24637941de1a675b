/** What tests and measurements train without a workbench: sample sets in a folder of their own, and jobs of no run. */
import { join } from 'node:path'
import type { Dataset } from '../common/data/dataset.ts'
import type { ModelDocument } from '../common/document.ts'
import type { TrainConfig } from '../common/training.ts'
import { importDataset, inspect, sampleSets } from '../data/index.ts'
import { projectRoot } from '../paths.ts'
import type { TrainJob } from './protocol.ts'

/** Imports a sample set as it is guessed. @param id as in `digits` */
export async function importSample(id: string, datasetsFolder: string): Promise<Dataset> {
  const set = sampleSets(join(projectRoot(), 'resources')).find((one) => one.id === id)
  if (!set) throw new Error(`no sample set ${id}`)
  const { options } = await inspect(set.path)
  return importDataset(set.path, options, { datasetsFolder })
}

/** From its beginning, on a set that `importSample` imported; writes no checkpoints. */
export const jobOn = (
  dataset: Dataset,
  datasetsFolder: string,
  document: ModelDocument,
  config: TrainConfig,
): TrainJob => ({
  runId: 0,
  document,
  dataset,
  datasetFolder: join(datasetsFolder, dataset.id),
  config,
  checkpointFolder: '',
  from: null,
  planned: [],
  again: false,
  untilEpoch: null,
})
