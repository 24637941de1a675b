/** The buckets of a whole run with those of a part of it that was read more finely. Pure. */
import { packedColumns, type SeriesColumns } from '../../../../main/common/packedSeries.ts'

/** Ascending and without overlap: where the part was read, its buckets stand for those of the whole. */
export function merge(whole: SeriesColumns, part: SeriesColumns | null): SeriesColumns {
  if (part === null || part.step.length === 0) return whole
  const first = part.step[0] as number
  const last = part.lastStep[part.lastStep.length - 1] as number
  let before = 0
  while (before < whole.step.length && (whole.lastStep[before] as number) < first) before++
  let after = before
  while (after < whole.step.length && (whole.step[after] as number) <= last) after++
  const joined = packedColumns.map((column) => {
    const rest = whole[column].length - after
    const values = new Float64Array(before + part[column].length + rest)
    values.set(whole[column].subarray(0, before))
    values.set(part[column], before)
    values.set(whole[column].subarray(after), before + part[column].length)
    return [column, values] as const
  })
  return Object.fromEntries(joined) as unknown as SeriesColumns
}
