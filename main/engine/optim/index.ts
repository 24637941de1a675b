/** `torch.optim` over native tensors: optimizers, clipping, moving averages, schedules. */
import { guard } from '../guard.ts'
import * as clip from './clip.ts'
import { decayGroups as plainDecayGroups } from './group.ts'

export { Adagrad, Adam, AdamW, Lion, RMSprop, SGD } from './algorithms.ts'
export type { AdagradOptions, AdamOptions, LionOptions, RmspropOptions, SgdOptions } from './algorithms.ts'
export const { clipGradNorm, clipGradValue } = guard(clip)
export { EMA } from './ema.ts'
export type { EmaState } from './ema.ts'
export const { decayGroups } = guard({ decayGroups: plainDecayGroups })
export { ParamGroup } from './group.ts'
export type { CommonOptions, GroupSpec, Params } from './group.ts'
export { Optimizer } from './optimizer.ts'
export type { Algorithm, OptimizerState, StepOptions, StepResult, StepStats } from './optimizer.ts'
export * as schedule from '../../common/schedule.ts'
export type { StateTensor, StateTensors } from './state.ts'
