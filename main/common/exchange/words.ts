/** What came of an export or an import, in one sentence for the page and the command line. */
import type { Exported, Imported } from './exchange.ts'

const number = (value: number): string => value.toLocaleString('en-US')
const counted = (value: number, one: string, many = `${one}s`): string =>
  `${number(value)} ${value === 1 ? one : many}`

/** `3 runs, 12 metrics, 48,000 points`. */
export function importedWords({ runs, known, metrics, points, checkpoints }: Imported): string {
  if (runs.length === 0 && known.length > 0) return knownWords(known)
  const parts = [
    counted(runs.length, 'run'),
    counted(metrics, 'metric'),
    counted(points, 'point'),
    ...(checkpoints > 0 ? [counted(checkpoints, 'checkpoint')] : []),
  ]
  return `${parts.join(', ')}.${known.length > 0 ? ` ${knownWords(known)}` : ''}`
}

function knownWords(known: Imported['known']): string {
  const [first] = known
  if (first && known.length === 1)
    return `“${first.name}” is here already as run ${first.id}${first.binned ? ', in the bin' : ''}.`
  const binned = known.filter((run) => run.binned).length
  const where = binned === 0 ? '' : `, ${binned === known.length ? 'all' : binned} in the bin`
  return `${counted(known.length, 'run')} ${known.length === 1 ? 'is' : 'are'} here already${where}.`
}

/** `2 runs, 48,000 points, 4 checkpoints, 1.2 MB`. */
export function exportedWords({ runs, points, checkpoints, bytes }: Exported): string {
  return [
    counted(runs, 'run'),
    ...(points > 0 ? [counted(points, 'point')] : []),
    ...(checkpoints > 0 ? [counted(checkpoints, 'checkpoint')] : []),
    sizeWords(bytes),
  ].join(', ')
}

export function sizeWords(bytes: number): string {
  if (bytes < 1000) return counted(bytes, 'byte')
  const [divisor, unit] = bytes < 1e6 ? [1e3, 'kB'] : bytes < 1e9 ? [1e6, 'MB'] : [1e9, 'GB']
  return `${(bytes / divisor).toPrecision(3).replace(/\.?0+$/, '')} ${unit}`
}
