/** The settings that are numbers: what they are called, what they do in a sentence, what is allowed. */
import type { z } from 'zod'
import {
  checkpointPolicySchema,
  earlyStoppingSchema,
  scheduleSchema,
  trainConfigSchema,
} from '../../../main/common/training.ts'

export interface NumberSetting {
  /** No two fields of the page share it. */
  key: string
  label: string
  help: string
  /** What is said of anything else: the bounds, and an example. */
  wrong: string
  schema: z.ZodType
  /** Shown while nothing is typed, where that is allowed. */
  empty?: string
}

const config = trainConfigSchema.shape
const schedule = scheduleSchema.shape
const stopping = earlyStoppingSchema.shape
const checkpoints = checkpointPolicySchema.shape

const setting = (
  key: string,
  label: string,
  help: string,
  wrong: string,
  schema: z.ZodType,
  empty?: string,
): NumberSetting => ({ key, label, help, wrong, schema, ...(empty === undefined ? {} : { empty }) })

const rate = 'A number above 0, such as 0.01 or 1e-3.'
const share = 'A number from 0 to 1, such as 0.1.'
const steps = (example: string): string => `A whole number from 1 to 10,000,000, such as ${example}.`
const decay = 'A number from 0 to 0.99999, such as 0.9.'

export const numbers = {
  learningRate: setting('learningRate', 'Learning rate', 'How far a step goes.', rate, config.learningRate),
  batchSize: setting(
    'batchSize',
    'Batch size',
    'Samples in one step.',
    'A whole number from 1 to 65,536.',
    config.batchSize,
  ),
  epochs: setting(
    'epochs',
    'Epochs',
    'Passes over the training samples.',
    'A whole number from 1 to 100,000.',
    config.epochs,
  ),
  seed: setting(
    'seed',
    'Seed',
    'Same seed, same run.',
    'A whole number from 0 to 4,294,967,295.',
    config.seed,
  ),
  tokenBudget: setting(
    'tokenBudget',
    'Token budget',
    'Tokens in one step, padding counted, instead of a batch size: short texts share larger batches.',
    'A whole number from 1 to 10,000,000, such as 4096, or nothing.',
    config.tokenBudget,
    'off',
  ),

  warmupSteps: setting(
    'warmupSteps',
    'Warm-up',
    'Steps over which the rate rises to its full size.',
    'A whole number from 0 to 10,000,000, such as 100.',
    schedule.warmupSteps,
  ),
  everySteps: setting(
    'everySteps',
    'Drop every',
    'Steps between two drops.',
    steps('1000'),
    schedule.everySteps,
  ),
  factor: setting(
    'factor',
    'Drop to',
    'What is left of the rate after a drop.',
    'A number above 0 and up to 0.999, such as 0.1.',
    schedule.factor,
  ),
  end: setting('end', 'Ends at', 'Share of the rate that is left at the end.', share, schedule.end),
  rise: setting('rise', 'Rises for', 'Share of the run over which the rate rises.', share, schedule.rise),
  patience: setting(
    'patience',
    'Patience',
    'Epochs without a lower validation loss before it drops.',
    'A whole number from 0 to 10,000.',
    schedule.patience,
  ),

  momentum: setting(
    'momentum',
    'Momentum',
    'Share of the last step that is kept.',
    'A number from 0 to 0.999.',
    config.momentum,
  ),
  weightDecay: setting(
    'weightDecay',
    'Weight decay',
    'Pulls weights towards 0; 0 is off.',
    'A number from 0 to 1, such as 0.01.',
    config.weightDecay,
  ),
  beta1: setting(
    'beta1',
    'Beta 1',
    'How long gradients are remembered: nearer to 1 is longer.',
    `${decay.slice(0, -1)}, or nothing.`,
    config.alpha.unwrap().nullable(),
  ),
  beta2: setting(
    'beta2',
    'Beta 2',
    'The same of their squares, or of the momentum of Lion.',
    `${decay.slice(0, -1)}, or nothing.`,
    config.alpha.unwrap().nullable(),
  ),
  epsilon: setting(
    'epsilon',
    'Epsilon',
    'Keeps the divisor above 0; raise it where steps jump.',
    'A number above 0 and up to 1, such as 1e-8, or nothing.',
    config.epsilon,
  ),
  alpha: setting(
    'alpha',
    'Alpha',
    'How long squared gradients are remembered: nearer to 1 is longer.',
    decay,
    config.alpha,
  ),

  clipNorm: setting(
    'clipNorm',
    'Clip norm',
    'All gradients are scaled down together when their norm is above this.',
    'A number above 0, such as 1, or nothing.',
    config.clipNorm,
    'off',
  ),
  clipValue: setting(
    'clipValue',
    'Clip value',
    'Each element of a gradient is cut to this size.',
    'A number above 0, such as 0.5, or nothing.',
    config.clipValue,
    'off',
  ),
  accumulate: setting(
    'accumulate',
    'Accumulate',
    'Batches whose gradients make one step.',
    'A whole number from 1 to 10,000.',
    config.accumulate,
  ),
  ema: setting(
    'ema',
    'Average (EMA)',
    'A moving average of the weights is evaluated and kept in their place; nearer to 1 is slower.',
    'A number from 0 to 0.99999, such as 0.999, or nothing.',
    config.ema,
    'off',
  ),

  stopPatience: setting(
    'stopPatience',
    'Patience',
    'Epochs without an improvement before the run ends.',
    'A whole number from 0 to 10,000.',
    stopping.patience,
  ),
  minDelta: setting(
    'minDelta',
    'At least',
    'What counts as an improvement, in the metric’s own unit.',
    'A number from 0 up, such as 0.001.',
    stopping.minDelta,
  ),

  checkpointSteps: setting(
    'checkpointSteps',
    'Every steps',
    'Steps between two checkpoints.',
    `${steps('500').slice(0, -1)}, or nothing.`,
    checkpoints.everySteps,
    'off',
  ),
  checkpointMinutes: setting(
    'checkpointMinutes',
    'Every minutes',
    'Minutes between two: what a power cut can cost at most.',
    'A number above 0 and up to 1,440, such as 2, or nothing.',
    checkpoints.everyMinutes,
    'off',
  ),
  keep: setting(
    'keep',
    'Keep',
    'How many of those stay on disk, beside the best and the last.',
    'A whole number from 1 to 1,000.',
    checkpoints.keep,
  ),

  probeEvery: setting(
    'probeEvery',
    'Probes',
    'Steps between two looks at every layer; 0 for none.',
    'A whole number from 0 to 100,000.',
    config.probeEvery,
  ),
  histogramsEvery: setting(
    'histogramsEvery',
    'Histograms',
    'Steps between two sets of histograms; 0 for none.',
    'A whole number from 0 to 100,000.',
    config.histogramsEvery,
  ),
} as const satisfies Record<string, NumberSetting>
