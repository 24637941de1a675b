/** Training options as a person types them, checked by the same schema as the page's form. */
import { defaultTrainConfig, trainConfigSchema, type TrainConfig } from '../common/schemas.ts'
import { UsageError } from './errors.ts'

const flags = {
  epochs: 'epochs',
  'batch-size': 'batchSize',
  'learning-rate': 'learningRate',
  momentum: 'momentum',
  'weight-decay': 'weightDecay',
  seed: 'seed',
} as const

type Typed = { [name in keyof typeof flags | 'optimizer']?: string | undefined }

/** Adam's usual step is far smaller than SGD's; taken when only the optimizer is named. */
const adamLearningRate = 0.001

/**
 * @param base what is not typed: a template's own settings, or the usual ones
 * @throws UsageError naming the option and the value
 */
export function trainConfig(typed: Typed, base: TrainConfig = defaultTrainConfig): TrainConfig {
  const config: Record<string, unknown> = { ...base }
  if (typed.optimizer !== undefined) config.optimizer = typed.optimizer
  if (typed.optimizer === 'adam' && base.optimizer !== 'adam') config.learningRate = adamLearningRate
  if (typed.optimizer === 'sgd' && base.optimizer !== 'sgd')
    config.learningRate = defaultTrainConfig.learningRate
  for (const [flag, field] of Object.entries(flags) as [keyof typeof flags, string][]) {
    const text = typed[flag]
    if (text === undefined) continue
    const value = text.trim() === '' ? NaN : Number(text)
    if (Number.isNaN(value)) throw wrong(flag, text, 'it is not a number')
    config[field] = value
  }
  const parsed = trainConfigSchema.safeParse(config)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = String(issue?.path[0])
  const flag = Object.entries(flags).find(([, name]) => name === field)?.[0] ?? field
  throw wrong(flag, typed[flag as keyof Typed] ?? '', issue?.message ?? 'not understood')
}

const wrong = (flag: string, text: string, reason: string): UsageError =>
  new UsageError(
    `--${flag} ${text} is not possible: ${reason}.`,
    'Run "tapedeck train --help" for the options.',
  )
