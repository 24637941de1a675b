/**
 * From the cells of a row to its features, by what is known of the columns: the same for the rows of an import and for a
 * row that a trained model is asked about later.
 */
import { UserError } from '../../common/errors.ts'
import { isMissing, numberIn } from './columns.ts'
import type { CategoryColumn, Column, NumberColumn } from './columns.ts'
import { normalQuantile, probabilityIn } from './quantiles.ts'

/** Features that a column becomes. */
export function widthOf(column: Column): number {
  if (column.kind === 'number') return column.indicator ? 2 : 1
  return column.as === 'codes' ? 1 : column.categories.length
}

/**
 * How many numbers each feature may hold: categories and 0 for unknown ones, or 0 where it is a measured value.
 * @returns null where no feature is a code
 */
export function codesOf(columns: readonly Column[]): number[] | null {
  const codes = columns.flatMap((column) =>
    column.kind === 'category' && column.as === 'codes'
      ? [column.categories.length + 1]
      : Array.from({ length: widthOf(column) }, () => 0),
  )
  return codes.some((cardinality) => cardinality > 0) ? codes : null
}

/** @param value NaN where it is missing */
export function writeNumber(column: NumberColumn, value: number, into: Float32Array, at: number): void {
  const absent = Number.isNaN(value)
  const taken = absent ? (column.fill ?? column.mean) : value
  into[at] = scaled(column, taken)
  if (column.indicator) into[at + 1] = absent ? 1 : 0
}

function scaled({ scaling, mean, std, quantiles }: NumberColumn, value: number): number {
  if (scaling === 'none') return value
  if (scaling === 'quantile' && quantiles) return normalQuantile(probabilityIn(quantiles, value))
  return (value - mean) / std
}

/** @param place index in the categories; -1 for what is none of them */
export function writeCategory(column: CategoryColumn, place: number, into: Float32Array, at: number): void {
  if (column.as === 'codes') into[at] = place + 1
  else if (place >= 0) into[at + place] = 1
}

/** Index of a category, by its text; -1 for what is none of them. Null is a missing value. */
export function placesOf({ categories }: CategoryColumn): (text: string | null) => number {
  const places = new Map(categories.map((text, place) => [text, place]))
  return (text) => places.get(text) ?? -1
}

/**
 * The features of one row.
 * @param cells by the name of the column, as they would stand in the file; a column that is absent is missing
 * @throws UserError `data/cell` where a number is expected, or a smaller one
 */
export function prepareRow(
  cells: Readonly<Record<string, string | null>>,
  columns: readonly Column[],
): Float32Array {
  const features = new Float32Array(columns.reduce((sum, column) => sum + widthOf(column), 0))
  let at = 0
  for (const column of columns) {
    const cell = (Object.hasOwn(cells, column.name) ? cells[column.name] : null) ?? null
    if (column.kind === 'number') {
      writeNumber(column, numberOf(column, cell), features, at)
      if (!Number.isFinite(features[at])) throw tooLarge(column.name, cell ?? '')
    } else writeCategory(column, placesOf(column)(isMissing(cell) ? null : cell!.trim()), features, at)
    at += widthOf(column)
  }
  return features
}

function numberOf({ name }: NumberColumn, cell: string | null): number {
  if (isMissing(cell)) return NaN
  const value = numberIn(cell!)
  if (!Number.isNaN(value)) return value
  throw new UserError({
    code: 'data/cell',
    what: `"${name}" is "${cell!.slice(0, 40)}", expected a number.`,
    mend: 'Write a number with a decimal point, or leave it empty.',
  })
}

const tooLarge = (name: string, cell: string): UserError =>
  new UserError({
    code: 'data/cell',
    what: `"${name}" is ${cell.slice(0, 40)}, more than a network can work with.`,
    mend: 'Write a number of the size of those in the training data.',
  })
