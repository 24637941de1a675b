/**
 * How much of the differences between the combinations of a sweep one setting explains by itself, and how sure that is.
 *
 * The combinations are ranked by the objective, so that a loss of a million weighs no more than the last place, and one that
 * failed has that place. A number is cut into groups of equal size, a choice makes a group of each value. The share of the
 * ranks' variance between the groups, corrected for what chance alone explains, is eta squared of the Kruskal-Wallis test:
 * (H - k + 1) / (n - k), for n combinations in k groups (Kruskal and Wallis 1952; Tomczak and Tomczak 2014, The need to
 * report effect size estimates revisited, formula 15). The interval is the 5th to 95th percentile over resampled
 * combinations (Efron 1979, bootstrap); its resampled shares are corrected for their doubled items, which would look like
 * an effect.
 */
import { stream, uniform } from '../random.ts'
import type { Combination } from './results.ts'
import type { Choice, Objective } from './spec.ts'

/** With fewer combinations than this nothing is said: chance alone explains much then. */
export const fewestCombinations = 12
/** A group holds at least so many. */
const smallestGroup = 4
const mostGroups = 4
const resamples = 500

export interface Importance {
  setting: string
  /** 0 to 1; null where too few combinations were tried to say. */
  share: number | null
  /** 90 % interval. */
  low: number
  high: number
  /** Combinations it is worked out from. */
  combinations: number
}

/** Of every setting, those that explain most first. Combinations that were not run are left out. */
export function importanceOf(
  combinations: readonly Combination[],
  settings: readonly string[],
  direction: Objective['direction'],
): Importance[] {
  const tried = combinations.filter(
    ({ trials, mean }) => mean !== null || trials.some(({ status }) => status === 'failed'),
  )
  // Larger is better for all that follows; what failed is behind everything.
  const scores = tried.map(({ mean }) => (mean === null ? -Infinity : direction === 'max' ? mean : -mean))
  return settings
    .map((setting) => ({
      setting,
      ...explained(
        tried.map(({ choices }) => choices[setting] ?? null),
        scores,
      ),
    }))
    .toSorted((a, b) => (b.share ?? -1) - (a.share ?? -1))
}

function explained(values: readonly Choice[], scores: readonly number[]): Omit<Importance, 'setting'> {
  const combinations = scores.length
  const none = { share: null, low: 0, high: 1, combinations }
  if (combinations < fewestCombinations) return none
  const groups = groupsOf(values)
  const count = new Set(groups).size
  if (count < 2) return none
  const share = etaSquared(groups, scores, combinations)
  const next = stream(1, combinations)
  const shares = Array.from({ length: resamples }, () => {
    const drawn = Array.from({ length: combinations }, () => Math.floor(uniform(next) * combinations))
    const different = new Set(drawn).size
    return etaSquared(
      drawn.map((i) => groups[i] ?? 0),
      drawn.map((i) => scores[i] ?? 0),
      different,
    )
  }).toSorted((a, b) => a - b)
  const at = (part: number): number => clamp(shares[Math.round(part * (resamples - 1))] ?? 0)
  return { share: clamp(share), low: at(0.05), high: at(0.95), combinations }
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value))

/** The group of each value, from 0; a number is cut where the groups become equally large. */
export function groupsOf(values: readonly Choice[]): number[] {
  const distinct = [...new Set(values)]
  const numbers = values.filter((value) => typeof value === 'number')
  const most = Math.max(2, Math.min(mostGroups, Math.floor(values.length / smallestGroup)))
  if (numbers.length < values.length || distinct.length <= most)
    return values.map((value) => distinct.indexOf(value))
  const sorted = numbers.toSorted((a, b) => a - b)
  const cuts = Array.from(
    { length: most - 1 },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / most)] ?? 0,
  )
  return numbers.map((value) => cuts.filter((cut) => value >= cut).length)
}

/** @param independent how many of the scores are not copies of others */
function etaSquared(groups: readonly number[], scores: readonly number[], independent: number): number {
  const ranks = ranksOf(scores)
  const n = ranks.length
  const mean = (n + 1) / 2
  const sums = new Map<number, { sum: number; count: number }>()
  groups.forEach((group, i) => {
    const { sum, count } = sums.get(group) ?? { sum: 0, count: 0 }
    sums.set(group, { sum: sum + (ranks[i] ?? 0), count: count + 1 })
  })
  const k = sums.size
  const total = ranks.reduce((sum, rank) => sum + (rank - mean) ** 2, 0)
  if (total === 0 || independent <= k) return 0
  const between = [...sums.values()].reduce(
    (sum, group) => sum + group.count * (group.sum / group.count - mean) ** 2,
    0,
  )
  // H is (n - 1) between / total, ties corrected; with copies there are only so many independent ones.
  const h = ((independent - 1) * between) / total
  return (h - k + 1) / (independent - k)
}

/** Ranks from 1; equals share the mean of theirs. */
function ranksOf(scores: readonly number[]): number[] {
  const order = scores
    .map((_, i) => i)
    .sort((a, b) => (scores[a]! < scores[b]! ? -1 : scores[a]! > scores[b]! ? 1 : 0))
  const ranks = new Array<number>(scores.length).fill(0)
  for (let from = 0; from < order.length;) {
    let to = from
    while (to + 1 < order.length && scores[order[to + 1]!] === scores[order[from]!]) to++
    for (let i = from; i <= to; i++) ranks[order[i]!] = (from + to) / 2 + 1
    from = to + 1
  }
  return ranks
}
