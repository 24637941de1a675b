/** What two or more runs have in common and where they differ, a row for each thing that can be said of a run. Pure. */
import type { Dataset } from '../../../main/common/data/dataset.ts'
import { gpuOf } from '../../../main/common/device.ts'
import { Fields, isMissing, type Field } from '../../../main/common/filter/fields/index.ts'
import type { RunDetail } from '../../../main/common/schemas.ts'
import { count, duration, sampleSize } from '../../ui/format.ts'
import { cellText } from '../table/cellText.ts'
import { none, type Difference, type Section } from './difference.ts'
import { metricRows } from './metricRows.ts'

/** What is known of the runs' data sets, by id. */
export type KnownDatasets = ReadonlyMap<string, Dataset>

/** @param baseline place in `runs` of the run that figures are compared with */
export function differences(
  runs: readonly RunDetail[],
  datasets: KnownDatasets = new Map(),
  baseline = runs.length - 1,
): Difference[] {
  const rows: Difference[] = []
  const add = (section: Section, title: string, read: (run: RunDetail) => string | null, help = ''): void => {
    const values = runs.map((run) => read(run) || none)
    if (values.every((value) => value === none)) return
    rows.push({ section, title, help, values, differs: new Set(values).size > 1, deltas: null })
  }
  const fields = new Fields(runs)
  const told = (field: Field) => (run: RunDetail) => {
    const value = field.read(run)
    return isMissing(value) ? null : cellText(field, value)
  }
  for (const field of fields.plain)
    if (field.group === 'setting') add('Settings', field.title, told(field), field.help)
  add('Settings', 'changed while training', changesMade)

  rows.push(...metricRows(runs, baseline))

  const dataset = ({ datasetId }: RunDetail): Dataset | undefined => datasets.get(datasetId)
  add('Data', 'data', (run) => run.datasetName)
  add('Data', 'fingerprint', (run) => run.datasetId.slice(0, 8), 'Of the content and of how it was read')
  const fingerprint = rows.at(-1)
  if (fingerprint?.title === 'fingerprint') fingerprint.isCode = true
  add('Data', 'training samples', (run) => counted(dataset(run)?.trainCount))
  add('Data', 'validation samples', (run) => counted(dataset(run)?.validationCount))
  add('Data', 'sample', (run) => {
    const shape = dataset(run)?.sampleShape
    return shape ? sampleSize(shape) : null
  })
  for (const [title, values] of optionRows(runs.map(dataset))) {
    const at = new Map(runs.map((run, i) => [run, values[i]!]))
    add('Data', title, (run) => at.get(run) ?? null)
  }

  add('Model', 'model', (run) => run.modelName)
  add('Model', 'weights', (run) => (run.parameters > 0 ? count(run.parameters) : null))

  add('Environment', 'engine', (run) => run.engine && `${run.engine.version} ${run.engine.build}`.trim())
  add('Environment', 'device', deviceOf, 'What it was trained on')
  add('Environment', 'instruction set', (run) => run.engine && run.engine.instructionSet)
  add('Environment', 'threads', (run) => run.engine && String(run.engine.threads))
  add('Environment', 'oneDNN', (run) => run.engine && (run.engine.oneDNN ?? 'no'))

  add('About', 'status', (run) => run.status)
  add('About', 'error', (run) => run.error && run.error.what)
  add('About', 'epochs done', (run) => count(run.epochsDone))
  add('About', 'steps', (run) => count(run.steps))
  add('About', 'time', (run) => duration(run.seconds))
  add('About', 'forked from', ({ parent }) => parent && `${parent.runId} at step ${count(parent.step)}`)
  add('About', 'source', ({ origin }) => origin && `${origin.kind}, ${origin.path}`)
  add('About', 'group', (run) => run.group)
  add('About', 'sweep', (run) => (run.sweepId === null ? null : String(run.sweepId)))
  add('About', 'tags', (run) => run.tags.join(', '))
  add('About', 'note', (run) => run.note)
  return rows
}

/** Of a run that this application trained. */
function deviceOf({ engine, config }: RunDetail): string | null {
  if (!engine || !config) return null
  return gpuOf(config.device, engine)?.name ?? 'processor'
}

const counted = (value: number | undefined): string | null => (value === undefined ? null : count(value))

function changesMade({ events }: RunDetail): string {
  const kinds = ['learning-rate', 'schedule', 'clipping', 'weight-decay', 'batch-size', 'epochs']
  return events
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ note, step }) => `${note} at ${count(step)}`)
    .join(', ')
}

/** Options of the import in which the data sets differ, by their path in the record. */
function optionRows(datasets: readonly (Dataset | undefined)[]): [string, (string | null)[]][] {
  const leaves = datasets.map((one) => new Map(one ? leavesOf(one.options) : []))
  const paths = new Set(leaves.flatMap((one) => [...one.keys()]))
  paths.delete('name')
  return [...paths].flatMap((path): [string, (string | null)[]][] => {
    const values = leaves.map((one) => one.get(path) ?? null)
    const known = values.filter((_, i) => datasets[i] !== undefined)
    return new Set(known).size > 1 ? [[words(path), values]] : []
  })
}

function* leavesOf(value: object, path = ''): Generator<[string, string]> {
  for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
    const at = path === '' ? key : `${path} ${key}`
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) yield* leavesOf(inner, at)
    else yield [at, inner === null ? 'none' : Array.isArray(inner) ? JSON.stringify(inner) : String(inner)]
  }
}

/** `maxLength` as people read it. */
const words = (path: string): string => path.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()

/** What to say of runs whose data differ in content; null where they were all trained on the same. */
export function dataWarning(runs: readonly Pick<RunDetail, 'datasetId' | 'datasetName'>[]): string | null {
  const own = runs.filter(({ datasetId }) => datasetId !== '')
  if (new Set(own.map(({ datasetId }) => datasetId)).size < 2) return null
  const names = [...new Set(own.map(({ datasetName }) => datasetName))]
  return names.length === 1
    ? `These runs were trained on different versions of "${names[0]}": what sets their results apart may be the data.`
    : `These runs were trained on different data (${names.join(', ')}): what sets their results apart may be the data.`
}

/** What differs, as a table of Markdown. */
export function markdown(
  runs: readonly Pick<RunDetail, 'id' | 'name'>[],
  rows: readonly Difference[],
): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [
    line(['', ...runs.map(({ id, name }) => `${id} ${name}`)]),
    line(['---', ...runs.map(() => '---')]),
    ...rows.filter(({ differs }) => differs).map(({ title, values }) => line([title, ...values])),
  ].join('\n')
}
