/** How the columns of a table become features, from the rows that train: nothing else is looked at. */
import type { ImportOptions } from '../../common/data/options.ts'
import type { Pace } from '../pace.ts'
import { count } from '../refuse.ts'
import type { Cells } from './cells.ts'
import { mostCategories, type CategoryColumn, type Column, type NumberColumn } from './columns.ts'
import { placesOf, widthOf, writeCategory, writeNumber } from './features.ts'
import { quantileTable, sorted, valueAt } from './quantiles.ts'

export type Fitting = Pick<NonNullable<ImportOptions['table']>, 'scaling' | 'categories' | 'missing'>

/** Writes a row's features of one column from `at` on. */
export interface Feature {
  column: Column
  width: number
  write(row: number, into: Float32Array, at: number): void
  note: string | null
}

/** @param rows those that train. Null where they say nothing: all the same, or all missing. */
export function fitColumn(
  cells: Cells,
  rows: readonly number[],
  fitting: Fitting,
  pace: Pace,
): Promise<Feature | null> {
  return cells.kind === 'number'
    ? fitNumber(cells, rows, fitting, pace)
    : fitCategory(cells, rows, fitting, pace)
}

/** Mean and standard deviation over some rows, missing values left out. */
export async function moments(
  cells: Cells,
  rows: readonly number[],
  pace: Pace,
): Promise<{ mean: number; std: number; missing: number }> {
  let present = 0
  let mean = 0
  let squares = 0
  for (const [index, row] of rows.entries()) {
    if (index % 1024 === 0) await pace.rest()
    const value = cells.at(row)
    if (Number.isNaN(value)) continue
    present += 1
    const difference = value - mean
    mean += difference / present
    squares += difference * (value - mean)
  }
  return { mean, std: present > 0 ? Math.sqrt(squares / present) : 0, missing: rows.length - present }
}

async function fitNumber(
  cells: Cells,
  rows: readonly number[],
  { scaling, missing: rule }: Fitting,
  pace: Pace,
): Promise<Feature | null> {
  const { name } = cells
  const { mean, std, missing } = await moments(cells, rows, pace)
  if (!(std > 0)) return null
  const ordered =
    scaling === 'quantile' || rule === 'median'
      ? await ascending(cells, rows, rows.length - missing, pace)
      : null
  const fill = { mean, indicator: mean, median: ordered && valueAt(ordered, 0.5), zero: 0 }[rule]
  const column: NumberColumn = {
    kind: 'number',
    name,
    scaling,
    mean,
    std,
    quantiles: scaling === 'quantile' ? quantileTable(ordered!) : null,
    fill,
    // Where training has none missing there is nothing to learn of it.
    indicator: rule === 'indicator' && missing > 0,
    missing,
  }
  const value = Number((fill ?? mean).toPrecision(4))
  const taken = {
    mean: `taken as the mean ${value}`,
    median: `taken as the median ${value}`,
    zero: 'taken as 0',
    indicator: `taken as the mean ${value}, and told by a feature of their own`,
  }[rule]
  return {
    ...featureOf(column, cells),
    note: missing > 0 ? `"${name}": ${count(missing, 'missing value')} in training, ${taken}.` : null,
  }
}

function ascending(
  cells: Cells,
  rows: readonly number[],
  present: number,
  pace: Pace,
): Promise<Float64Array> {
  const values = new Float64Array(present)
  let at = 0
  for (const row of rows) {
    const value = cells.at(row)
    if (!Number.isNaN(value)) values[at++] = value
  }
  return sorted(values, pace)
}

async function fitCategory(
  cells: Cells,
  rows: readonly number[],
  { categories: as }: Fitting,
  pace: Pace,
): Promise<Feature | null> {
  const { name, texts } = cells
  const times = new Uint32Array(texts.length)
  let missing = 0
  for (const [index, row] of rows.entries()) {
    if (index % 1024 === 0) await pace.rest()
    const value = cells.at(row)
    if (value < 0) missing += 1
    else times[value]! += 1
  }
  const met = [...times.keys()].filter((value) => times[value]! > 0)
  const kept = met.sort((a, b) => times[b]! - times[a]! || a - b).slice(0, mostCategories[as])
  if (kept.length + (missing > 0 ? 1 : 0) < 2) return null
  const column: CategoryColumn = {
    kind: 'category',
    name,
    as,
    categories: [...kept.map((value) => texts[value]!), ...(missing > 0 ? [null] : [])],
    missing,
  }
  const left = met.length - kept.length
  const notes = [
    ...(missing > 0 ? [`${count(missing, 'missing value')} in training, a category of their own`] : []),
    ...(left > 0
      ? [
          `${count(left, 'rare category', 'rare categories')} ${as === 'codes' ? 'taken as unknown' : 'left out'}`,
        ]
      : []),
  ]
  return {
    ...featureOf(column, cells),
    note: notes.length > 0 ? `"${name}": ${notes.join('; ')}.` : null,
  }
}

/** Features of the cells by a column that was fitted, to these rows or to those of an earlier training. */
export function featureOf(column: Column, cells: Cells): Omit<Feature, 'note'> {
  const width = widthOf(column)
  if (column.kind === 'number')
    return { column, width, write: (row, into, at) => writeNumber(column, cells.at(row), into, at) }
  const placeOf = placesOf(column)
  const places = Int32Array.from(cells.texts, placeOf)
  const placeOfMissing = placeOf(null)
  return {
    column,
    width,
    write(row, into, at) {
      const value = cells.at(row)
      writeCategory(column, value < 0 ? placeOfMissing : places[value]!, into, at)
    },
  }
}
