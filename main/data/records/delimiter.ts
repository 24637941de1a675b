/** Which sign stands between the cells. */
import { extname } from 'node:path'
import { mode } from './format.ts'

export const delimiterNames: Record<string, string> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'vertical bars',
}
const candidates = [',', ';', '\t', '|']

/**
 * Of a .csv the sign that most rows have equally often; a tab of everything else.
 * @param path without `.gz`
 * @param start the first bytes of the file
 */
export function delimiterOf(path: string, start: string): string {
  const extension = extname(path).toLowerCase()
  if (extension === '.psv') return '|'
  if (extension !== '.csv') return '\t'
  const rows = rowsOf(start)
  const score = (sign: string): [number, number] => {
    const counts = rows.map((row) => row.split(sign).length - 1)
    const usual = mode(counts.filter((count) => count > 0))
    return [counts.filter((count) => count === usual && usual > 0).length, usual]
  }
  let best = ','
  let [agreeing, usual] = score(best)
  for (const sign of candidates.slice(1)) {
    const [rowsThatAgree, each] = score(sign)
    if (rowsThatAgree > agreeing || (rowsThatAgree === agreeing && each > usual)) {
      best = sign
      agreeing = rowsThatAgree
      usual = each
    }
  }
  return best
}

/** The first rows, without what is in quotes; the last of many may be cut and is left out. */
function rowsOf(start: string): string[] {
  const rows = start
    .replace(/"[^"]*"/g, '')
    .split('\n')
    .slice(0, 100)
  const filled = (rows.length > 1 ? rows.slice(0, -1) : rows).filter((row) => row.trim() !== '')
  return filled.length > 0 ? filled : rows
}
