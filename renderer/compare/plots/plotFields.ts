/** Which fields runs can be plotted by, and which suit them where nobody has chosen. Pure. */
import { Fields, isMissing, type Field, type FieldValue } from '../../../main/common/filter/fields/index.ts'
import { metrics, type Run } from '../../../main/common/schemas.ts'
import { axisOf, type Axis } from './axis.ts'

export interface PlotFields {
  has: (name: string) => boolean
  /** Made once; null where no run has such a field. `log` as in `axisOf`. */
  axis: (name: string, log?: boolean | null) => Axis | null
  /** For a list to choose from. */
  offered: { group: string; items: { value: string; label: string }[] }[]
  /** Settings in which the runs differ, then the figure that they are judged by. */
  usual: string[]
  /** The figure that runs are judged by. */
  judged: string
}

/** Axes that are not chosen: more cannot be told apart. */
const most = 6

const made = new WeakMap<readonly Run[], PlotFields>()

/** The same for the same list, whichever plot asks. */
export function plotFieldsOf(runs: readonly Run[]): PlotFields {
  const known = made.get(runs)
  if (known) return known
  const fields = read(runs)
  made.set(runs, fields)
  return fields
}

function read(runs: readonly Run[]): PlotFields {
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
  const axes = new Map<string, Axis>()
  const item = (field: Field) => ({ value: field.name, label: field.title })
  return {
    has: (name) => fields.find(name) !== null,
    axis: (name, log = null) => {
      const key = `${name}\n${log}`
      const axis = axes.get(key)
      if (axis) return axis
      const field = fields.find(name)
      if (!field) return null
      const fresh = axisOf(field, runs, log)
      axes.set(key, fresh)
      return fresh
    },
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
