/** The metrics of an epoch that a data set has: what early stopping and the best checkpoint may look at. */
import type { Dataset } from '../../../main/common/data/dataset.ts'
import { metrics } from '../../../main/common/schemas.ts'

const ofTask: Record<Dataset['task'], { train: readonly string[]; val: readonly string[] }> = {
  classify: {
    train: [metrics.trainLoss, metrics.trainAccuracy, metrics.trainMacroF1],
    val: [metrics.valLoss, metrics.valAccuracy, metrics.valMacroF1],
  },
  'next-token': {
    train: [metrics.trainLoss, metrics.trainAccuracy],
    val: [metrics.valLoss, metrics.valPerplexity, metrics.valAccuracy],
  },
  regress: { train: [metrics.trainLoss, metrics.trainError], val: [metrics.valLoss, metrics.valError] },
}

/** @param chosen stays a choice where the data set does not have it */
export function metricChoices(dataset: Dataset | null, chosen: string | null): string[] {
  const { train, val } = ofTask[dataset?.task ?? 'classify']
  const has = dataset?.validationCount === 0 ? train : [...val, ...train]
  return [...new Set([...has, ...(chosen === null ? [] : [chosen])])]
}
