/**
 * Reads a learning-rate range test (Smith 2015, "Cyclical learning rates for training neural networks", section 3.3;
 * the form of fastai's `lr_find`). Pure.
 */
import type { RangePoint, RangeTest } from '../common/rangeTest.ts'
import { setting } from '../common/settings.ts'

/** Part of the smoothed loss that a step keeps: it looks back over about five. */
const memory = 0.8
/** A smoothed loss of so many times its best has diverged (fastai's `lr_find`). */
const tooHigh = 4
/** The loss has fallen when it is below its start by this part of it, and by more than batches differ by. */
const leastFall = 0.03
/** Powers of ten over which the steepness at a rate is measured: fewer are mostly noise between batches. */
const window = 1
/** Steepness of so many parts of the steepest is as good. */
const nearlyAsFast = 0.8
/** Of the rate at which the loss diverges, the part that is safe. */
const safePart = 0.1

/** Rates from low to high, each the same factor above the one before. */
export const ratesOf = (low: number, high: number, steps: number): number[] =>
  Array.from({ length: steps }, (_, i) => low * (high / low) ** (i / Math.max(1, steps - 1)))

/** Looks at the losses as they come. */
export class RangeWatch {
  #weighted = 0
  #weight = 0
  #best = Infinity

  /** @returns the loss smoothed over the steps so far, and whether the test is over with it */
  hear(loss: number): { smoothed: number; over: boolean } {
    if (!Number.isFinite(loss)) return { smoothed: NaN, over: true }
    this.#weighted = memory * this.#weighted + (1 - memory) * loss
    this.#weight = memory * this.#weight + (1 - memory)
    const smoothed = this.#weighted / this.#weight
    this.#best = Math.min(this.#best, smoothed)
    return { smoothed, over: smoothed > tooHigh * this.#best }
  }
}

/**
 * What a curve says.
 * @param diverged the rate at which the test ended before its last one, because the loss had diverged
 */
export function readCurve(
  points: readonly Pick<RangePoint, 'rate' | 'loss'>[],
  diverged: number | null,
): Pick<RangeTest, 'points' | 'steepest' | 'diverged' | 'suggestion' | 'rule'> {
  const losses = points.map(({ loss }) => loss)
  const smoothed = smooth(losses)
  const drawn = points.map(({ rate, loss }, i) => ({ rate, loss, smoothed: smoothed[i] as number }))
  const reach = reachOf(points)
  const lowest = lowestOf(losses, reach)
  const found = steepestBefore(losses, lowest.at, reach)
  const first = losses.slice(0, 2 * reach + 1)
  if (found === null || !(mean(first) - lowest.loss > Math.max(leastFall * mean(first), spreadOf(first))))
    return {
      points: drawn,
      steepest: null,
      diverged,
      suggestion: null,
      rule: `The loss did not fall at any rate${diverged === null ? '' : `, and diverged at ${rounded(diverged)}`}: look at the model and the data before the rate; "Overfit one batch" may show what is wrong.`,
    }
  const steepest = (points[found] as RangePoint).rate
  const safe = diverged === null ? Infinity : diverged * safePart
  const suggestion = Number(Math.min(steepest, safe).toPrecision(2))
  return { points: drawn, steepest, diverged, suggestion, rule: ruleOf(steepest, diverged, safe) }
}

function ruleOf(steepest: number, diverged: number | null, safe: number): string {
  const fastest = `where the loss falls fastest, ${rounded(steepest)}`
  if (diverged === null) return `Suggested: ${fastest} (Smith 2015). It did not diverge at any rate.`
  const end = rounded(diverged)
  return steepest <= safe
    ? `Suggested: ${fastest} (Smith 2015). It diverged at ${end}.`
    : `Suggested: a tenth of ${end}, where the loss diverged (the rule of fastai), because ${fastest}, is nearer to that.`
}

const rounded = (rate: number): string => setting(Number(rate.toPrecision(2)))

/** Over the steps before and after alike, so that a fall is seen where it is: smoothing forward alone shifts it. */
function smooth(losses: readonly number[]): number[] {
  // A last loss that is a thousand times the others would be all that is left of its neighbours.
  const least = Math.min(...losses)
  const cut = losses.map((loss) =>
    Math.min(loss, least > 0 ? tooHigh * Math.max(least, losses[0] ?? least) : loss),
  )
  const ahead = running(cut)
  const back = running(cut.toReversed()).toReversed()
  return cut.map((_, i) => ((ahead[i] as number) + (back[i] as number)) / 2)
}

function running(losses: readonly number[]): number[] {
  const watch = new RangeWatch()
  return losses.map((loss) => watch.hear(loss).smoothed)
}

/** Points on either side of one within the window. */
function reachOf(points: readonly { rate: number }[]): number {
  const [first, second] = points
  if (!first || !second) return 1
  return Math.max(2, Math.round(window / 2 / Math.log10(second.rate / first.rate)))
}

/** The least mean over a window, and the middle of that. */
function lowestOf(losses: readonly number[], reach: number): { at: number; loss: number } {
  let found = { at: 0, loss: Infinity }
  for (let at = reach; at < losses.length - reach; at++) {
    const loss = mean(losses.slice(at - reach, at + reach + 1))
    if (loss < found.loss) found = { at, loss }
  }
  return found
}

/**
 * The lowest rate, up to there, around which the line through the losses falls nearly as steeply as anywhere: of two rates
 * that are as good the lower one is safer. Rates rise by a constant factor, so that steps are powers of ten. Null where
 * the loss rises everywhere.
 */
function steepestBefore(losses: readonly number[], upTo: number, reach: number): number | null {
  const slopes = losses.map((_, at) => (at < reach || at > upTo ? 0 : slopeAt(losses, at, reach)))
  const most = Math.min(...slopes)
  return most < 0 ? slopes.findIndex((slope) => slope <= nearlyAsFast * most) : null
}

/** Of the line through the losses around a point, up to a factor. */
function slopeAt(losses: readonly number[], at: number, reach: number): number {
  if (at + reach >= losses.length) return 0
  let slope = 0
  for (let d = -reach; d <= reach; d++) slope += d * (losses[at + d] as number)
  return slope
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/** Standard deviation. */
const spreadOf = (values: readonly number[]): number => {
  const middle = mean(values)
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)))
}
