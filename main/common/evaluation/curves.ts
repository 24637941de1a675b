/** Curves of a score over a falling threshold: samples of equal scores are passed together. Pure. */

export interface Step {
  threshold: number
  /** Samples at or above the threshold that are of the class. */
  truePositives: number
  falsePositives: number
}

export interface Ranking {
  positives: number
  negatives: number
  /** One for each distinct score, the highest first. */
  steps: Step[]
}

export interface CurvePoint {
  x: number
  y: number
  /** Null before the first sample. */
  threshold: number | null
}

/** @param positive whether each sample is of the class */
export function rankings(scores: Float32Array, positive: readonly boolean[]): Ranking {
  const order = Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!)
  const steps: Step[] = []
  let [truePositives, falsePositives] = [0, 0]
  order.forEach((at, place) => {
    if (positive[at]) truePositives++
    else falsePositives++
    const next = order[place + 1]
    if (next === undefined || scores[next] !== scores[at])
      steps.push({ threshold: scores[at]!, truePositives, falsePositives })
  })
  return { positives: truePositives, negatives: falsePositives, steps }
}

/** Area under true over false positive rate, by trapezoids; null where there are only positives or only negatives. */
export function rocArea({ positives, negatives, steps }: Ranking): number | null {
  if (positives === 0 || negatives === 0) return null
  let [area, x, y] = [0, 0, 0]
  for (const { truePositives, falsePositives } of steps) {
    area += ((falsePositives - x) * (truePositives + y)) / 2
    x = falsePositives
    y = truePositives
  }
  return area / (positives * negatives)
}

/** Sum over the steps of (recall gained) x precision; null where there are no positives. */
export function averagePrecision({ positives, steps }: Ranking): number | null {
  if (positives === 0) return null
  let [sum, before] = [0, 0]
  for (const { truePositives, falsePositives } of steps) {
    sum += ((truePositives - before) / positives) * (truePositives / (truePositives + falsePositives))
    before = truePositives
  }
  return sum
}

const most = 400

/** Evenly thinned, both ends kept. */
export function thinned(points: readonly CurvePoint[]): CurvePoint[] {
  if (points.length <= most) return [...points]
  return Array.from({ length: most }, (_, at) => points[Math.round((at * (points.length - 1)) / (most - 1))]!)
}
