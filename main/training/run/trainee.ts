/** What a run trains and with what: made from a job, disposed at its end. */
import { totalCost } from '../../common/cost.ts'
import { analyse } from '../../common/shapes.ts'
import { dataShape } from '../../common/trainable.ts'
import { manualSeed, type optim } from '../../engine/index.ts'
import { Batches } from '../batches.ts'
import { Confusion } from '../confusion.ts'
import { Model } from '../model.ts'
import { objectiveOf, type Objective } from '../objective.ts'
import { makeOptimizer } from '../optimizer.ts'
import { Prober } from '../probes/prober.ts'
import type { TrainJob } from '../protocol.ts'
import { gradientInterval } from './meter.ts'

export class Trainee {
  readonly batches: Batches
  readonly model: Model
  readonly objective: Objective
  readonly optimizer: optim.Optimizer
  /** What was taken for what, in training over an epoch and in validation; null where there are no classes. */
  readonly confusion: { train: Confusion | null; val: Confusion | null }
  readonly prober: Prober
  /** Steps between two whose gradient norm is measured. */
  readonly gradientEvery: number

  /** Draws the first weights from the job's seed. @throws UserError what reading data and model may refuse */
  constructor({ config, dataset, datasetFolder, document }: TrainJob) {
    manualSeed(config.seed)
    this.batches = new Batches(dataset, datasetFolder)
    this.model = new Model(document, dataset, config.disabledRewrites)
    this.objective = objectiveOf(dataset, this.model, config.balance)
    const { classes } = this.objective
    this.confusion = { train: Confusion.of(classes), val: Confusion.of(classes) }
    this.optimizer = makeOptimizer([...this.model.namedWeights.values()], config)
    const { probeEvery, histogramsEvery, batchSize } = config
    this.prober = new Prober(this.model, this.optimizer, { every: probeEvery, histogramsEvery })
    this.gradientEvery = gradientInterval(usesPerWeight(this.model, document, dataset, batchSize))
  }

  dispose(): void {
    this.confusion.train?.dispose()
    this.confusion.val?.dispose()
    this.objective.dispose()
    this.optimizer.dispose()
    this.model.dispose()
    this.batches.dispose()
  }
}

/** How often a weight is multiplied with in a step, on average. */
function usesPerWeight(
  { namedWeights }: Model,
  document: TrainJob['document'],
  dataset: TrainJob['dataset'],
  batchSize: number,
): number {
  const data = dataShape(dataset)
  const { flops } = totalCost(analyse(document, data), data)
  const weights = [...namedWeights.values()].reduce((sum, { numel }) => sum + numel, 0)
  return ((flops ?? 0) / 2 / Math.max(1, weights)) * batchSize
}
