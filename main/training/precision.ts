import type { TrainConfig } from '../common/training.ts'
import { autocast } from '../engine/index.ts'

/** Runs a forward pass in the precision that a configuration asks for. */
export const inPrecision = <T>({ precision }: Pick<TrainConfig, 'precision'>, body: () => T): T =>
  precision === 'bfloat16' ? autocast('bfloat16', body) : body()
