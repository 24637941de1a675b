/** The settings of training as options of the command line: one line each, also in the help. */

export interface Flag {
  flag: string
  /** Where in the configuration it goes; a dot leads into a group. */
  field: string
  kind: 'number' | 'numbers' | 'text' | 'switch'
  /** Whether `off` is a value. */
  mayBeOff?: true
  /** A switch that turns its setting off. */
  turnsOff?: true
  /** What stands for the value in the help. */
  value?: string
  help: string
}

const number = (
  flag: string,
  field: string,
  value: string,
  help: string,
  more: Partial<Flag> = {},
): Flag => ({
  flag,
  field,
  kind: 'number',
  value,
  help,
  ...more,
})
const text = (flag: string, field: string, value: string, help: string): Flag => ({
  flag,
  field,
  kind: 'text',
  value,
  help,
})
const off = { mayBeOff: true } as const

/** In the order of the help. */
export const flags: readonly Flag[] = [
  number('epochs', 'epochs', 'N', 'passes over the training samples'),
  number('batch-size', 'batchSize', 'N', 'samples per step'),
  number('learning-rate', 'learningRate', 'X', 'step size of the optimizer'),
  text('optimizer', 'optimizer', 'NAME', 'sgd, adam, adamw, rmsprop, adagrad or lion'),
  number('momentum', 'momentum', 'X', 'sgd only, 0 to 0.999'),
  { flag: 'nesterov', field: 'nesterov', kind: 'switch', help: 'sgd only: look ahead along the momentum' },
  {
    flag: 'betas',
    field: 'betas',
    kind: 'numbers',
    value: 'A,B',
    help: 'adam, adamw, lion: two decays, such as 0.9,0.999',
  },
  number('epsilon', 'epsilon', 'X', 'added to the divisor, of all but sgd and lion'),
  number('alpha', 'alpha', 'X', 'rmsprop: decay of the mean of squared gradients'),
  number('weight-decay', 'weightDecay', 'X', '0 to 1; leaves biases and norms alone'),
  {
    flag: 'decay-everything',
    field: 'decayEverything',
    kind: 'switch',
    help: 'weight decay of biases and norms too',
  },
  number('seed', 'seed', 'N', 'same seed, data and build: the same numbers to the last digit'),
  number(
    'token-budget',
    'tokenBudget',
    'N',
    'texts: tokens per step, padding counted, instead of --batch-size',
  ),
  text('schedule', 'schedule.kind', 'KIND', 'constant, step, cosine, one-cycle, linear or plateau'),
  number(
    'warmup-steps',
    'schedule.warmupSteps',
    'N',
    'steps over which the learning rate rises from nothing',
  ),
  number('schedule-every', 'schedule.everySteps', 'N', 'step: steps between two drops'),
  number('schedule-factor', 'schedule.factor', 'X', 'step, plateau: what is left of the rate after a drop'),
  number('schedule-end', 'schedule.end', 'X', 'cosine, linear: share of the rate that is left at the end'),
  number('schedule-rise', 'schedule.rise', 'X', 'one-cycle: share of the steps over which the rate rises'),
  number(
    'schedule-patience',
    'schedule.patience',
    'N',
    'plateau: epochs without an improvement that are borne',
  ),
  number('clip-norm', 'clipNorm', 'X', 'most that the norm of all gradients may be, or off', off),
  number('clip-value', 'clipValue', 'X', 'most that an element of a gradient may be, or off', off),
  number('accumulate', 'accumulate', 'N', 'batches whose gradients make one step'),
  number(
    'ema',
    'ema',
    'X',
    'decay of a moving average of the weights, which is evaluated and kept, or off',
    off,
  ),
  text('precision', 'precision', 'NAME', 'float32, bfloat16 (bf16), or on a GPU tf32'),
  text('device', 'device', 'NAME', 'cuda, cpu, or auto: the GPU where there is one'),
  {
    flag: 'nondeterministic',
    field: 'deterministic',
    kind: 'switch',
    turnsOff: true,
    help: 'on a GPU: may be faster, and the same seed gives slightly other numbers each time',
  },
  text(
    'early-stopping',
    'earlyStopping.metric',
    'METRIC',
    'stop when it no longer improves, such as val/loss',
  ),
  number(
    'patience',
    'earlyStopping.patience',
    'N',
    'early stopping: epochs without an improvement that are borne',
  ),
  number('min-delta', 'earlyStopping.minDelta', 'X', 'early stopping: what counts as an improvement'),
  number('checkpoint-every', 'checkpoints.everySteps', 'N', 'steps between two checkpoints, or off', off),
  number(
    'checkpoint-minutes',
    'checkpoints.everyMinutes',
    'X',
    'minutes between two checkpoints, or off',
    off,
  ),
  number('keep', 'checkpoints.keep', 'N', 'how many of them are kept, beside the best and the last'),
  text('best-metric', 'checkpoints.bestMetric', 'METRIC', 'what the best checkpoint is best by'),
  {
    flag: 'overfit-batch',
    field: 'overfitBatch',
    kind: 'switch',
    help: 'train on the first batch alone: it must be learnt by heart',
  },
]

/** For `parseArgs`. */
export const flagOptions: Record<string, { type: 'string' | 'boolean' }> = Object.fromEntries(
  flags.map(({ flag, kind }) => [flag, { type: kind === 'switch' ? 'boolean' : 'string' } as const]),
)

export const flagHelp = flags
  .map(
    ({ flag, value, help }) => `  ${`--${flag}${value === undefined ? '' : ` ${value}`}`.padEnd(24)}${help}`,
  )
  .join('\n')
