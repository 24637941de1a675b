/** Likely causes of a number that is not finite, in words, the likeliest first. */
import {
  optimizerTitles,
  usualLearningRate,
  type TensorLook,
  type TrainConfig,
} from '../../common/training.ts'
import { measured, setting } from '../../common/settings.ts'
import type { Found } from './replay.ts'

export interface Evidence {
  config: TrainConfig
  learningRate: number
  found: Found | null
  /** Rows of the batch whose inputs are not finite as they are. */
  badRows: readonly number[]
  /** The largest weight. */
  largestWeight: number
  /** Of the step that was halted, and the first of all. */
  loss: number
  firstLoss: number | null
}

export interface Cause {
  kind: 'data' | 'rate' | 'domain' | 'overflow' | 'unknown'
  text: string
}

/** Beyond this a weight has left where training starts and ends; initial weights are below 1. */
const grownWeight = 1e3
/** So many times the usual rate is called high. */
const highRate = 10

export function causesOf(evidence: Evidence): Cause[] {
  const { config, learningRate, found, badRows, largestWeight, loss, firstLoss } = evidence
  const causes: Cause[] = []
  if (badRows.length > 0)
    causes.push({
      kind: 'data',
      text: `The data itself is not finite in ${badRows.length} of the batch's samples: rows ${badRows.slice(0, 10).join(', ')}.`,
    })
  const domain = found && badRows.length === 0 ? domainOf(found) : null
  if (domain) causes.push({ kind: 'domain', text: domain })
  const usual = usualLearningRate[config.optimizer]
  const grown = largestWeight > grownWeight
  const risen = firstLoss !== null && Number.isFinite(loss) && loss > 10 * Math.abs(firstLoss)
  if (grown || risen || learningRate > highRate * usual)
    causes.push({
      kind: 'rate',
      text: [
        `The learning rate ${setting(learningRate)} is ${learningRate > usual ? `${measured(learningRate / usual)} times the ${setting(usual)} that ${optimizerTitles[config.optimizer]} usually starts with` : 'too high for this model'}`,
        ...(grown ? [`weights have grown to ${measured(largestWeight)}`] : []),
        ...(risen ? [`the loss has risen from ${measured(firstLoss)} to ${measured(loss)}`] : []),
      ]
        .join('; ')
        .concat('.'),
    })
  const overflow = found && overflowOf(found)
  if (overflow) causes.push({ kind: 'overflow', text: overflow })
  // A rate that blew the weights up explains a bad argument too.
  if (grown) causes.sort((a, b) => Number(b.kind === 'rate') - Number(a.kind === 'rate'))
  if (causes.length === 0) causes.push({ kind: 'unknown', text: unknown(found) })
  return causes
}

const unknown = (found: Found | null): string =>
  found
    ? `${found.producer.op} in "${found.producer.layer}" made it out of ordinary numbers.`
    : 'Done once more with checks the step stayed finite, so it depends on the order of sums: the numbers were at the edge of what 32 bits hold.'

/** A function that was given what it is not defined for. */
function domainOf({ producer, inputs }: Found): string | null {
  const where = `${producer.pass === 'backward' ? 'The derivative of ' : ''}${producer.op} in "${producer.layer}"`
  const low = extreme(inputs, ({ min }) => min, Math.min)
  const backward = producer.pass === 'backward'
  switch (producer.op) {
    case 'log':
    case 'log2':
    case 'log10':
    case 'log1p':
      if (backward)
        return `${where} is infinite at zero: keep its input above zero, with clamp(x, 1e-7, ...) for example.`
      if (low !== null && low < 0)
        return `${where} was given a negative number (${measured(low)}): log of a negative is no number. Keep its input above zero, with clamp(x, 1e-7, ...) for example.`
      return `${where} was given zero: log of zero is minus infinity. Keep its input above zero, with clamp(x, 1e-7, ...) for example.`
    case 'sqrt':
    case 'rsqrt':
      if (!backward && low !== null && low < 0)
        return `${where} was given a negative number (${measured(low)}). Keep its input at zero or above.`
      return `${where} is infinite at zero: add a small number to its input, such as 1e-6.`
    case 'div':
    case 'reciprocal':
      return `${where} was divided by zero: add a small number to the divisor, such as 1e-6.`
    case 'pow':
      return `${where} was given a base that the power is not defined for${low === null ? '' : ` (smallest input ${measured(low)})`}.`
    default:
      return null
  }
}

/** Numbers that outgrew 32 bits. */
function overflowOf({ producer, inputs, outputs }: Found): string | null {
  const high = extreme(inputs, ({ min, max }) => Math.max(Math.abs(min ?? 0), Math.abs(max ?? 0)), Math.max)
  if (producer.op === 'exp' && producer.pass === 'forward')
    return `exp in "${producer.layer}" was given ${measured(high ?? NaN)}: above 88 its result does not fit into 32 bits.`
  if (outputs.every(({ infinite }) => infinite === 0)) return null
  return `Overflow in "${producer.layer}": ${producer.op} was given numbers up to ${measured(high ?? NaN)}, and its result does not fit into 32 bits.`
}

function extreme(
  looks: readonly TensorLook[],
  pick: (look: TensorLook) => number | null,
  of: (...values: number[]) => number,
): number | null {
  const values = looks.flatMap((look) => pick(look) ?? [])
  return values.length > 0 ? of(...values) : null
}
