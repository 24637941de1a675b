/** Every setting of training by its short name. Of a run of another tool: what that tool called the same. */
import type { Run } from '../../schemas.ts'
import { scheduleText } from '../../settings.ts'
import { optimizerTitles, type Augmentation, type TrainConfig } from '../../training.ts'
import type { Field, FieldKind, FieldValue } from './field.ts'

interface Setting {
  name: string
  kind: FieldKind
  help: string
  read: (config: TrainConfig) => FieldValue
  /** Other tools' names for it. */
  aliases: readonly string[]
}

const setting = (
  name: string,
  kind: FieldKind,
  help: string,
  read: (config: TrainConfig) => FieldValue,
  aliases: readonly string[] = [],
): Setting => ({ name, kind, help, read, aliases })

const augment = (name: string, help: string, read: (changes: Augmentation) => FieldValue): Setting =>
  setting(name, 'setting', help, (c) => (c.augmentation ? read(c.augmentation) : null))

/** In the order of the form on the Train page. Null where a setting has no meaning, such as momentum under Adam. */
const all: readonly Setting[] = [
  setting('optimizer', 'text', 'Optimizer', (c) => optimizerTitles[c.optimizer], ['optim']),
  setting('lr', 'setting', 'Learning rate', (c) => c.learningRate, ['learning_rate', 'learningRate']),
  setting('momentum', 'setting', 'Momentum', (c) => (c.optimizer === 'sgd' ? c.momentum : null)),
  setting('nesterov', 'flag', 'Looks ahead along the momentum', (c) =>
    c.optimizer === 'sgd' ? c.nesterov : null,
  ),
  setting('betas', 'text', 'Betas, where they are not the usual ones', (c) => c.betas?.join(', ') ?? null),
  setting('epsilon', 'setting', 'Epsilon, where it is not the usual one', (c) => c.epsilon, ['eps']),
  setting('alpha', 'setting', 'RMSprop: decay of the mean of squares', (c) =>
    c.optimizer === 'rmsprop' ? c.alpha : null,
  ),
  setting('schedule', 'text', 'How the learning rate goes over the steps', (c) => scheduleText(c.schedule), [
    'scheduler',
    'lr_scheduler',
  ]),
  setting('warmup', 'count', 'Steps of warm-up', (c) => c.schedule.warmupSteps, ['warmup_steps']),
  setting('decay', 'setting', 'Weight decay', (c) => c.weightDecay, ['weight_decay', 'weightDecay', 'wd']),
  setting('decay_everything', 'flag', 'Weight decay pulls on biases and norms too', (c) => c.decayEverything),
  setting('clip_norm', 'setting', 'Largest norm of all gradients together', (c) => c.clipNorm),
  setting('clip_value', 'setting', 'Largest element of a gradient', (c) => c.clipValue),
  setting('batch', 'count', 'Batch size', (c) => c.batchSize, ['batch_size', 'batchSize', 'bs']),
  setting('token_budget', 'count', 'Tokens in a batch', (c) => c.tokenBudget),
  setting('accumulate', 'count', 'Batches whose gradients make one update', (c) => c.accumulate, [
    'gradient_accumulation_steps',
  ]),
  setting('epochs', 'count', 'Passes over the training data', (c) => c.epochs, ['num_epochs', 'max_epochs']),
  setting('seed', 'setting', 'Seed of everything random', (c) => c.seed, ['random_seed']),
  setting('ema', 'setting', 'Decay of the average of the weights', (c) => c.ema),
  setting('precision', 'text', 'Precision of products', (c) => c.precision, ['dtype']),
  setting('device', 'text', 'Device that was asked for', (c) => c.device),
  setting('deterministic', 'flag', 'Same seed, same numbers on a GPU too', (c) => c.deterministic),
  setting('balance', 'text', 'How unbalanced classes are treated', (c) => c.balance),
  augment('flip', 'Half of the images are mirrored', (a) => a.flip),
  augment('shift', 'Images are shifted by up to this share of a side', (a) => a.shift),
  augment('rotate', 'Images are turned by up to so many degrees', (a) => a.rotate),
  augment('colour', 'Brightness, contrast and saturation changed by up to this share', (a) => a.colour),
  augment('cutout', 'A square of this share of the side is blanked', (a) => a.cutout),
  augment('mixup', 'Mixed with another image; alpha of the beta distribution', (a) => a.mixup),
  setting(
    'early_stopping',
    'text',
    'The metric that early stopping watches',
    (c) => c.earlyStopping?.metric ?? null,
  ),
  setting(
    'patience',
    'count',
    'Epochs without an improvement that are borne',
    (c) => c.earlyStopping?.patience ?? null,
  ),
  setting(
    'min_delta',
    'setting',
    'What early stopping takes for an improvement',
    (c) => c.earlyStopping?.minDelta ?? null,
  ),
  setting('one_batch', 'flag', 'Trained on its first batch alone', (c) => c.overfitBatch),
  setting(
    'rewrites_off',
    'text',
    'Rewrites of the graph that were switched off',
    (c) => c.disabledRewrites.toSorted().join(', ') || null,
  ),
  setting(
    'frozen',
    'text',
    'Layers whose weights were not trained',
    (c) => c.frozen.toSorted().join(', ') || null,
  ),
  setting('best_by', 'text', 'What the best checkpoint is best by', (c) => c.checkpoints.bestMetric),
  setting('keep_every', 'count', 'Steps between two checkpoints', (c) => c.checkpoints.everySteps),
  setting('keep_minutes', 'setting', 'Minutes between two checkpoints', (c) => c.checkpoints.everyMinutes),
  setting('keep', 'count', 'Checkpoints that are kept', (c) => c.checkpoints.keep),
  setting('probe_every', 'count', 'Steps between two looks at every layer', (c) => c.probeEvery),
  setting('histograms_every', 'count', 'Steps between two sets of histograms', (c) => c.histogramsEvery),
]

const said = ({ origin }: Run, names: readonly string[]): FieldValue => {
  for (const name of names)
    if (origin && Object.hasOwn(origin.settings, name)) return origin.settings[name] ?? null
  return null
}

export const settingFields: readonly Field[] = all.map(({ name, kind, help, read, aliases }) => {
  const names = [name, ...aliases]
  return {
    ...{ name, title: name, kind, help, group: 'setting' as const },
    read: (run) => (run.config ? read(run.config) : said(run, names)),
  }
})

/** Other tools' names of settings, each with ours. */
export const settingAliases: ReadonlyMap<string, string> = new Map(
  all.flatMap(({ name, aliases }) => aliases.map((alias): [string, string] => [alias, name])),
)

const taken = new Set([...settingAliases.keys(), ...all.map(({ name }) => name)])

/** A setting that only another tool knows. */
export function foreignSetting(name: string): Field {
  return {
    ...{ name, title: name, group: 'setting', help: `${name}, a setting of another tool` },
    kind: 'setting',
    read: (run) => said(run, [name]),
  }
}

/** Names of settings that other tools gave and Tapedeck does not have. */
export function foreignNames(runs: readonly Run[]): string[] {
  const found = new Set<string>()
  for (const { origin } of runs) if (origin) for (const name of Object.keys(origin.settings)) found.add(name)
  return [...found].filter((name) => !taken.has(name)).sort()
}

/** Those that mean something where another program trains the same. */
const shared = new Set(
  'optimizer lr momentum nesterov betas epsilon alpha schedule warmup decay decay_everything clip_norm clip_value batch token_budget accumulate epochs seed ema precision balance one_batch frozen'.split(
    ' ',
  ),
)

/** Settings by their short names, as the program that trains elsewhere tells them. */
export function sharedSettings(config: TrainConfig): Record<string, string | number | boolean> {
  const settings: Record<string, string | number | boolean> = {}
  for (const { name, read } of all) {
    const value = shared.has(name) ? read(config) : null
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      settings[name] = value
  }
  return settings
}
