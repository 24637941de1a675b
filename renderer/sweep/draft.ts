/** A sweep as it is typed, and the description it makes. Pure. */
import { applies } from '../../main/common/applicable.ts'
import type { Dataset } from '../../main/common/data/dataset.ts'
import type { ModelDocument } from '../../main/common/document.ts'
import { sweepFields, type SweepField } from '../../main/common/sweeps/fields.ts'
import { sweepSpecSchema, type Choice, type SweepSpec, type Values } from '../../main/common/sweeps/spec.ts'
import { lowerIsBetter, type TrainConfig } from '../../main/common/training.ts'
import { setting as written } from '../../main/common/settings.ts'
import { readNumber } from '../ui/readNumber.ts'

/** What can be swept and has an effect on this data; null: on none that is chosen. */
export function usableFields(document: ModelDocument, dataset: Dataset | null): SweepField[] {
  const has = dataset && applies(dataset)
  const without = [
    ...(has?.tokenBudget ? [] : ['tokenBudget']),
    ...(has?.balance ? [] : ['balance']),
    ...(has?.mixup ? [] : ['augmentation.mixup']),
  ]
  return sweepFields(document).filter(
    ({ setting }) =>
      !without.includes(setting) && (has?.augmentation === true || !setting.startsWith('augmentation.')),
  )
}

export interface DraftDimension {
  /** Tells rows apart while their setting changes. */
  id: number
  setting: string
  kind: Values['kind']
  /** Typed: `16, 32, 64`. */
  list: string
  low: string
  high: string
  log: boolean
  points: string
  /** Of a choice: titles of what is ticked. */
  ticked: string[]
}

export interface Draft {
  dimensions: DraftDimension[]
  method: SweepSpec['method']['kind']
  trials: string
  minEpochs: string
  eta: string
  seeds: string
  metric: string
  read: SweepSpec['objective']['read']
  /** Empty: no limit. */
  runs: string
  minutes: string
}

/** What the sweep is of. */
export interface Subject {
  document: ModelDocument
  datasetId: string
  config: TrainConfig
}

export const emptyDraft = (metric: string): Draft => ({
  dimensions: [],
  method: 'grid',
  trials: '20',
  minEpochs: '1',
  eta: '3',
  seeds: '1',
  metric,
  read: 'best',
  runs: '',
  minutes: '',
})

let ids = 0

/** A row that begins around the value that the setting has now. */
export function newDimension(field: SweepField, now: Choice): DraftDimension {
  const value = typeof now === 'number' ? now : Math.max(0, field.minimum)
  const clamped = (number: number): string =>
    written(
      Math.min(
        field.maximum,
        Math.max(field.minimum, field.kind === 'integer' ? Math.round(number) : number),
      ),
    )
  const doubled = field.kind === 'integer' && value > 0
  const list = doubled
    ? [value / 2, value, value * 2]
    : value > 0
      ? [value / 10, value, value * 10]
      : [0, 0.01, 0.1]
  return {
    id: ++ids,
    setting: field.setting,
    kind: field.setting === 'learningRate' ? 'range' : 'list',
    list: [...new Set(list.map(clamped))].join(', '),
    low: clamped(value > 0 ? value / (doubled ? 4 : 10) : 0),
    high: clamped(value > 0 ? value * (doubled ? 4 : 10) : 1),
    log: value > 0,
    points: '5',
    ticked: field.choices.map(({ title }) => title),
  }
}

/** The value that a setting has without the sweep. */
export function valueNow(
  { document, config }: Pick<Subject, 'document' | 'config'>,
  setting: string,
): Choice {
  const [first = '', second = '', third = ''] = setting.split('.')
  const value: unknown =
    first === 'layers'
      ? document.nodes.find(({ id }) => id === second)?.parameters[third]
      : second === ''
        ? config[first as keyof TrainConfig]
        : (config[first as keyof TrainConfig] as Record<string, unknown> | null)?.[second]
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' ? value : null
}

/** What is wrong, by the place where it is typed: a row's id, or a field of the draft. */
export type Wrong = Readonly<Record<string, string>>

export function specOf(
  draft: Draft,
  subject: Subject,
): { spec: SweepSpec; wrong: null } | { spec: null; wrong: Wrong } {
  const wrong: Record<string, string> = {}
  const fields = new Map(sweepFields(subject.document).map((field) => [field.setting, field]))
  const number = (key: keyof Draft, least: number, most: number, whole = true): number => {
    const value = readNumber(String(draft[key]))
    if (value !== null && value >= least && value <= most && (!whole || Number.isInteger(value))) return value
    wrong[key] = `A ${whole ? 'whole ' : ''}number from ${least} to ${most.toLocaleString('en-US')}.`
    return NaN
  }
  const optional = (key: 'runs' | 'minutes', least: number, most: number, whole: boolean): number | null =>
    draft[key].trim() === '' ? null : number(key, least, most, whole)
  const dimensions = draft.dimensions.map((row) => {
    const field = fields.get(row.setting)
    const values = field ? valuesOf(row, field) : 'This layer is no longer in the model.'
    if (typeof values === 'string') wrong[String(row.id)] = values
    return { setting: row.setting, values }
  })
  const drawn = (): { trials: number; seed: number } => ({ trials: number('trials', 1, 2000), seed: 1 })
  const method =
    draft.method === 'grid'
      ? { kind: draft.method }
      : draft.method === 'random'
        ? { kind: draft.method, ...drawn() }
        : {
            kind: draft.method,
            ...drawn(),
            minEpochs: number('minEpochs', 1, 100_000),
            eta: number('eta', 2, 10),
          }
  const made = {
    ...subject,
    dimensions,
    method,
    seeds: number('seeds', 1, 100),
    objective: {
      metric: draft.metric,
      direction: lowerIsBetter(draft.metric) ? 'min' : 'max',
      read: draft.read,
    },
    budget: { runs: optional('runs', 1, 2000, true), minutes: optional('minutes', 0.1, 1e6, false) },
  }
  if (Object.keys(wrong).length > 0) return { spec: null, wrong }
  return { spec: sweepSpecSchema.parse(made), wrong: null }
}

/** @returns the values, or what is wrong with them */
function valuesOf(row: DraftDimension, field: SweepField): Values | string {
  if (field.kind === 'choice') {
    const values = field.choices.filter(({ title }) => row.ticked.includes(title)).map(({ value }) => value)
    return values.length > 0 ? { kind: 'list', values } : 'Tick at least one.'
  }
  if (row.kind === 'list') {
    const typed = row.list.split(/[,;\s]+/).filter((part) => part !== '')
    const values = typed.map((part) => (field.mayBeOff && part === 'off' ? null : readNumber(part)))
    const bad = typed.find((part, i) => values[i] === null && !(field.mayBeOff && part === 'off'))
    if (bad !== undefined) return `"${bad}" is not a number.`
    if (values.length === 0) return 'Type the values, such as 16, 32, 64.'
    return { kind: 'list', values }
  }
  const [low, high, points] = [readNumber(row.low), readNumber(row.high), readNumber(row.points)]
  if (low === null || high === null) return 'Type both ends, such as 0.001 and 0.1.'
  if (low >= high) return 'The first end must be the lower one.'
  if (row.log && low <= 0) return 'A logarithmic range begins above 0.'
  if (points === null || !Number.isInteger(points) || points < 2 || points > 200)
    return 'From 2 to 200 values.'
  return { kind: 'range', low, high, scale: row.log ? 'log' : 'linear', points }
}
