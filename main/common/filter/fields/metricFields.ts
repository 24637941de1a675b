/** What is known of a metric over a whole run, from its summary. */
import type { Run, Summary } from '../../schemas.ts'
import { lowerIsBetter } from '../../training.ts'
import type { Field, FieldKind } from './field.ts'

export type Direction = 'min' | 'max'
/** Metrics whose better end is not what their name says. */
export type Directions = Readonly<Record<string, Direction>>

export const qualifiers = ['last', 'best', 'min', 'max', 'first', 'count', 'best_step'] as const
export type Qualifier = (typeof qualifiers)[number]

const words: Record<Qualifier, string> = {
  last: 'last value',
  best: 'best value',
  min: 'lowest value',
  max: 'highest value',
  first: 'first value',
  count: 'number of values',
  best_step: 'step of the best value',
}

/** Times and bytes too are better when there are fewer. */
const less = /loss|mae|mse|error|perplexity|^time\/|^memory\//

export const directionOf = (metric: string, directions: Directions = {}): Direction =>
  (Object.hasOwn(directions, metric) ? directions[metric] : undefined) ??
  (lowerIsBetter(metric) || less.test(metric) ? 'min' : 'max')

const share = /accuracy|\bacc\b|f1|precision|recall|\bauc\b/i

export const metricKind = (metric: string): FieldKind => (share.test(metric) ? 'share' : 'measure')

const of = (summary: Summary, qualifier: Qualifier, direction: Direction): number => {
  if (qualifier === 'best') return direction === 'min' ? summary.min : summary.max
  if (qualifier === 'best_step') return direction === 'min' ? summary.minStep : summary.maxStep
  return summary[qualifier]
}

export function metricField(metric: string, qualifier: Qualifier, directions: Directions = {}): Field {
  const direction = directionOf(metric, directions)
  const better = direction === 'min' ? 'lower is better' : 'higher is better'
  return {
    name: `${metric}.${qualifier}`,
    title: `${metric} ${qualifier.replace('_', ' ')}`,
    help: qualifier === 'count' ? words.count : `${words[qualifier]} (${better})`,
    kind: qualifier === 'count' || qualifier === 'best_step' ? 'count' : metricKind(metric),
    group: 'metric',
    read: ({ summaries }: Run) => {
      // A metric may be called "constructor".
      const summary = Object.hasOwn(summaries, metric) ? summaries[metric] : undefined
      return summary ? of(summary, qualifier, direction) : null
    },
  }
}

/** Every metric that any of the runs has, in the order of the alphabet. */
export function metricNames(runs: readonly Run[]): string[] {
  const found = new Set<string>()
  for (const { summaries } of runs) for (const name in summaries) found.add(name)
  return [...found].sort()
}
