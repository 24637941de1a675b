/** Training options as a person types them, checked by the same schema as the page's form. */
import { applies } from '../common/applicable.ts'
import {
  augmentationSchema,
  defaultTrainConfig,
  optimizerSchema,
  trainChangesSchema,
  trainConfigSchema,
  usualLearningRate,
} from '../common/training.ts'
import type { Augmentation, PlannedChange, TrainChanges, TrainConfig } from '../common/training.ts'
import type { Dataset } from '../common/data/dataset.ts'
import { UsageError } from './errors.ts'
import { flags, type Flag } from './trainFlags.ts'

/** What was typed, by option; switches are true. */
export type Typed = Readonly<Record<string, unknown>>

/**
 * @param base what is not typed: a template's own settings, or the usual ones
 * @throws UsageError naming the option and the value
 */
export function trainConfig(typed: Typed, base: TrainConfig = defaultTrainConfig): TrainConfig {
  const config = structuredClone(base) as Record<string, unknown>
  const optimizer = optimizerSchema.safeParse(typed.optimizer)
  // Optimizers usually start at rates far apart; taken when only the optimizer is named.
  if (optimizer.success && optimizer.data !== base.optimizer)
    config.learningRate = usualLearningRate[optimizer.data]
  for (const flag of flags)
    if (typed[flag.flag] !== undefined) write(config, flag.field, valueOf(flag, typed[flag.flag]))
  if (typed.balance !== undefined) config.balance = typed.balance
  if (typeof typed.freeze === 'string')
    config.frozen = typed.freeze.split(',').flatMap((id) => id.trim() || [])
  if (typeof typed.augment === 'string') config.augmentation = readAugmentation(typed.augment)
  const parsed = trainConfigSchema.safeParse(config)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = (issue?.path ?? []).filter((part) => typeof part === 'string').join('.')
  const flag = flags.find((one) => one.field === field)?.flag ?? field
  throw wrong(flag, String(typed[flag] ?? ''), issue?.message ?? 'not understood')
}

/** Short names that `--set` knows beside the options' own. */
const shortNames: Readonly<Record<string, string>> = {
  lr: 'learning-rate',
  batch: 'batch-size',
  decay: 'weight-decay',
}

/**
 * Pairs of `--set lr=0.01,clip-norm=1 --at 100`.
 * @throws UsageError naming the option and the value
 */
export function plannedChanges(set: readonly string[] = [], at: readonly string[] = []): PlannedChange[] {
  if (set.length !== at.length)
    throw new UsageError(
      `--set was given ${set.length} times and --at ${at.length} times.`,
      'Give each --set its --at, such as --set lr=0.01 --at 100.',
    )
  return set.map((text, index) => {
    const step = at[index] ?? ''
    const atStep = step.trim() === '' ? NaN : Number(step)
    if (!Number.isInteger(atStep) || atStep < 0) throw wrong('at', step, 'it is not a number of steps')
    const typed = Object.fromEntries(
      text.split(',').map((part) => {
        const [name = '', value] = part.split('=').map((one) => one.trim())
        if (value === undefined) throw wrong('set', text, `${name} needs a value, such as lr=0.01`)
        return [shortNames[name] ?? name, value]
      }),
    )
    const unknown = Object.keys(typed).find((name) => !changeable(name))
    if (unknown !== undefined)
      throw wrong('set', text, `"${unknown}" cannot be changed while a run trains, only ${changeableNames()}`)
    return { atStep, changes: changesOf(typed, defaultTrainConfig) }
  })
}

/** What of the typed options differs from a run's configuration. @throws UsageError on what cannot be changed */
export function changesOf(typed: Typed, config: TrainConfig): TrainChanges {
  const fixed = flags.find(({ flag }) => typed[flag] !== undefined && !changeable(flag))?.flag
  const other = fixed ?? ['balance', 'augment', 'freeze', 'weights'].find((flag) => typed[flag] !== undefined)
  if (other !== undefined)
    throw new UsageError(
      `--${other} cannot be changed on a run that goes on.`,
      `Fork the run instead (--fork RUN@STEP); what can be changed is ${changeableNames()}.`,
    )
  const whole = trainConfig(typed, config)
  const fields = flags.flatMap(({ flag, field }) =>
    typed[flag] === undefined ? [] : [field.split('.')[0] ?? field],
  )
  return trainChangesSchema.parse(
    Object.fromEntries(fields.map((field) => [field, whole[field as keyof TrainConfig]])),
  )
}

/** What of the typed options a fork differs in. */
export function partOf(typed: Typed, config: TrainConfig): Partial<TrainConfig> {
  const whole = trainConfig(typed, config)
  return Object.fromEntries(
    Object.entries(whole).filter(
      ([field, value]) => JSON.stringify(value) !== JSON.stringify(config[field as keyof TrainConfig]),
    ),
  )
}

const changeable = (name: string): boolean => {
  const field = flags.find(({ flag }) => flag === name)?.field.split('.')[0]
  return field !== undefined && field in trainChangesSchema.shape
}
const changeableNames = (): string => flags.flatMap(({ flag }) => (changeable(flag) ? [flag] : [])).join(', ')

/** Other names of values. */
const aliases: Readonly<Record<string, string>> = { bf16: 'bfloat16', fp32: 'float32', gpu: 'cuda' }

function valueOf({ flag, kind, mayBeOff, turnsOff }: Flag, typed: unknown): unknown {
  if (kind === 'switch') return (typed === true || typed === 'on') !== (turnsOff ?? false)
  const text = String(typed)
  if (mayBeOff && text.trim() === 'off') return null
  if (kind === 'text') return aliases[text] ?? text
  const numbers = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)))
  const one = kind === 'number'
  if (numbers.some(Number.isNaN) || numbers.length !== (one ? 1 : 2))
    throw wrong(flag, text, one ? 'it is not a number' : 'it is not two numbers, such as 0.9,0.999')
  return one ? numbers[0] : numbers
}

/** Sets a field of a configuration; a group that was null begins with its defaults. */
function write(config: Record<string, unknown>, field: string, value: unknown): void {
  const [group = '', name] = field.split('.')
  if (name === undefined) config[group] = value
  else config[group] = { ...(config[group] as object | null), [name]: value }
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
