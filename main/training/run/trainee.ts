/** What a run trains and with what: made from a job, disposed at its end. */
import { manualSeed, type optim } from '../../engine/index.ts'
import { Batches } from '../batches.ts'
import { Confusion } from '../confusion.ts'
import { Model } from '../model.ts'
import { objectiveOf, type Objective } from '../objective.ts'
import { makeOptimizer } from '../optimizer.ts'
import type { TrainJob } from '../protocol.ts'

export class Trainee {
  readonly batches: Batches
  readonly model: Model
  readonly objective: Objective
  readonly optimizer: optim.Optimizer
  /** What was taken for what, in training over an epoch and in validation; null where there are no classes. */
  readonly confusion: { train: Confusion | null; val: Confusion | null }

  /** Draws the first weights from the job's seed. @throws UserError what reading data and model may refuse */
  constructor({ config, dataset, datasetFolder, document }: TrainJob) {
    manualSeed(config.seed)
    this.batches = new Batches(dataset, datasetFolder)
    this.model = new Model(document, dataset, config.disabledRewrites)
    this.objective = objectiveOf(dataset, this.model)
    const { classes } = this.objective
    this.confusion = { train: Confusion.of(classes), val: Confusion.of(classes) }
    this.optimizer = makeOptimizer([...this.model.namedWeights.values()], config)
  }

  dispose(): void {
    this.confusion.train?.dispose()
    this.confusion.val?.dispose()
    this.optimizer.dispose()
    this.model.dispose()
    this.batches.dispose()
  }
}
