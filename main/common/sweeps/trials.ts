/** The trials that a sweep makes: pure functions of its description. */
import { UserError } from '../errors.ts'
import { stream, uniform } from '../random.ts'
import { choiceText, sweepField, type SweepField } from './fields.ts'
import type { Choice, Choices, Dimension, SweepSpec } from './spec.ts'

/** A trial before anything came of it. */
export interface PlannedTrial {
  /** From 1. */
  number: number
  choices: Choices
  seed: number
}

/** No sweep has more. */
export const mostTrials = 2000

/** A draw that was made already is made anew so many times, then the space is taken for exhausted. */
const attempts = 200

/**
 * In the order in which they are run: the seeds of one combination follow each other. A budget in runs cuts it short.
 * @throws UserError `sweeps/unknown-setting`, `sweeps/range`, `sweeps/too-many`, `sweeps/twice`, `sweeps/halving`
 */
export function trialsOf(spec: SweepSpec): PlannedTrial[] {
  const combinations = combinationsOf(spec)
  const most = spec.budget.runs ?? mostTrials
  return combinations
    .flatMap((choices) =>
      Array.from({ length: spec.seeds }, (_, i) => ({ choices, seed: (spec.config.seed + i) % 2 ** 32 })),
    )
    .slice(0, most)
    .map((trial, i) => ({ number: i + 1, ...trial }))
}

/** How many runs it would be without a budget, and of how many combinations. */
export function sizeOf(spec: SweepSpec): { combinations: number; runs: number } {
  const combinations = combinationsOf(spec).length
  return { combinations, runs: combinations * spec.seeds }
}

/** What was chosen, in words: `lr 0.003 · batch 64`; empty where nothing is swept. */
export function choicesText(spec: Pick<SweepSpec, 'document'>, choices: Choices): string {
  return Object.entries(choices)
    .map(([setting, value]) => {
      const field = sweepField(spec.document, setting)
      return `${field.short} ${choiceText(field, value)}`
    })
    .join(' · ')
}

/** As `choicesText`, with the seed where there are several. */
export const trialText = (
  spec: Pick<SweepSpec, 'document' | 'seeds'>,
  { choices, seed }: Pick<PlannedTrial, 'choices' | 'seed'>,
): string =>
  [choicesText(spec, choices), ...(spec.seeds > 1 ? [`seed ${seed}`] : [])]
    .filter((part) => part !== '')
    .join(' · ')

function combinationsOf(spec: SweepSpec): Choices[] {
  const fields = spec.dimensions.map(({ setting }) => sweepField(spec.document, setting))
  const twice = fields.find((field, i) => fields.findIndex((one) => one.setting === field.setting) !== i)
  if (twice)
    throw new UserError({
      code: 'sweeps/twice',
      what: `${twice.title} is swept twice.`,
      mend: 'Put all its values into one line.',
    })
  spec.dimensions.forEach((dimension, i) => checkRange(dimension, fields[i]!))
  checkHalving(spec)
  const { method } = spec
  const found =
    method.kind === 'grid' ? grid(spec, fields) : drawn(spec.dimensions, fields, method.trials, method.seed)
  refuseTooMany(found.length * spec.seeds)
  return found
}

function grid({ dimensions, seeds }: SweepSpec, fields: readonly SweepField[]): Choices[] {
  const axes = dimensions.map((dimension, i) => axis(dimension, fields[i]!))
  refuseTooMany(axes.reduce((product, values) => product * values.length, seeds))
  return axes.reduce<Choices[]>(
    (all, values, i) =>
      all.flatMap((choices) => values.map((value) => ({ ...choices, [fields[i]!.setting]: value }))),
    [{}],
  )
}

/** The values that a grid takes of a dimension, each once. */
export function axis({ values }: Dimension, field: SweepField): Choice[] {
  if (values.kind === 'list') return [...new Set(values.values)]
  const { points } = values
  return [...new Set(Array.from({ length: points }, (_, i) => within(values, field, i / (points - 1))))]
}

function drawn(
  dimensions: readonly Dimension[],
  fields: readonly SweepField[],
  trials: number,
  seed: number,
): Choices[] {
  const next = stream(seed)
  const seen = new Map<string, Choices>()
  for (let missed = 0; seen.size < trials && missed < attempts;) {
    const choices = Object.fromEntries(
      dimensions.map((dimension, i) => [fields[i]!.setting, draw(dimension, fields[i]!, uniform(next))]),
    )
    const key = JSON.stringify(choices)
    if (seen.has(key)) missed++
    else {
      seen.set(key, choices)
      missed = 0
    }
  }
  return [...seen.values()]
}

function draw({ values }: Dimension, field: SweepField, part: number): Choice {
  if (values.kind === 'list') return values.values[Math.floor(part * values.values.length)] ?? null
  // Whole numbers on a line are all as likely: the ends too.
  if (field.kind === 'integer' && values.scale === 'linear')
    return Math.floor(values.low + part * (values.high - values.low + 1))
  return within(values, field, part)
}

/** @param part 0 for the low end, 1 for the high one */
function within(
  { low, high, scale }: { low: number; high: number; scale: 'linear' | 'log' },
  { kind }: SweepField,
  part: number,
): number {
  const value = scale === 'log' ? low * (high / low) ** part : low + part * (high - low)
  // More digits than these say nothing, and nobody could type them again.
  const short = kind === 'integer' ? Math.round(value) : Number(value.toPrecision(4))
  return Math.min(high, Math.max(low, short))
}

function checkRange({ values }: Dimension, field: SweepField): void {
  if (values.kind === 'list') return
  const refuse = (reason: string, mend: string): never => {
    const text = `${values.low} to ${values.high}`
    throw new UserError({
      code: 'sweeps/range',
      what: `${field.title} from ${text} is no range: ${reason}.`,
      mend,
    })
  }
  if (field.kind === 'choice') refuse('it is a choice', 'List its values instead.')
  if (!(values.low < values.high)) refuse('it goes up', 'Give the lower end first.')
  if (values.scale === 'log' && !(values.low > 0))
    refuse('a logarithmic scale begins above 0', 'Begin above 0, such as at 1e-5, or use a linear scale.')
  if (field.kind === 'integer' && !(Number.isInteger(values.low) && Number.isInteger(values.high)))
    refuse('it is a whole number', 'Use whole numbers for both ends.')
}

function checkHalving({ method, dimensions, seeds, config }: SweepSpec): void {
  if (method.kind !== 'halving') return
  const refuse = (what: string, mend: string): never => {
    throw new UserError({ code: 'sweeps/halving', what, mend })
  }
  if (seeds > 1)
    refuse(
      'Successive halving compares single runs, one seed each.',
      'Take one seed; run the best setting with several seeds afterwards.',
    )
  if (dimensions.some(({ setting }) => setting === 'epochs'))
    refuse(
      'Successive halving gives out the epochs itself, so they cannot be swept.',
      'Leave epochs out of the sweep; the Epochs setting is the most that a trial gets.',
    )
  if (method.minEpochs > config.epochs)
    refuse(
      `The first rung has ${method.minEpochs} epochs, and a run has only ${config.epochs}.`,
      'Raise the epochs, or lower those of the first rung.',
    )
}

function refuseTooMany(runs: number): void {
  if (runs <= mostTrials) return
  throw new UserError({
    code: 'sweeps/too-many',
    what: `This sweep would be ${runs.toLocaleString('en-US')} runs; the most is ${mostTrials.toLocaleString('en-US')}.`,
    mend: 'Take fewer values, or draw some of the combinations at random.',
  })
}
