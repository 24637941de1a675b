/** For tests: a run that is recorded, of a model without layers. */
import { emptyDocument } from '../common/document.ts'
import { exampleEngine } from '../common/runFixture.ts'
import { defaultTrainConfig } from '../common/training.ts'
import type { Store } from './index.ts'

/** @returns its id */
export const recordRun = (store: Store, more: Partial<Parameters<Store['runs']['create']>[0]> = {}): number =>
  store.runs.create({
    name: 'a run',
    datasetId: 'd',
    datasetName: 'digits',
    config: defaultTrainConfig,
    document: emptyDocument(),
    engine: exampleEngine,
    parameters: 1,
    ...more,
  })
