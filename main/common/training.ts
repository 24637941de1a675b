/** How a model is trained, and what is kept of it: the configuration, changes to it, checkpoints, the NaN card. */
import { z } from 'zod'

/** Random changes of training images, drawn anew each epoch; a pure function of seed, epoch and row. */
export const augmentationSchema = z.object({
  /** Half of the images are mirrored left to right. */
  flip: z.boolean().default(false),
  /** Shifted by up to this share of a side, 0 to 0.5; what comes in is filled with the edge. */
  shift: z.number().min(0).max(0.5).default(0),
  /** Turned by up to so many degrees either way. */
  rotate: z.number().min(0).max(180).default(0),
  /** Brightness, contrast and saturation changed by up to this share. */
  colour: z.number().min(0).max(1).default(0),
  /** A square of this share of the shorter side is blanked. */
  cutout: z.number().min(0).max(1).default(0),
  /** Mixed with another image of the batch; alpha of the beta distribution, 0 for none. */
  mixup: z.number().min(0).max(10).default(0),
})
export type Augmentation = z.infer<typeof augmentationSchema>

export const optimizerSchema = z.enum(['sgd', 'adam', 'adamw', 'rmsprop', 'adagrad', 'lion'])
export type OptimizerName = z.infer<typeof optimizerSchema>

/** As people write them. */
export const optimizerTitles: Record<OptimizerName, string> = {
  sgd: 'SGD',
  adam: 'Adam',
  adamw: 'AdamW',
  rmsprop: 'RMSprop',
  adagrad: 'Adagrad',
  lion: 'Lion',
}

/** Where each optimizer usually starts. */
export const usualLearningRate: Record<OptimizerName, number> = {
  sgd: 0.02,
  adam: 0.001,
  adamw: 0.001,
  rmsprop: 0.001,
  adagrad: 0.01,
  lion: 0.0001,
}

/** What an optimizer takes where a configuration leaves it to it; as in main/engine/optim. */
export const usualBetas: Partial<Record<OptimizerName, readonly [number, number]>> = {
  adam: [0.9, 0.999],
  adamw: [0.9, 0.999],
  lion: [0.9, 0.99],
}
export const usualEpsilon: Partial<Record<OptimizerName, number>> = {
  adam: 1e-8,
  adamw: 1e-8,
  rmsprop: 1e-8,
  adagrad: 1e-10,
}

/** The learning rate over the steps of a run; `learningRate` is its base and, but for `plateau`, its highest. */
export const scheduleSchema = z.object({
  kind: z.enum(['constant', 'step', 'cosine', 'one-cycle', 'linear', 'plateau']).default('constant'),
  /** The rate rises to its base along a line over so many steps. `one-cycle` has a rise of its own. */
  warmupSteps: z.number().int().min(0).max(10_000_000).default(0),
  /** `step`: so many steps between two drops. */
  everySteps: z.number().int().min(1).max(10_000_000).default(1000),
  /** `step`, `plateau`: what is left of the rate after a drop. */
  factor: z.number().positive().max(0.999).default(0.1),
  /** `cosine`, `linear`: share of the base that is left at the end. */
  end: z.number().min(0).max(1).default(0),
  /** `one-cycle`: share of the steps over which the rate rises. */
  rise: z.number().min(0).max(1).default(0.3),
  /** `plateau`: epochs without a lower validation loss (training loss where nothing validates) that are borne. */
  patience: z.number().int().min(0).max(10_000).default(5),
})
export type Schedule = z.infer<typeof scheduleSchema>

export const earlyStoppingSchema = z.object({
  /** Name of a metric of an epoch, such as `val/loss`; losses and errors are better when lower. */
  metric: z.string().min(1).max(120).default('val/loss'),
  /** Epochs without an improvement that are borne. */
  patience: z.number().int().min(0).max(10_000).default(5),
  /** What counts as an improvement, in the metric's own unit. */
  minDelta: z.number().min(0).default(0),
})

export const checkpointPolicySchema = z.object({
  /** Null: not by steps. */
  everySteps: z.number().int().min(1).max(10_000_000).nullable().default(null),
  /** Null: not by the clock. */
  everyMinutes: z.number().positive().max(1440).nullable().default(2),
  /** How many of those are kept; the best and the last are kept beside them. */
  keep: z.number().int().min(1).max(1000).default(3),
  /** What the best checkpoint is best by. Null: the validation loss, or the training loss where nothing validates. */
  bestMetric: z.string().min(1).max(120).nullable().default(null),
})

/** Where a run computes. `auto`: on the GPU where there is one, else on the processor. */
export const deviceChoiceSchema = z.enum(['auto', 'cpu', 'cuda'])
export type DeviceChoice = z.infer<typeof deviceChoiceSchema>

/**
 * `bfloat16`: products in 16 bits; weights, gradients and updates stay 32. `tf32`: a GPU rounds the factors of products
 * to 10 bits; the processor computes in float32 as ever.
 */
export const precisionSchema = z.enum(['float32', 'tf32', 'bfloat16'])
export type Precision = z.infer<typeof precisionSchema>

/** As people write them. */
export const precisionTitles: Record<Precision, string> = {
  float32: 'float32',
  tf32: 'TF32',
  bfloat16: 'bfloat16',
}

const learningRate = z.number().positive().max(1e6)
const weightDecay = z.number().min(0).max(1)
const batchSize = z.number().int().min(1).max(65536)
const epochs = z.number().int().min(1).max(100000)
const clip = z.number().positive().max(1e9).nullable()
const beta = z.number().min(0).max(0.99999)

export const trainConfigSchema = z.object({
  optimizer: optimizerSchema,
  learningRate,
  /** SGD only. */
  momentum: z.number().min(0).max(0.999),
  weightDecay,
  batchSize,
  epochs,
  seed: z.number().int().min(0).max(4294967295),
  /** Rules of common/rewrites that are switched off. */
  disabledRewrites: z.array(z.string().max(64)).max(100).default([]),
  /** Tokens in a batch, padding counted: batches of short texts hold more of them. Null: `batchSize` samples each. */
  tokenBudget: z.number().int().min(1).max(10_000_000).nullable().default(null),
  /**
   * Of unbalanced classes. `weights`: the loss of a class counts the more, the rarer it is. `sampling`: every class is
   * drawn equally often.
   */
  balance: z.enum(['none', 'weights', 'sampling']).default('none'),
  augmentation: augmentationSchema.nullable().default(null),
  /**
   * Steps between two looks at every layer, and between two sets of histograms; 0 for none. After the beginning of a run
   * more where a step is small; see training/probes/schedule.ts.
   */
  probeEvery: z.number().int().min(0).max(100_000).default(20),
  histogramsEvery: z.number().int().min(0).max(100_000).default(100),
  /** SGD only: looks ahead along the momentum. */
  nesterov: z.boolean().default(false),
  /** Adam, AdamW, Lion. Null: the optimizer's own, 0.9 and 0.999, or 0.99 of Lion. */
  betas: z.tuple([beta, beta]).nullable().default(null),
  /** All but SGD and Lion. Null: the optimizer's own. */
  epsilon: z.number().positive().max(1).nullable().default(null),
  /** RMSprop: decay of the mean of squared gradients. */
  alpha: z.number().min(0).max(0.99999).default(0.99),
  /** Whether weight decay also pulls on biases and on the scales and shifts of norms. */
  decayEverything: z.boolean().default(false),
  schedule: scheduleSchema.prefault({}),
  /** Gradients are scaled so that their norm together is at most this. */
  clipNorm: clip.default(null),
  /** Every element of the gradients is cut to -clipValue..clipValue. */
  clipValue: clip.default(null),
  /** Batches whose gradients make one update together. */
  accumulate: z.number().int().min(1).max(10_000).default(1),
  /** Decay of a moving average of the weights, which is evaluated and kept in their place. Null: none. */
  ema: z.number().min(0).max(0.99999).nullable().default(null),
  earlyStopping: earlyStoppingSchema.nullable().default(null),
  precision: precisionSchema.default('float32'),
  /** Runs from before there was a choice were trained on the processor. */
  device: deviceChoiceSchema.default('cpu'),
  /** On a GPU: the same seed gives the same numbers, which some sums in any order would not; a processor always does. */
  deterministic: z.boolean().default(true),
  checkpoints: checkpointPolicySchema.prefault({}),
  /** Trains on the first batch alone: a model that cannot learn that by heart has a fault. */
  overfitBatch: z.boolean().default(false),
  /** Ids of layers whose weights stay as they are, for fine-tuning; batch norms among them keep their statistics. */
  frozen: z.array(z.string().max(64)).max(5000).default([]),
})
export type TrainConfig = z.infer<typeof trainConfigSchema>

export const defaultTrainConfig: TrainConfig = trainConfigSchema.parse({
  optimizer: 'sgd',
  learningRate: usualLearningRate.sgd,
  momentum: 0.9,
  weightDecay: 0,
  batchSize: 32,
  epochs: 5,
  seed: 1,
  device: 'auto',
})

/** Passes over its one batch that a network is given to learn it by heart; a run on one batch ends earlier when it has. */
const overfitSteps = 300

/** The same training on the first batch alone, without what would keep a network from learning it by heart. */
export const overfitConfig = (config: TrainConfig): TrainConfig => ({
  ...config,
  overfitBatch: true,
  epochs: overfitSteps,
  schedule: defaultTrainConfig.schedule,
  accumulate: 1,
  weightDecay: 0,
  ema: null,
  augmentation: null,
  earlyStopping: null,
})

/** What may be changed while a run trains. Batch size counts from the next epoch on, all else from the next step. */
export const trainChangesSchema = z
  .object({
    learningRate,
    schedule: scheduleSchema,
    clipNorm: clip,
    clipValue: clip,
    weightDecay,
    batchSize,
    epochs,
  })
  .partial()
export type TrainChanges = z.infer<typeof trainChangesSchema>

/**
 * Any part of a configuration. Only what is given is there: the fields' own defaults would undo what a run was trained
 * with.
 */
export const trainConfigPartSchema = z
  .record(z.string(), z.unknown())
  .transform((given, context): Partial<TrainConfig> => {
    const parsed = trainConfigSchema.safeParse({ ...defaultTrainConfig, ...given })
    const unknown = Object.keys(given).find((name) => !(name in defaultTrainConfig))
    if (unknown !== undefined) context.addIssue(`there is no setting ${unknown}`)
    if (!parsed.success)
      for (const { message, path } of parsed.error.issues) context.addIssue({ code: 'custom', message, path })
    if (!parsed.success || unknown !== undefined) return z.NEVER
    return Object.fromEntries(
      Object.keys(given).map((name) => [name, parsed.data[name as keyof TrainConfig]]),
    )
  })

/** A change to be made when a run has done so many steps. */
export const plannedChangeSchema = z.object({
  atStep: z.number().int().min(0),
  changes: trainChangesSchema,
})
export type PlannedChange = z.infer<typeof plannedChangeSchema>

/** What an event calls a change. */
export const changeKinds = [
  'learning-rate',
  'schedule',
  'clipping',
  'weight-decay',
  'batch-size',
  'epochs',
] as const
export type ChangeKind = (typeof changeKinds)[number]

/** Whether a metric is better when it is lower: losses, errors and perplexity. */
export const lowerIsBetter = (metric: string): boolean => /loss|mae|error|perplexity/.test(metric)

// ---------------------------------------------------------------- what is kept

/**
 * `best`: by the metric of the configuration. `last`: at the end. `step`: every so many steps or minutes. `change`: when
 * somebody changed the run. `halted`: before an update that would have written what is not finite.
 */
export const checkpointKindSchema = z.enum(['best', 'last', 'step', 'change', 'halted'])
export type CheckpointKind = z.infer<typeof checkpointKindSchema>

export const checkpointSchema = z.object({
  id: z.number(),
  runId: z.number(),
  kind: checkpointKindSchema,
  step: z.number(),
  /** Epochs done, fractional. */
  epoch: z.number(),
  /** Of the safetensors file with the weights. */
  path: z.string(),
  /** Newest value of each metric of an epoch. */
  metrics: z.record(z.string(), z.number()),
  /** All its files together. */
  bytes: z.number(),
  createdAt: z.number(),
  weightsSha256: z.string(),
  nextBatchSha256: z.string(),
})
export type Checkpoint = z.infer<typeof checkpointSchema>

export const parentSchema = z.object({ runId: z.number(), step: z.number() })
export type Parent = z.infer<typeof parentSchema>

// ---------------------------------------------------------------- numbers that are not finite

/** What a tensor held when something went wrong. Extremes and mean are of its finite elements; null where it has none. */
export const tensorLookSchema = z.object({
  name: z.string(),
  shape: z.array(z.number()),
  min: z.number().nullable(),
  max: z.number().nullable(),
  mean: z.number().nullable(),
  nan: z.number(),
  infinite: z.number(),
})
export type TensorLook = z.infer<typeof tensorLookSchema>

/** The NaN card: what made the first number that is not finite, found by doing the step once more with checks. */
export const notFiniteSchema = z.object({
  /** The step that was not made. */
  step: z.number(),
  learningRate: z.number(),
  /** What halted the run: the loss, or the gradients. */
  seen: z.enum(['loss', 'gradients']),
  /** Null where the repetition with checks stayed finite. */
  producer: z
    .object({
      op: z.string(),
      pass: z.enum(['forward', 'backward']),
      /** Ids in the document; null for the loss itself. */
      nodeId: z.string().nullable(),
      layer: z.string(),
      /** The engine's words. */
      message: z.string(),
    })
    .nullable(),
  inputs: z.array(tensorLookSchema),
  outputs: z.array(tensorLookSchema),
  /** Rows of the batch in the stored data set, at most 64; `batchSize` is the true number. */
  rows: z.array(z.number()),
  batchSize: z.number(),
  /** Likely causes in words, the likeliest first. */
  causes: z.array(z.string()),
})
export type NotFinite = z.infer<typeof notFiniteSchema>
