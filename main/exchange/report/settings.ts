/** The settings of runs of any origin side by side. Pure. */
import type { Run } from '../../common/schemas.ts'
import { settings } from '../../common/settings.ts'

export interface SettingRow {
  title: string
  /** One for each run, in their order. */
  values: string[]
  differs: boolean
}

export function runSettings(runs: readonly Run[]): SettingRow[] {
  const rows: SettingRow[] = []
  const add = (title: string, read: (run: Run) => string | null): void => {
    const values = runs.map((run) => read(run) ?? '–')
    rows.push({ title, values, differs: new Set(values).size > 1 })
  }
  add('model', ({ modelName }) => modelName || null)
  add('data', ({ datasetName }) => datasetName || null)
  add('weights', ({ parameters }) => (parameters > 0 ? parameters.toLocaleString('en-US') : null))
  if (runs.some(({ config }) => config !== null))
    for (const { title, read } of settings) add(title, ({ config }) => config && read(config))
  const foreign = new Set(runs.flatMap(({ origin }) => Object.keys(origin?.settings ?? {})))
  for (const name of [...foreign].sort()) add(name, ({ origin }) => text(origin?.settings[name]))
  return rows.filter(({ values }) => values.some((value) => value !== '–'))
}

const text = (value: string | number | boolean | undefined): string | null =>
  value === undefined ? null : String(value)

export function dataWords(runs: readonly Run[]): string | null {
  const ids = new Set(runs.map(({ datasetId }) => datasetId))
  if (ids.size < 2) return null
  const names = new Set(runs.map(({ datasetName }) => datasetName || 'data of another tool'))
  return names.size === 1
    ? `These runs were trained on different versions of ${[...names][0]}: what sets them apart may be the data.`
    : `These runs were trained on different data (${[...names].join(', ')}): what sets them apart may be the data.`
}
