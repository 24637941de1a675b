/** What is swept, as a person types it: `lr=0.001..0.1:log`, `batchSize=16,32,64`, `lin1.outFeatures=64..256:3`. */
import type { ModelDocument } from '../common/document.ts'
import { sweepField, type SweepField } from '../common/sweeps/fields.ts'
import type { Choice, Dimension, Values } from '../common/sweeps/spec.ts'
import { UsageError } from './errors.ts'

/**
 * @param texts one for each `--set`
 * @throws UsageError naming the option and the value; UserError `sweeps/unknown-setting`
 */
export const dimensionsOf = (document: ModelDocument, texts: readonly string[]): Dimension[] =>
  texts.map((text) => {
    const at = text.indexOf('=')
    if (at < 1 || at === text.length - 1)
      throw wrong(text, 'it needs values, such as lr=0.001..0.1:log or batchSize=16,32,64')
    const field = sweepField(document, text.slice(0, at).trim())
    const typed = text.slice(at + 1).trim()
    return {
      setting: field.setting,
      values: typed.includes('..') ? range(text, typed) : list(text, typed, field),
    }
  })

/** `LOW..HIGH`, then `:log` and the points of a grid in any order. */
function range(text: string, typed: string): Values {
  const [ends = '', ...options] = typed.split(':')
  const [low = NaN, high = NaN, ...more] = ends
    .split('..')
    .map((end) => (end.trim() === '' ? NaN : Number(end)))
  if (Number.isNaN(low) || Number.isNaN(high) || more.length > 0)
    throw wrong(text, `${ends} is no range, such as 0.001..0.1`)
  const points = options.map((option) => option.trim()).filter((option) => option !== 'log')
  const count = Number(points[0] ?? 5)
  if (points.length > 1 || !Number.isInteger(count) || count < 2 || count > 200)
    throw wrong(text, `:${points.join(':')} is neither :log nor a number of values from 2 to 200`)
  return { kind: 'range', low, high, scale: options.includes('log') ? 'log' : 'linear', points: count }
}

function list(text: string, typed: string, field: SweepField): Values {
  return { kind: 'list', values: typed.split(',').map((part) => valueOf(text, part.trim(), field)) }
}

function valueOf(text: string, typed: string, { kind, choices, mayBeOff, title }: SweepField): Choice {
  if (mayBeOff && typed === 'off') return null
  if (kind === 'choice') {
    const choice = choices.find(({ value, title }) => String(value) === typed || title === typed)
    if (choice) return choice.value
    throw wrong(
      text,
      `${title} is one of ${choices.map(({ value, title }) => (typeof value === 'boolean' ? title : String(value))).join(', ')}`,
    )
  }
  const number = typed === '' ? NaN : Number(typed)
  if (Number.isNaN(number)) throw wrong(text, `${typed === '' ? 'nothing' : typed} is not a number`)
  return number
}

const wrong = (text: string, reason: string): UsageError =>
  new UsageError(`--set ${text} is not possible: ${reason}.`, 'Run "tapedeck sweep --help" for the options.')
