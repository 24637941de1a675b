/** Which fields runs can be plotted by, and which suit them where nobody has chosen. Pure. */
import { Fields, isMissing, type Field, type FieldValue } from '../../../main/common/filter/fields/index.ts'
import { metrics, type Run } from '../../../main/common/schemas.ts'

export interface PlotFields {
  find: (name: string) => Field | null
  /** For a list to choose from. */
  offered: { group: string; items: { value: string; label: string }[] }[]
  /** Settings in which the runs differ, then the figure that they are judged by. */
  usual: string[]
  /** The figure that runs are judged by. */
  judged: string
}

/** Axes that are not chosen: more cannot be told apart. */
const most = 6

export function plotFieldsOf(runs: readonly Run[]): PlotFields {
  const fields = new Fields(runs)
  const isKnown = ({ read }: Field): boolean => runs.some((run) => !isMissing(read(run)))
  const settings = fields.plain.filter((field) => field.group === 'setting' && isKnown(field))
  const own = fields.plain.filter(({ group, name }) => group === 'run' && name !== 'note').filter(isKnown)
  const figures = fields.metrics.flatMap((metric) => [`${metric}.best`, `${metric}.last`])
  const judged =
    [metrics.valAccuracy, metrics.valError, metrics.valLoss]
      .filter((metric) => fields.metrics.includes(metric))
      .map((metric) => `${metric}.best`)[0] ??
    figures[0] ??
    'steps'
  const leading = first(settings, most - 1, (field) => differ(runs, field))
  const item = (field: Field) => ({ value: field.name, label: field.title })
  return {
    find: (name: string) => fields.find(name),
    offered: [
      { group: 'Settings', items: settings.map(item) },
      { group: 'Metrics', items: figures.flatMap((name) => fields.find(name) ?? []).map(item) },
      { group: 'Run', items: own.map(item) },
    ],
    usual: [...(leading.length > 0 ? leading.map(({ name }) => name) : ['lr', 'batch', 'epochs']), judged],
    judged,
  }
}

/** Whether two of the runs that have a value have another one. */
function differ(runs: readonly Run[], { read }: Field): boolean {
  let known: FieldValue = null
  return runs.some((run) => {
    const value = read(run)
    if (isMissing(value)) return false
    if (known === null) known = value
    return value !== known && String(value) !== String(known)
  })
}

/** No more are looked at than are wanted. */
function first<T>(all: readonly T[], wanted: number, fits: (one: T) => boolean): T[] {
  const found: T[] = []
  for (const one of all) {
    if (found.length === wanted) break
    if (fits(one)) found.push(one)
  }
  return found
}
