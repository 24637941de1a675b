/** Which columns the table shows, and how wide. Pure. */
import { isNumeric, type Field, type FieldKind } from '../../../main/common/filter/fields/index.ts'
import type { Column } from '../../../main/common/views/schemas.ts'

export interface ShownColumn {
  field: Field
  width: number
  /** Takes its part of what is left of a wide window. */
  grows: boolean
}

const candidates: readonly string[] = [
  'run',
  'name',
  'data',
  'model',
  'status',
  'changed',
  'val/accuracy.best',
  'val/mae.best',
  'val/perplexity.best',
  'val/loss.best',
  'train/loss.last',
  'weights',
  'time',
  'tag',
  'note',
]

/** Said only where it tells runs apart. */
const telling = new Set(['data', 'model'])

/** Columns that suit the runs, for a person who has chosen none. @param used whether any run has a value there, @param differs whether two have different ones */
export function usualColumns(
  find: (name: string) => Field | null,
  used: (field: Field) => boolean,
  differs: (field: Field) => boolean,
  metrics: readonly string[],
): Column[] {
  const suits = (name: string): boolean => {
    const field = find(name)
    if (field === null) return false
    return name === 'changed' || (telling.has(name) ? differs(field) : used(field))
  }
  const found = candidates.filter(suits)
  // Runs of other tools have metrics of their own.
  const known = found.some((name) => find(name)?.group === 'metric')
  const own = known ? [] : metrics.slice(0, 3).map((metric) => `${metric}.last`)
  return [...found, ...own].map((field) => ({ field, width: null }))
}

/** Those of which some run knows; the others wait until one does. */
export function shownColumns(
  columns: readonly Column[],
  find: (name: string) => Field | null,
  spread: boolean,
): ShownColumn[] {
  return columns.flatMap(({ field: name, width }) => {
    const field = find(name)
    if (!field) return []
    const grows = width === null && growing.has(name)
    return [{ field, width: width ?? usualWidth(field, spread), grows }]
  })
}

/** These share what is left of a wide window. */
const growing = new Set(['name', 'changed'])

const widths: Record<FieldKind, number> = {
  measure: 84,
  share: 84,
  setting: 70,
  count: 70,
  seconds: 78,
  moment: 118,
  text: 104,
  flag: 64,
  tags: 120,
}
const own: Record<string, number> = {
  run: 58,
  name: 190,
  changed: 140,
  note: 160,
  data: 92,
  model: 100,
  status: 102,
}

/** @param spread whether cells hold a mean and its spread */
function usualWidth(field: Field, spread: boolean): number {
  const given = own[field.name]
  if (given !== undefined) return given
  const head = Math.min(190, 38 + field.title.length * 6.2)
  return Math.round(Math.max(head, widths[field.kind] + (spread && isNumeric(field) ? 46 : 0)))
}
