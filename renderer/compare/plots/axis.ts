/** One axis of a plot of runs: any field, as numbers (logarithmic where that suits) or as categories. Pure. */
import { isMissing, isNumeric, type Field } from '../../../main/common/filter/fields/index.ts'
import type { Run } from '../../../main/common/schemas.ts'
import { linearTicks, logTicks, valueDomain } from '../../charts/ticks.ts'
import { cellText } from '../table/cellText.ts'

export interface Axis {
  field: Field
  /** `category`: values in an order, evenly spaced. */
  kind: 'linear' | 'log' | 'category'
  /** Where each of the runs stands, 0 to 1; NaN where it has no such value. */
  places: Float64Array
  text: (run: Run) => string
  /** At most so many as `axisOf` was asked for. */
  ticks: { at: number; text: string }[]
}

/** Values that span more than so many times the lowest are told apart on a logarithmic axis only. */
const wide = 50

/**
 * @param log null: where the values span so much that it suits
 * @param wanted ticks
 */
export function axisOf(field: Field, runs: readonly Run[], log: boolean | null = null, wanted = 6): Axis {
  const text = (run: Run): string => {
    const value = field.read(run)
    return isMissing(value) ? '–' : cellText(field, value)
  }
  if (!isNumeric(field)) return byCategory(field, runs, text)
  const numbers = Float64Array.from(runs, (run) => {
    const value = field.read(run)
    return typeof value === 'number' && Number.isFinite(value) ? value : NaN
  })
  let [lowest, highest] = [Infinity, -Infinity]
  for (const value of numbers) {
    if (value < lowest) lowest = value
    if (value > highest) highest = value
  }
  const positive = lowest > 0 && highest >= lowest
  const spans = positive && highest / lowest > wide
  const logarithmic = positive && (log ?? spans)
  const domain = valueDomain([[lowest, highest]], logarithmic)
  const scaled = logarithmic ? Math.log10 : (value: number): number => value
  const [low, high] = [scaled(domain[0]), scaled(domain[1])]
  const at = (value: number): number => (scaled(value) - low) / (high - low)
  const { values } = logarithmic ? logTicks(domain, wanted) : linearTicks(domain, wanted)
  return {
    field,
    kind: logarithmic ? 'log' : 'linear',
    places: numbers.map(at),
    text,
    ticks: values.map((value) => ({ at: at(value), text: cellText(field, value) })),
  }
}

/** More categories than this are not all named. */
const mostNamed = 12
const collator = new Intl.Collator('en', { numeric: true })

function byCategory(field: Field, runs: readonly Run[], text: (run: Run) => string): Axis {
  const words = runs.map((run) => (isMissing(field.read(run)) ? null : text(run)))
  const names = [...new Set(words.filter((word) => word !== null))].sort(collator.compare)
  const place = new Map(names.map((name, i) => [name, (i + 0.5) / names.length]))
  const every = Math.ceil(names.length / mostNamed)
  return {
    field,
    kind: 'category',
    places: Float64Array.from(words, (word) => (word === null ? NaN : (place.get(word) ?? NaN))),
    text,
    ticks: names.flatMap((name, i) => (i % every === 0 ? [{ at: place.get(name)!, text: name }] : [])),
  }
}

/** Part of an axis that was brushed, `from` below `to`. */
export interface Brush {
  from: number
  to: number
}

/**
 * Ids of the runs that lie in every brush; null where nothing is brushed.
 *
 * @param runs those that the axes were made of
 */
export function runsWithin(
  runs: readonly Run[],
  brushes: readonly { axis: Axis; brush: Brush }[],
): number[] | null {
  if (brushes.length === 0) return null
  const inside = new Uint8Array(runs.length).fill(1)
  for (const { axis, brush } of brushes)
    axis.places.forEach((at, i) => {
      if (!(at >= brush.from && at <= brush.to)) inside[i] = 0
    })
  return runs.flatMap(({ id }, i) => (inside[i] === 1 ? id : []))
}
