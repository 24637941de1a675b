/** Runs in the order that is asked for. Pure. */
import { isMissing, type Field, type FieldValue } from '../../../main/common/filter/fields/index.ts'
import type { Run } from '../../../main/common/schemas.ts'
import type { Sort } from '../../../main/common/views/schemas.ts'

export interface SortKey {
  field: Field
  descending: boolean
}

/** As people count: "a 9" before "a 10". */
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Missing values come last whatever the direction. */
export function compareValues(a: FieldValue, b: FieldValue, descending: boolean): number {
  const [missingA, missingB] = [isMissing(a), isMissing(b)]
  if (missingA || missingB) return Number(missingA) - Number(missingB)
  const order =
    typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b))
  return descending ? -order : order
}

/** A new list; what ties keeps newest first. */
export function sortRuns(runs: readonly Run[], keys: readonly SortKey[]): Run[] {
  const read = keys.map(({ field }) => runs.map((run) => field.read(run)))
  const order = runs.map((_, i) => i)
  order.sort((i, j) => {
    for (const [k, { descending }] of keys.entries()) {
      const difference = compareValues(read[k]?.[i] ?? null, read[k]?.[j] ?? null, descending)
      if (difference !== 0) return difference
    }
    return (runs[j]?.id ?? 0) - (runs[i]?.id ?? 0)
  })
  return order.map((i) => runs[i] as Run)
}

/** By this field alone, or after those that are there; once more turns it round, and of several a third time ends it. */
export function nextSort(
  sort: readonly Sort[],
  field: string,
  descendingFirst: boolean,
  add: boolean,
): Sort[] {
  const at = sort.findIndex((one) => one.field === field)
  const here = sort[at]
  if (!here || (!add && sort.length > 1))
    return [...(add ? sort : []), { field, descending: here ? here.descending : descendingFirst }]
  const turned = { field, descending: !here.descending }
  if (!add) return [turned]
  return here.descending === descendingFirst ? sort.with(at, turned) : sort.toSpliced(at, 1)
}
