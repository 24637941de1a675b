/**
 * Asynchronous successive halving: which trial trains next, and to how many epochs.
 * Li et al. 2020, A System for Massively Parallel Hyperparameter Tuning (ASHA), Algorithm 2; the epochs of the rungs count
 * down from the most a run gets, as in Li et al. 2018, Hyperband, so that the last rung is a whole run.
 */
import type { Objective } from './spec.ts'

/** What halving knows of a trial. */
export interface Climber {
  number: number
  /** Its objective at each rung it has done; null where it was not a number. */
  values: readonly (number | null)[]
  /** False for one that failed or was skipped: what it has counts, but it goes no further. */
  climbs: boolean
}

/** A trial to train until it has done the epochs of a rung. */
export interface Climb {
  number: number
  rung: number
}

/** Epochs of every rung, the lowest first: 1, 3, 9, 27. */
export function rungsOf({ minEpochs, eta }: { minEpochs: number; eta: number }, epochs: number): number[] {
  // 3 ** 5 epochs are five steps above 1, whatever rounding makes of the logarithm.
  const above = Math.floor(Math.log(epochs / minEpochs) / Math.log(eta) + 1e-9)
  const rungs = Array.from({ length: above + 1 }, (_, k) => Math.round(epochs / eta ** (above - k)))
  return [...new Set(rungs)]
}

/**
 * The highest rung from which one may be promoted comes first: among the best `1/eta` of those who did that rung, the best
 * that has not gone on yet. Where nobody may, the next new trial starts; null when there is none either.
 */
export function nextClimb(
  climbers: readonly Climber[],
  rungs: number,
  eta: number,
  direction: Objective['direction'],
): Climb | null {
  for (let rung = rungs - 2; rung >= 0; rung--) {
    const done = climbers.filter(({ values }) => values.length > rung)
    const best = done
      .toSorted((a, b) => compare(a.values[rung], b.values[rung], direction))
      .slice(0, Math.floor(done.length / eta))
    const next = best.find(
      ({ values, climbs }) => climbs && values.length === rung + 1 && values[rung] !== null,
    )
    if (next) return { number: next.number, rung: rung + 1 }
  }
  const fresh = climbers.find(({ values, climbs }) => climbs && values.length === 0)
  return fresh ? { number: fresh.number, rung: 0 } : null
}

/** Better first; what is no number last; of equals the earlier one, since sorting keeps their order. */
export function compare(
  a: number | null | undefined,
  b: number | null | undefined,
  direction: Objective['direction'],
): number {
  const [x, y] = [a ?? null, b ?? null]
  if (x === null || y === null) return Number(x === null) - Number(y === null)
  return direction === 'min' ? x - y : y - x
}

/** Epochs that all trials together train at most, those that are promoted into every rung counted. */
export function mostEpochs(trials: number, rungs: readonly number[], eta: number): number {
  let going = trials
  let epochs = 0
  rungs.forEach((rung, k) => {
    epochs += going * (rung - (rungs[k - 1] ?? 0))
    going = Math.floor(going / eta)
  })
  return epochs
}
