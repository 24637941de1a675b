/** Which trial of a sweep trains next. */
import type { Trial } from './contract.ts'
import { mostEpochs, nextClimb, rungsOf } from './halving.ts'
import type { SweepSpec } from './spec.ts'
import { trialsOf } from './trials.ts'

export interface Job {
  number: number
  /** Stops when so many epochs are done; null: trains all of them. */
  untilEpoch: number | null
}

/**
 * Null: there is nothing left to train. One that was interrupted goes on first.
 * @param gone trials whose run is in the bin or was deleted: their values count, but they go no further
 */
export function nextJob(
  spec: SweepSpec,
  trials: readonly Trial[],
  gone: ReadonlySet<number> = new Set(),
): Job | null {
  const begun = trials.find(({ status, runId }) => status === 'waiting' && runId !== null)
  const { method } = spec
  if (method.kind !== 'halving') {
    const next = begun ?? trials.find(({ status }) => status === 'waiting')
    return next ? { number: next.number, untilEpoch: null } : null
  }
  const rungs = rungsOf(method, spec.config.epochs)
  const job = (number: number, rung: number): Job => ({
    number,
    untilEpoch: rung < rungs.length - 1 ? (rungs[rung] ?? null) : null,
  })
  if (begun) return job(begun.number, begun.values.length)
  const climbers = trials.map(({ number, values, status }) => ({
    number,
    values,
    climbs: (status === 'waiting' || status === 'finished') && !gone.has(number),
  }))
  const next = nextClimb(climbers, rungs.length, method.eta, spec.objective.direction)
  return next ? job(next.number, next.rung) : null
}

/** Epochs that all runs of a sweep train together; about, for successive halving. */
export function epochsOf(spec: SweepSpec): number {
  const trials = trialsOf(spec)
  const { method, config } = spec
  if (method.kind === 'halving') return mostEpochs(trials.length, rungsOf(method, config.epochs), method.eta)
  return trials.reduce((sum, { choices }) => sum + Number(choices['epochs'] ?? config.epochs), 0)
}
