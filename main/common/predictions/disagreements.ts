/** Two runs over the same samples: which of them each gets right. Pure. */
import {
  countOf,
  type Box,
  type PredictedClasses,
  type PredictedNumbers,
  type PredictedTokens,
  type Predictions,
} from './predictions.ts'

/** Places in the columns of the two. */
export interface Pairs {
  a: Uint32Array
  b: Uint32Array
}

/**
 * Which samples of the two are the same: by row within one data set, else by content, so that a sample is found again in a
 * data set that was read anew or prepared in another way. Of content that is there several times, the first is paired with
 * the first. Null where the data sets differ and one of them has no ids.
 */
export function pair(a: Predictions, b: Predictions, sameDataset: boolean): Pairs | null {
  if (sameDataset) {
    // Both are the first samples of the same split.
    const places = Uint32Array.from({ length: Math.min(countOf(a), countOf(b)) }, (_, at) => at)
    return { a: places, b: places }
  }
  if (!a.ids || !b.ids) return null
  const places = new Map<bigint, number>()
  const next = new Int32Array(a.ids.length).fill(-1)
  for (let at = a.ids.length - 1; at >= 0; at -= 1) {
    next[at] = places.get(a.ids[at]!) ?? -1
    places.set(a.ids[at]!, at)
  }
  const pairs: { a: number[]; b: number[] } = { a: [], b: [] }
  for (const [at, id] of b.ids.entries()) {
    const found = places.get(id)
    if (found === undefined || found < 0) continue
    places.set(id, next[found]!)
    pairs.a.push(found)
    pairs.b.push(at)
  }
  return { a: Uint32Array.from(pairs.a), b: Uint32Array.from(pairs.b) }
}

export interface Sorted {
  /** Every box that the task has, an empty one too. Places are in `Pairs`, the plainest case first. */
  boxes: Map<Box, Uint32Array>
  relabelled: number
}

/** @throws Error where the two are of different tasks */
export function sortIntoBoxes(a: Predictions, b: Predictions, pairs: Pairs): Sorted {
  if (a.of.task === 'classify' && b.of.task === 'classify') return byClass(a.of, b.of, pairs)
  if (a.of.task === 'classify' || b.of.task === 'classify' || a.of.task !== b.of.task)
    throw new Error(`[disagreements] ${a.of.task} beside ${b.of.task}`)
  return byLoss(a.of, b.of, pairs)
}

function byClass(a: PredictedClasses, b: PredictedClasses, pairs: Pairs): Sorted {
  // Numbers of classes shift when one is added; names stay.
  const inB = new Map(b.classes.map((name, index) => [name, index]))
  const number = Int32Array.from(a.classes, (name) => inB.get(name) ?? -1)
  const found = {
    both: [] as number[],
    mended: [] as number[],
    broken: [] as number[],
    neither: [] as number[],
  }
  let relabelled = 0
  for (let at = 0; at < pairs.a.length; at += 1) {
    const [x, y] = [pairs.a[at]!, pairs.b[at]!]
    if (number[a.target[x]!] !== b.target[y]) {
      relabelled += 1
      continue
    }
    const [before, after] = [a.predicted[x] === a.target[x], b.predicted[y] === b.target[y]]
    found[before ? (after ? 'both' : 'broken') : after ? 'mended' : 'neither'].push(at)
  }
  const gain = (at: number): number => b.ofTarget[pairs.b[at]!]! - a.ofTarget[pairs.a[at]!]!
  const lossOfB = (at: number): number => b.loss[pairs.b[at]!]!
  return {
    boxes: new Map<Box, Uint32Array>([
      ['right-in-both', descending(found.both, lossOfB)],
      ['mended', descending(found.mended, gain)],
      ['broken', descending(found.broken, (at) => -gain(at))],
      ['wrong-in-both', descending(found.neither, lossOfB)],
    ]),
    relabelled,
  }
}

type Others = PredictedNumbers | PredictedTokens

function byLoss(a: Others, b: Others, pairs: Pairs): Sorted {
  const found = { better: [] as number[], worse: [] as number[], same: [] as number[] }
  let relabelled = 0
  const gain = (at: number): number => a.loss[pairs.a[at]!]! - b.loss[pairs.b[at]!]!
  for (let at = 0; at < pairs.a.length; at += 1) {
    if (!sameWanted(a, pairs.a[at]!, b, pairs.b[at]!)) {
      relabelled += 1
      continue
    }
    const gained = gain(at)
    found[gained > 0 ? 'better' : gained < 0 ? 'worse' : 'same'].push(at)
  }
  return {
    boxes: new Map<Box, Uint32Array>([
      ['better', descending(found.better, gain)],
      ['worse', descending(found.worse, (at) => -gain(at))],
      ['same', descending(found.same, (at) => b.loss[pairs.b[at]!]!)],
    ]),
    relabelled,
  }
}

/** Share of a wanted value that rounding may change: it was normalised by the training split of its data set. */
const rounding = 1e-4

function sameWanted(a: Others, x: number, b: Others, y: number): boolean {
  if (a.task !== 'regress' || b.task !== 'regress') return true
  if (a.targets.length !== b.targets.length) return false
  return a.targets.every((_, i) => {
    const [one, other] = [a.wanted[x * a.targets.length + i]!, b.wanted[y * a.targets.length + i]!]
    return Math.abs(one - other) <= rounding * Math.max(1e-6, Math.abs(one), Math.abs(other))
  })
}

/** What is not a number comes first: nothing is worse. */
function descending(places: readonly number[], by: (at: number) => number): Uint32Array {
  const value = (at: number): number => {
    const one = by(at)
    return Number.isNaN(one) ? Infinity : one
  }
  return Uint32Array.from(places).sort((x, y) => {
    const [one, other] = [value(x), value(y)]
    return one === other ? x - y : other > one ? 1 : -1
  })
}
