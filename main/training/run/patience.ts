/** Early stopping. */
import { lowerIsBetter, type TrainConfig } from '../../common/training.ts'
import { measured } from '../../common/settings.ts'
import type { Cursor } from './cursor.ts'

/** Hears an epoch's figures. @returns why early stopping cannot work on this run; null where it can */
export function hearEpoch({ earlyStopping }: TrainConfig, cursor: Cursor): string | null {
  if (!earlyStopping) return null
  const { metric, minDelta } = earlyStopping
  const value = cursor.figures[metric]
  if (value === undefined) {
    const known = Object.keys(cursor.figures).join(', ')
    return `early stopping looks at ${metric}, which this run does not have; it has ${known}`
  }
  const { best } = cursor.patience
  const better = best === null || (lowerIsBetter(metric) ? value < best - minDelta : value > best + minDelta)
  cursor.patience = better ? { best: value, bad: 0 } : { best, bad: cursor.patience.bad + 1 }
  return null
}

/** Why the run ends before its last epoch; null where it does not. */
export function outOfPatience({ earlyStopping }: TrainConfig, { patience }: Cursor): string | null {
  if (!earlyStopping || patience.best === null || patience.bad <= earlyStopping.patience) return null
  const { metric } = earlyStopping
  return `early stopping: ${metric} has not improved on ${measured(patience.best)} for ${patience.bad} ${patience.bad === 1 ? 'epoch' : 'epochs'}`
}
