/** Which settings of a run have a meaning for a data set. */
import { showsImages, type Dataset } from './data/dataset.ts'
import { type TrainConfig } from './training.ts'

type Subject = Pick<Dataset, 'task' | 'content' | 'sampleShape' | 'storedDtype'>

export interface Applies {
  /** Batches of texts by tokens. */
  tokenBudget: boolean
  /** Classes that can be unequal. */
  balance: boolean
  /** Images of bytes. */
  augmentation: boolean
  /** Mixing two images asks for both classes. */
  mixup: boolean
}

export function applies(dataset: Subject): Applies {
  const augmentation = showsImages(dataset) && dataset.storedDtype === 'uint8'
  return {
    tokenBudget: dataset.content === 'tokens',
    balance: dataset.task === 'classify',
    augmentation,
    mixup: augmentation && dataset.task === 'classify',
  }
}

/** The settings without those that change nothing here, so that a run's record says what was done. */
export function applicableConfig(config: TrainConfig, dataset: Subject): TrainConfig {
  const has = applies(dataset)
  const { flip, shift, rotate, colour, cutout, mixup } = config.augmentation ?? {}
  const augmentation = config.augmentation && {
    ...config.augmentation,
    mixup: has.mixup ? config.augmentation.mixup : 0,
  }
  const changes = flip || shift || rotate || colour || cutout || (has.mixup && mixup)
  return {
    ...config,
    tokenBudget: has.tokenBudget ? config.tokenBudget : null,
    balance: has.balance ? config.balance : 'none',
    augmentation: has.augmentation && changes ? augmentation : null,
  }
}
