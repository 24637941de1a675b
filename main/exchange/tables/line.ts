/** One line of a file of JSON lines, as training scripts write their metrics. Pure. */
import type { Cell } from './cell.ts'

const deepest = 8
const mostKeys = 10_000

/**
 * `{"step": 3, "val": {"loss": 0.2}}` has the cells `step` and `val/loss`. Lists are no cells.
 * @returns null where the line is no JSON object, as the last one of a file that is still written may be
 */
export function parseLine(line: string): Map<string, Cell> | null {
  let json: unknown
  try {
    json = JSON.parse(bare(line))
  } catch {
    return null
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return null
  const cells = new Map<string, Cell>()
  flatten(json, '', 0, cells)
  return cells
}

function flatten(object: object, prefix: string, depth: number, into: Map<string, Cell>): void {
  for (const [key, value] of Object.entries(object) as [string, unknown][]) {
    const name = prefix + key
    if (into.size >= mostKeys) return
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value))
      into.set(name, value as Cell)
    else if (!Array.isArray(value) && depth < deepest) flatten(value as object, `${name}/`, depth + 1, into)
  }
}

/** Python's json.dumps writes NaN and Infinity, which JSON has not: they become texts, which cells may be. */
const bare = (line: string): string =>
  /NaN|Infinity/.test(line)
    ? line.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (found) =>
        found.startsWith('"') ? found : `"${found}"`,
      )
    : line
