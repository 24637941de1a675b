/** Training options as a person types them, checked by the same schema as the page's form. */
import { applies } from '../common/applicable.ts'
import { augmentationSchema, defaultTrainConfig, trainConfigSchema } from '../common/schemas.ts'
import type { Augmentation, Dataset, TrainConfig } from '../common/schemas.ts'
import { UsageError } from './errors.ts'

const flags = {
  epochs: 'epochs',
  'batch-size': 'batchSize',
  'learning-rate': 'learningRate',
  momentum: 'momentum',
  'weight-decay': 'weightDecay',
  seed: 'seed',
  'token-budget': 'tokenBudget',
} as const

type Typed = { [name in keyof typeof flags | 'optimizer' | 'balance' | 'augment']?: string | undefined }

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
  if (typed.balance !== undefined) config.balance = typed.balance
  if (typed.augment !== undefined) config.augmentation = readAugmentation(typed.augment)
  const parsed = trainConfigSchema.safeParse(config)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = String(issue?.path[0])
  const flag = Object.entries(flags).find(([, name]) => name === field)?.[0] ?? field
  throw wrong(flag, typed[flag as keyof Typed] ?? '', issue?.message ?? 'not understood')
}

/**
 * Settings that were asked for and would change nothing on this data: said, rather than left out.
 * @throws UsageError naming the option
 */
export function refuseWithoutEffect(typed: Typed, dataset: Dataset): void {
  const has = applies(dataset)
  const refuse = (flag: string, what: string): never => {
    throw new UsageError(
      `--${flag} has no effect on "${dataset.name}": it is for ${what}.`,
      'Leave the option out.',
    )
  }
  if (typed['token-budget'] !== undefined && !has.tokenBudget) refuse('token-budget', 'texts')
  if (typed.balance !== undefined && !has.balance) refuse('balance', 'classes')
  if (typed.augment !== undefined && !has.augmentation) refuse('augment', 'images')
}

/** `flip,rotate=15`; `none` for no augmentation. */
function readAugmentation(text: string): Augmentation | null {
  if (text.trim() === 'none') return null
  const typed: Record<string, unknown> = {}
  for (const part of text.split(',')) {
    const [name = '', value, ...rest] = part.split('=').map((one) => one.trim())
    if (!Object.hasOwn(augmentationSchema.shape, name))
      throw wrong(
        'augment',
        text,
        `there is no "${name}", only ${Object.keys(augmentationSchema.shape).join(', ')}`,
      )
    const number = value === undefined || value === '' ? NaN : Number(value)
    if (name === 'flip' ? value !== undefined : Number.isNaN(number) || rest.length > 0)
      throw wrong(
        'augment',
        text,
        name === 'flip' ? 'flip takes no number' : `${name} needs a number, such as ${name}=0.1`,
      )
    typed[name] = name === 'flip' ? true : number
  }
  const parsed = augmentationSchema.safeParse(typed)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw wrong('augment', text, `${String(issue?.path[0])}: ${issue?.message ?? 'not understood'}`)
}

const wrong = (flag: string, text: string, reason: string): UsageError =>
  new UsageError(
    `--${flag} ${text} is not possible: ${reason}.`,
    'Run "tapedeck train --help" for the options.',
  )
