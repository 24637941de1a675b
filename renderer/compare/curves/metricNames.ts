/** The names of metrics to choose from. Pure. */
import { metrics, type Run } from '../../../main/common/schemas.ts'

/** Those that people look at first, in this order; then the others by name. */
const usual: readonly string[] = [
  metrics.valLoss,
  metrics.valAccuracy,
  metrics.trainLoss,
  metrics.trainAccuracy,
  metrics.batchLoss,
  metrics.batchAccuracy,
]

export function namesOf(runs: readonly Pick<Run, 'summaries'>[]): string[] {
  const names = new Set(runs.flatMap(({ summaries }) => Object.keys(summaries)))
  const first = usual.filter((name) => names.has(name))
  return [
    ...first,
    ...[...names]
      .filter((name) => !usual.includes(name))
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true })),
  ]
}

/** Names in which every word of the search occurs. */
export function searchNames(names: readonly string[], search: string): readonly string[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return names
  return names.filter((name) => {
    const text = name.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
