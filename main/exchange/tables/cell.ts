/** Cells of a table of metrics, and what is in them. */
export type Cell = string | number | boolean | null

/** One row by column name; undefined where it has none. */
export type Row = (column: string) => Cell | undefined

const notFinite: Readonly<Record<string, number>> = {
  nan: NaN,
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
  infinity: Infinity,
  '-infinity': -Infinity,
}
const missing = new Set(['', 'null', 'none', 'na', 'n/a', '-'])

export const isMissing = (cell: Cell | undefined): boolean =>
  cell == null || (typeof cell === 'string' && missing.has(cell.trim().toLowerCase()))

/** The number in a cell, NaN and infinities too; null where there is none. */
export function numberIn(cell: Cell | undefined): number | null {
  if (typeof cell === 'number') return cell
  if (typeof cell !== 'string' || isMissing(cell)) return null
  const text = cell.trim()
  const named = notFinite[text.toLowerCase()]
  if (named !== undefined) return named
  // Number() also reads 0x10 and the empty text.
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : null
}

export interface Time {
  /** Since 1970 where absolute, else since the start of the run. */
  seconds: number
  absolute: boolean
}

/** Numbers below this are seconds since a start: as a date it would be March 1973. */
const earliest = 1e8
/** Above this they are milliseconds. */
const latest = 1e11
/** The year 5138 in milliseconds: later is no time. */
const never = 1e14

export function timeIn(cell: Cell | undefined): Time | null {
  const number = numberIn(cell)
  if (number !== null) {
    if (!(Math.abs(number) < never)) return null
    if (number < earliest) return { seconds: number, absolute: false }
    return { seconds: number > latest ? number / 1000 : number, absolute: true }
  }
  if (typeof cell !== 'string' || !/^\d{4}-\d\d-\d\d/.test(cell.trim())) return null
  const parsed = Date.parse(cell.trim())
  return Number.isNaN(parsed) ? null : { seconds: parsed / 1000, absolute: true }
}
