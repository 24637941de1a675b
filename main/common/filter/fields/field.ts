/** A field of a run: what a filter names, a column shows, and runs are sorted and grouped by. */
import type { Run } from '../../schemas.ts'

/** Null where a run has no such value. */
export type FieldValue = number | string | boolean | readonly string[] | null

/**
 * How a value is written: `measure` was measured (a loss), `share` lies between 0 and 1 (an accuracy), `setting` was
 * typed (a rate), `count` is whole, `seconds` a duration, `moment` milliseconds since 1970.
 */
export type FieldKind =
  'measure' | 'share' | 'setting' | 'count' | 'seconds' | 'moment' | 'text' | 'flag' | 'tags'

export interface Field {
  /** As a filter names it: `lr`, `val/loss.min`. */
  name: string
  /** Heads its column. */
  title: string
  /** Says more than fits there. */
  help: string
  kind: FieldKind
  group: 'run' | 'setting' | 'metric'
  read: (run: Run) => FieldValue
}

const numeric: ReadonlySet<FieldKind> = new Set(['measure', 'share', 'setting', 'count', 'seconds', 'moment'])
export const isNumeric = ({ kind }: Pick<Field, 'kind'>): boolean => numeric.has(kind)

export const isMissing = (value: FieldValue): boolean =>
  value === null ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'number' && Number.isNaN(value))
