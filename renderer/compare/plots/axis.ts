/** One axis of a plot of runs: any field, as numbers (logarithmic where that suits) or as categories. Pure. */
import { isMissing, isNumeric, type Field } from '../../../main/common/filter/fields/index.ts'
import type { Run } from '../../../main/common/schemas.ts'
import { linearTicks, logTicks, valueDomain } from '../../charts/ticks.ts'
import { cellText } from '../table/cellText.ts'

export interface Axis {
  field: Field
  /** `category`: values in an order, evenly spaced. */
  kind: 'linear' | 'log' | 'category'
  /** Where a run stands, 0 to 1; null where it has no such value. */
  place: (run: Run) => number | null
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
  const read = (run: Run): number | null => {
    const value = field.read(run)
    return typeof value === 'number' && Number.isFinite(value) ? value : null
  }
  const text = (run: Run): string => {
    const value = field.read(run)
    return isMissing(value) ? '–' : cellText(field, value)
  }
  if (!isNumeric(field)) return byCategory(field, runs, text)
  const numbers = runs.flatMap((run) => read(run) ?? [])
  const positive = numbers.length > 0 && numbers.every((value) => value > 0)
  const spans = positive && Math.max(...numbers) / Math.min(...numbers) > wide
  const logarithmic = positive && (log ?? spans)
  const domain = valueDomain(
    numbers.map((value) => [value, value] as const),
    logarithmic,
  )
  const scaled = logarithmic ? Math.log10 : (value: number): number => value
  const [low, high] = [scaled(domain[0]), scaled(domain[1])]
  const at = (value: number): number => (scaled(value) - low) / (high - low)
  const { values } = logarithmic ? logTicks(domain, wanted) : linearTicks(domain, wanted)
  return {
    field,
    kind: logarithmic ? 'log' : 'linear',
    place: (run) => {
      const value = read(run)
      return value === null ? null : at(value)
    },
    text,
    ticks: values.map((value) => ({ at: at(value), text: cellText(field, value) })),
  }
}

/** More categories than this are not all named. */
const mostNamed = 12

function byCategory(field: Field, runs: readonly Run[], text: (run: Run) => string): Axis {
  const known = runs.filter((run) => !isMissing(field.read(run)))
  const names = [...new Set(known.map(text))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  const place = new Map(names.map((name, i) => [name, (i + 0.5) / names.length]))
  const every = Math.ceil(names.length / mostNamed)
  return {
    field,
    kind: 'category',
    place: (run) => (isMissing(field.read(run)) ? null : (place.get(text(run)) ?? null)),
    text,
    ticks: names.flatMap((name, i) => (i % every === 0 ? [{ at: place.get(name)!, text: name }] : [])),
  }
}

/** Part of an axis that was brushed, `from` below `to`. */
export interface Brush {
  from: number
  to: number
}

/** Runs that lie in every brush; null where nothing is brushed. */
export function runsWithin(
  runs: readonly Run[],
  brushes: readonly { axis: Axis; brush: Brush }[],
): number[] | null {
  if (brushes.length === 0) return null
  return runs.flatMap((run) =>
    brushes.every(({ axis, brush }) => {
      const at = axis.place(run)
      return at !== null && at >= brush.from && at <= brush.to
    })
      ? [run.id]
      : [],
  )
}
