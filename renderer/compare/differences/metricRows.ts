/** Metrics side by side: the last and the best value of each run, and how far from the baseline's. Pure. */
import { Fields, directionOf, type Field } from '../../../main/common/filter/fields/index.ts'
import type { RunDetail } from '../../../main/common/schemas.ts'
import { cellText } from '../table/cellText.ts'
import { none, type Delta, type Difference } from './difference.ts'

/** What a run is judged by; single batches, rates, times and the F1 of one class are not. */
const judged = (metric: string): boolean => !/^(batch|step|speed|time|memory)\/|\/f1\//.test(metric)

export function metricRows(runs: readonly RunDetail[], baseline: number): Difference[] {
  const fields = new Fields(runs)
  return fields.metrics.filter(judged).flatMap((metric) => {
    const [best, last] = ['best', 'last'].map((which) => {
      const field = fields.find(`${metric}.${which}`)!
      return rowOf(runs, field, baseline, directionOf(metric) === 'min')
    }) as [Difference, Difference]
    // Runs that were best at their end are told once.
    return best.values.every((value, at) => value === last.values[at]) ? [best] : [best, last]
  })
}

function rowOf(runs: readonly RunDetail[], field: Field, baseline: number, less: boolean): Difference {
  const numbers = runs.map((run) => {
    const value = field.read(run)
    return typeof value === 'number' ? value : null
  })
  const values = numbers.map((value) => (value === null ? none : cellText(field, value)))
  const base = numbers[baseline] ?? null
  const deltas = numbers.map((value, at): Delta | null => {
    if (at === baseline || value === null || base === null || value === base) return null
    const delta = value - base
    if (!Number.isFinite(delta)) return null
    const text = cellText(field, Math.abs(delta))
    return { text: (delta > 0 ? '+' : '\u2212') + text, better: delta < 0 === less }
  })
  return {
    section: 'Results',
    title: field.title,
    help: field.help,
    values,
    differs: new Set(values).size > 1,
    deltas,
  }
}
