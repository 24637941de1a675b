/** The groups of the set-up form that are closed at first: what belongs to each, and what in it is not as usual. */
import { applies } from '../../../main/common/applicable.ts'
import type { Dataset } from '../../../main/common/data/dataset.ts'
import { scheduleText, setting } from '../../../main/common/settings.ts'
import {
  defaultTrainConfig,
  precisionTitles,
  usualBetas,
  usualEpsilon,
  type TrainConfig,
} from '../../../main/common/training.ts'
import { count, counted } from '../../ui/format.ts'

export interface Group {
  id: string
  title: string
  /** What it sets; a reset puts these back. */
  keys: readonly (keyof TrainConfig)[]
  /** What is not as usual and has an effect, in a few words each. */
  changed: (config: TrainConfig, dataset: Dataset | null) => string[]
}

const usual = defaultTrainConfig
const only = (told: boolean, text: string): string[] => (told ? [text] : [])

export const groups = {
  schedule: {
    id: 'schedule',
    title: 'Schedule',
    keys: ['schedule'],
    changed: ({ schedule }) =>
      only(schedule.kind !== 'constant' || schedule.warmupSteps > 0, scheduleText(schedule)),
  },
  optimizer: {
    id: 'optimizer',
    title: 'Optimizer details',
    keys: ['momentum', 'nesterov', 'weightDecay', 'decayEverything', 'betas', 'epsilon', 'alpha'],
    changed: (c) => [
      ...only(c.optimizer === 'sgd' && c.momentum !== usual.momentum, `momentum ${setting(c.momentum)}`),
      ...only(c.optimizer === 'sgd' && c.nesterov, 'Nesterov'),
      ...only(
        c.weightDecay > 0,
        `decay ${setting(c.weightDecay)}${c.decayEverything ? ' on everything' : ''}`,
      ),
      ...only(
        c.betas !== null && c.optimizer in usualBetas,
        `betas ${(c.betas ?? []).map(setting).join(', ')}`,
      ),
      ...only(c.epsilon !== null && c.optimizer in usualEpsilon, `epsilon ${setting(c.epsilon ?? 0)}`),
      ...only(c.optimizer === 'rmsprop' && c.alpha !== usual.alpha, `alpha ${setting(c.alpha)}`),
    ],
  },
  gradients: {
    id: 'gradients',
    title: 'Gradients and weights',
    keys: ['clipNorm', 'clipValue', 'accumulate', 'ema'],
    changed: (c) => [
      ...only(c.clipNorm !== null, `clip ${setting(c.clipNorm ?? 0)}`),
      ...only(c.clipValue !== null, `clip values ${setting(c.clipValue ?? 0)}`),
      ...only(c.accumulate > 1, `${count(c.accumulate)} batches a step`),
      ...only(c.ema !== null, `EMA ${setting(c.ema ?? 0)}`),
    ],
  },
  data: {
    id: 'data',
    title: 'Data',
    keys: ['tokenBudget', 'balance', 'augmentation'],
    changed: (c, dataset) => {
      const has = dataset && applies(dataset)
      return [
        ...only(has?.tokenBudget === true && c.tokenBudget !== null, `${count(c.tokenBudget ?? 0)} tokens`),
        ...only(has?.balance === true && c.balance !== 'none', `balance by ${c.balance}`),
        ...only(has?.augmentation === true && c.augmentation !== null, 'images changed at random'),
      ]
    },
  },
  frozen: {
    id: 'frozen',
    title: 'Fine-tuning',
    keys: ['frozen'],
    changed: ({ frozen }) => only(frozen.length > 0, `${counted(frozen.length, 'layer')} frozen`),
  },
  stopping: {
    id: 'stopping',
    title: 'Early stopping',
    keys: ['earlyStopping'],
    changed: ({ earlyStopping: s }) => (s ? [`${s.metric}, patience ${count(s.patience)}`] : []),
  },
  checkpoints: {
    id: 'checkpoints',
    title: 'Checkpoints',
    keys: ['checkpoints'],
    changed: ({ checkpoints: c }) => [
      ...only(c.everySteps !== null, `every ${count(c.everySteps ?? 0)} steps`),
      ...only(
        c.everyMinutes !== usual.checkpoints.everyMinutes,
        c.everyMinutes === null ? 'not by the clock' : `every ${setting(c.everyMinutes)} minutes`,
      ),
      ...only(c.keep !== usual.checkpoints.keep, `keep ${count(c.keep)}`),
      ...only(c.bestMetric !== null, `best by ${c.bestMetric}`),
    ],
  },
  engine: {
    id: 'engine',
    title: 'Device, precision, seed, probes',
    keys: ['device', 'precision', 'deterministic', 'seed', 'probeEvery', 'histogramsEvery'],
    changed: (c) => [
      ...only(c.device !== usual.device, c.device === 'cpu' ? 'on the processor' : 'on the GPU'),
      ...only(c.seed !== usual.seed, `seed ${c.seed}`),
      ...only(c.precision !== usual.precision, precisionTitles[c.precision]),
      ...only(!c.deterministic, 'not deterministic'),
      ...only(
        c.probeEvery !== usual.probeEvery,
        c.probeEvery === 0 ? 'no probes' : `probe every ${count(c.probeEvery)}`,
      ),
      ...only(
        c.histogramsEvery !== usual.histogramsEvery,
        c.histogramsEvery === 0 ? 'no histograms' : `histograms every ${count(c.histogramsEvery)}`,
      ),
    ],
  },
} as const satisfies Record<string, Group>

/** The group's settings as they are at first. */
export const defaultsOf = ({ keys }: Group): Partial<TrainConfig> =>
  Object.fromEntries(keys.map((key) => [key, defaultTrainConfig[key]]))

/** Whether a reset would change anything. */
export const isUsual = (group: Group, config: TrainConfig): boolean =>
  group.keys.every((key) => JSON.stringify(config[key]) === JSON.stringify(defaultTrainConfig[key]))
