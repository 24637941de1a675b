/** The table as it is shown, as text: its columns and its runs in order, with every digit. Pure. */
import type { Field, FieldValue } from '../../../main/common/filter/fields/index.ts'
import type { Run } from '../../../main/common/schemas.ts'
import { csv } from './csv.ts'

/** A number of every run and the name are always there, so that a line can be found again. */
const always = ['run', 'name']

const withIdentity = (fields: readonly Field[], find: (name: string) => Field | null): readonly Field[] => [
  ...always
    .filter((name) => !fields.some((field) => field.name === name))
    .flatMap((name) => find(name) ?? []),
  ...fields,
]

function plain(field: Field, value: FieldValue): string {
  if (value === null) return ''
  if (field.kind === 'moment' && typeof value === 'number') return new Date(value).toISOString()
  return typeof value === 'object' ? value.join('; ') : String(value)
}

export function toCsv(
  runs: readonly Run[],
  fields: readonly Field[],
  find: (name: string) => Field | null,
): string {
  const columns = withIdentity(fields, find)
  return csv([
    columns.map(({ name }) => name),
    ...runs.map((run) => columns.map((field) => plain(field, field.read(run)))),
  ])
}

/** NaN and infinity as text: JSON has no numbers for them. */
export function toJson(
  runs: readonly Run[],
  fields: readonly Field[],
  find: (name: string) => Field | null,
): string {
  const columns = withIdentity(fields, find)
  const valueOf = (field: Field, value: FieldValue): unknown => {
    if (field.kind === 'moment') return plain(field, value) || null
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
  }
  const rows = runs.map((run) =>
    Object.fromEntries(columns.map((field) => [field.name, valueOf(field, field.read(run))])),
  )
  return `${JSON.stringify(rows, null, 2)}\n`
}
