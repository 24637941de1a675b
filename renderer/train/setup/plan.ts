/** How much work a run will be, as far as that is known before its data is cut into batches. */
import { applies } from '../../../main/common/applicable.ts'
import type { Dataset } from '../../../main/common/data/dataset.ts'
import type { TrainConfig } from '../../../main/common/training.ts'

export interface Work {
  /** Of an epoch. */
  batches: number
  /** Updates of the whole run. */
  steps: number
  /** False where samples of many sizes share batches: the numbers are guesses. */
  exact: boolean
}

export function workOf(dataset: Dataset, config: TrainConfig): Work {
  const { batches, exact } = batchesOf(dataset, config)
  return { batches, steps: Math.ceil(batches / config.accumulate) * config.epochs, exact }
}

function batchesOf(dataset: Dataset, config: TrainConfig): { batches: number; exact: boolean } {
  const { trainCount, symbols, sampleShape } = dataset
  const symbolic = sampleShape.some((size) => typeof size === 'string')
  if (config.tokenBudget === null || !applies(dataset).tokenBudget)
    return { batches: Math.ceil(trainCount / config.batchSize), exact: sampleShape.length < 3 || !symbolic }
  const length = Object.values(symbols)[0]?.typical ?? Number(sampleShape[0])
  return {
    batches: Math.ceil(trainCount / Math.max(1, Math.floor(config.tokenBudget / length))),
    exact: !symbolic,
  }
}
