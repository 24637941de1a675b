/** What came of a sweep: the value of a trial, the best one, replicates together. */
import type { Summary } from '../schemas.ts'
import type { Trial } from './contract.ts'
import { grouped } from './grouped.ts'
import { compare } from './halving.ts'
import type { Choices, Objective } from './spec.ts'

/** The objective of a run; null where it has no finite value. */
export function objectiveOf(
  summaries: Readonly<Record<string, Summary>>,
  { metric, direction, read }: Objective,
): number | null {
  const summary = summaries[metric]
  if (!summary) return null
  const value = read === 'last' ? summary.last : direction === 'min' ? summary.min : summary.max
  return Number.isFinite(value) ? value : null
}

/** Trials of one combination: replicates with other seeds, or a single one. */
export interface Combination {
  choices: Choices
  trials: readonly Trial[]
  /** Of those that have a value at the rung that is compared. */
  values: readonly number[]
  mean: number | null
  /** Sample standard deviation; null for fewer than two values. */
  spread: number | null
}

/**
 * @param rung which value of the trials is taken; null: the one at the highest rung any trial has reached, the only one at
 *   which the best may be looked for
 */
export function combinationsOf(trials: readonly Trial[], rung: number | null = null): Combination[] {
  const at = rung ?? Math.max(0, ...trials.map(({ values }) => values.length - 1))
  return [...grouped(trials, ({ choices }) => JSON.stringify(choices)).values()].map((alike) => {
    const values = alike.flatMap((trial) => {
      const value = trial.values[at]
      return value === null || value === undefined ? [] : [value]
    })
    return { choices: alike[0]?.choices ?? {}, trials: alike, values, ...momentsOf(values) }
  })
}

/** The combination with the best mean; null while none has a value. */
export function bestOf(
  trials: readonly Trial[],
  direction: Objective['direction'],
): (Combination & { mean: number }) | null {
  const [best] = combinationsOf(trials).toSorted((a, b) => compare(a.mean, b.mean, direction))
  return best && best.mean !== null ? { ...best, mean: best.mean } : null
}

/**
 * How far runs differ that differ in their seed alone: pooled over all combinations. What differs by less than that may be
 * chance. Null without replicates.
 */
export function seedSpread(combinations: readonly Combination[]): number | null {
  let squares = 0
  let freedom = 0
  for (const { values, spread } of combinations) {
    if (spread === null) continue
    squares += spread ** 2 * (values.length - 1)
    freedom += values.length - 1
  }
  return freedom > 0 ? Math.sqrt(squares / freedom) : null
}

function momentsOf(values: readonly number[]): Pick<Combination, 'mean' | 'spread'> {
  if (values.length === 0) return { mean: null, spread: null }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  if (values.length < 2) return { mean, spread: null }
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, spread: Math.sqrt(squares / (values.length - 1)) }
}
