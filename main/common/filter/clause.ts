/** Writes conditions into a filter: what a click on a value means. */
import type { FieldValue } from './fields/index.ts'
import { isKeyword, parse } from './parse.ts'

const bare = /^[^\s()<>=!~,"'`≠≥≤]+$/

export const writeName = (name: string): string =>
  bare.test(name) && !isKeyword(name) ? name : `\`${name.replace(/[\\`]/g, '\\$&')}\``

export const writeText = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`

/** Of a list: its one value. @param not runs without this value */
export function writeClause(
  name: string,
  value: Exclude<FieldValue, readonly string[]>,
  not: boolean,
): string {
  const operator = not ? '!=' : '='
  const written =
    value === null
      ? 'none'
      : typeof value === 'string'
        ? writeText(value)
        : typeof value === 'boolean'
          ? value
            ? 'yes'
            : 'no'
          : String(value)
  return `${writeName(name)} ${operator} ${written}`
}

/** The filter and the clause; the clause alone where the filter is empty or cannot be read. */
export function addClause(filter: string, clause: string): string {
  const text = filter.trim()
  try {
    const tree = parse(text)
    if (tree === null) return clause
    if (text === clause || text.endsWith(` and ${clause}`)) return text
    return tree.kind === 'any' ? `(${text}) and ${clause}` : `${text} and ${clause}`
  } catch {
    return clause
  }
}
