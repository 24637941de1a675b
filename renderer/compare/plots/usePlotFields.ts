/** Which fields runs can be plotted by, and which suit them where nobody has chosen. */
import { useMemo } from 'react'
import { Fields, isMissing, type Field } from '../../../main/common/filter/fields/index.ts'
import { metrics, type Run } from '../../../main/common/schemas.ts'

interface PlotFields {
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

export function usePlotFields(runs: readonly Run[]): PlotFields {
  return useMemo(() => {
    const fields = new Fields(runs)
    const distinct = (field: Field): number =>
      new Set(
        runs
          .map(field.read)
          .filter((value) => !isMissing(value))
          .map(String),
      ).size
    const settings = fields.plain.filter(({ group }) => group === 'setting')
    const own = fields.plain.filter(({ group, name }) => group === 'run' && name !== 'note')
    const figures = fields.metrics.flatMap((metric) => [`${metric}.best`, `${metric}.last`])
    const judged =
      [metrics.valAccuracy, metrics.valError, metrics.valLoss]
        .filter((metric) => fields.metrics.includes(metric))
        .map((metric) => `${metric}.best`)[0] ??
      figures[0] ??
      'steps'
    const differing = settings.filter((field) => distinct(field) > 1).map(({ name }) => name)
    const leading = differing.length > 0 ? differing.slice(0, most - 1) : ['lr', 'batch', 'epochs']
    const item = (field: Field) => ({ value: field.name, label: field.title })
    return {
      find: (name: string) => fields.find(name),
      offered: [
        { group: 'Settings', items: settings.filter((field) => distinct(field) > 0).map(item) },
        { group: 'Metrics', items: figures.flatMap((name) => fields.find(name) ?? []).map(item) },
        { group: 'Run', items: own.filter((field) => distinct(field) > 0).map(item) },
      ],
      usual: [...leading, judged],
      judged,
    }
  }, [runs])
}
