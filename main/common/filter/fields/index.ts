/**
 * All fields of some runs by name: what every run has, settings, metrics with a qualifier, and `a@b`, the value of
 * metric a at the step where metric b was best. A metric without a qualifier is its last value.
 */
import type { Run } from '../../schemas.ts'
import type { Field } from './field.ts'
import {
  directionOf,
  metricField,
  metricKind,
  metricNames,
  qualifiers,
  type Directions,
  type Qualifier,
} from './metricFields.ts'
import { runFields } from './runFields.ts'
import { foreignNames, foreignSetting, settingAliases, settingFields } from './settingFields.ts'

export { isMissing, isNumeric, type Field, type FieldKind, type FieldValue } from './field.ts'
export { directionOf, qualifiers, type Direction, type Directions, type Qualifier } from './metricFields.ts'

/** Values of metric `a` where `b` was best, by run; null while they are being read. */
export type ValuesAt = (metric: string, at: string) => ReadonlyMap<number, number> | null

const own = new Map([...runFields, ...settingFields].map((field) => [field.name, field]))

/** Other ways to name what every run has. */
const aliases = new Map([
  ...settingAliases,
  ['id', 'run'],
  ['dataset', 'data'],
  ['tags', 'tag'],
  ['parameters', 'weights'],
])

const isQualifier = (text: string): text is Qualifier => (qualifiers as readonly string[]).includes(text)

export class Fields {
  readonly metrics: readonly string[]
  readonly foreign: readonly string[]
  readonly directions: Directions
  readonly #metrics: ReadonlySet<string>
  readonly #foreign: ReadonlySet<string>
  readonly #valuesAt: ValuesAt

  /** @param metrics names of metrics that count as known though none of the runs has them */
  constructor(
    runs: readonly Run[],
    directions: Directions = {},
    valuesAt: ValuesAt = () => null,
    metrics: readonly string[] = [],
  ) {
    this.directions = directions
    this.metrics = [...new Set([...metrics, ...metricNames(runs)])]
    this.foreign = foreignNames(runs)
    this.#metrics = new Set(this.metrics)
    this.#foreign = new Set(this.foreign)
    this.#valuesAt = valuesAt
  }

  /** What every run has, and settings; metrics are listed by `metrics`. */
  get plain(): Field[] {
    return [...own.values(), ...this.foreign.map(foreignSetting)]
  }

  /** Null where no run has such a field. */
  find(name: string): Field | null {
    const plain = own.get(name)
    if (plain) return plain
    if (this.#metrics.has(name)) return { ...metricField(name, 'last', this.directions), name }
    const dot = name.lastIndexOf('.')
    const [metric, qualifier] = [name.slice(0, dot), name.slice(dot + 1)]
    if (isQualifier(qualifier) && this.#metrics.has(metric))
      return metricField(metric, qualifier, this.directions)
    // A metric may have an @ in its own name.
    for (let i = name.indexOf('@'); i >= 0; i = name.indexOf('@', i + 1)) {
      const [read, at] = [name.slice(0, i), name.slice(i + 1)]
      if (this.#metrics.has(read) && this.#metrics.has(at)) return this.#at(read, at)
    }
    if (this.#foreign.has(name)) return foreignSetting(name)
    const alias = aliases.get(name)
    return alias === undefined ? null : (own.get(alias) ?? null)
  }

  #at(metric: string, at: string): Field {
    const better = directionOf(at, this.directions) === 'min' ? 'lowest' : 'highest'
    return {
      name: `${metric}@${at}`,
      title: `${metric} at best ${at}`,
      help: `${metric} at the step where ${at} was ${better}`,
      kind: metricKind(metric),
      group: 'metric',
      read: (run) => this.#valuesAt(metric, at)?.get(run.id) ?? null,
    }
  }
}
