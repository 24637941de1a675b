/** The columns of the table of runs: what they hold, how it is written and sorted. Pure. */
import { metrics, type Run } from '../../../main/common/schemas.ts'
import { duration, measure, share, short } from '../../ui/format.ts'

export interface Column {
  key: string
  title: string
  /** Says more than fits into the head. */
  help: string
  width: number
  numeric: boolean
  /** The better end comes first when a person sorts by it. */
  descendingFirst: boolean
  /** Null where a run has no such value; those come last. */
  value: (run: Run) => number | string | null
  text: (run: Run) => string
}

const optional = (value: number | undefined, write: (value: number) => string): string =>
  value === undefined ? '–' : write(value)

const metric = (
  key: string,
  title: string,
  help: string,
  read: (run: Run) => number | undefined,
  write: (value: number) => string,
  descendingFirst: boolean,
): Column => ({
  key,
  title,
  help,
  width: 94,
  numeric: true,
  descendingFirst,
  value: (run) => read(run) ?? null,
  text: (run) => optional(read(run), write),
})

const words = (
  key: string,
  title: string,
  help: string,
  width: number,
  read: (run: Run) => string,
): Column => ({
  key,
  title,
  help,
  width,
  numeric: false,
  descendingFirst: false,
  value: (run) => read(run).toLowerCase(),
  text: read,
})

const number = (
  key: string,
  title: string,
  help: string,
  width: number,
  read: (run: Run) => number,
  write: (value: number) => string,
): Column => ({
  key,
  title,
  help,
  width,
  numeric: true,
  descendingFirst: true,
  value: read,
  text: (run) => write(read(run)),
})

export const columns: readonly Column[] = [
  number('created', 'Run', 'Number of the run; the newest is the highest', 54, (r) => r.id, String),
  words(
    'name',
    'Name',
    'Written from the data, the model and what changed; rename it in the menu',
    150,
    (r) => r.name,
  ),
  words('data', 'Data', 'Data set', 84, (r) => r.datasetName),
  words('model', 'Model', 'Model', 92, (r) => r.modelName),
  words('status', 'Status', 'How the run stands or ended', 104, (r) => r.status),
  words(
    'changed',
    'What changed',
    'Settings that differ from the run before it on the same data and model',
    118,
    () => '',
  ),
  metric(
    'accuracy',
    'val/acc best',
    'Highest validation accuracy of any epoch',
    (r) => r.summaries[metrics.valAccuracy]?.max,
    share,
    true,
  ),
  metric(
    'loss',
    'val/loss min',
    'Lowest validation loss of any epoch',
    (r) => r.summaries[metrics.valLoss]?.min,
    measure,
    false,
  ),
  metric(
    'train',
    'train/loss',
    'Mean training loss over the last epoch',
    (r) => r.summaries[metrics.trainLoss]?.last,
    measure,
    false,
  ),
  number('parameters', 'Weights', 'Trainable weights of the model', 66, (r) => r.parameters, short),
  number('time', 'Time', 'Time trained, pauses left out', 74, (r) => r.seconds, duration),
  number('speed', 'Samples/s', 'Samples a second, on average', 76, (r) => r.samplesPerSecond, short),
]

export interface Sort {
  column: string
  descending: boolean
}

/** A new list; runs that tie keep newest first, runs without a value come last whatever the direction. */
export function sortRuns(runs: readonly Run[], { column, descending }: Sort): Run[] {
  const found = columns.find((one) => one.key === column)
  if (!found) return [...runs]
  const sign = descending ? -1 : 1
  return [...runs].sort((a, b) => {
    const x = found.value(a)
    const y = found.value(b)
    if (missing(x) || missing(y)) return Number(missing(x)) - Number(missing(y)) || b.id - a.id
    if (typeof x === 'number' && typeof y === 'number') return sign * (x - y) || b.id - a.id
    return sign * String(x).localeCompare(String(y), 'en', { numeric: true }) || b.id - a.id
  })
}

const missing = (value: number | string | null): boolean =>
  value === null || (typeof value === 'number' && Number.isNaN(value))

/** Runs in which every word of the search occurs: in name, data, model, status or number. */
export function searchRuns(runs: readonly Run[], search: string): readonly Run[] {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (wanted.length === 0) return runs
  return runs.filter((run) => {
    const text = `${run.id} ${run.name} ${run.datasetName} ${run.modelName} ${run.status}`.toLowerCase()
    return wanted.every((word) => text.includes(word))
  })
}
