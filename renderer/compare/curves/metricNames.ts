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

const order = new Intl.Collator('en', { numeric: true })

type Logged = Pick<Run, 'summaries'>

export function namesOf(runs: readonly Logged[]): string[] {
  const names = new Set(runs.flatMap(({ summaries }) => Object.keys(summaries)))
  const first = usual.filter((name) => names.delete(name))
  return [...first, ...[...names].sort(order.compare)]
}

/**
 * Those of the wanted ones that any of the runs has; where it is none, the first that is a line in half of the runs at
 * least that have it: values of one epoch are a lone dot each.
 */
export function drawnOf(runs: readonly Logged[], wanted: readonly string[]): string[] {
  const has = (name: string): boolean => runs.some(({ summaries }) => name in summaries)
  const offered = wanted.filter(has)
  if (offered.length > 0) return offered
  const isLine = (name: string): boolean => {
    const counts = runs.flatMap(({ summaries }) => summaries[name]?.count ?? [])
    const lines = counts.filter((count) => count > 1).length
    return lines > 0 && lines * 2 >= counts.length
  }
  const others = runs.flatMap(({ summaries }) => Object.keys(summaries))
  const other = usual.find(isLine) ?? others.find(isLine) ?? usual.find(has) ?? others[0]
  return [other ?? wanted[0] ?? metrics.valLoss]
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
