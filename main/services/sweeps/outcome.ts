/** What the end of a run means for its trial, and for the queue. Pure. */
import type { Refusal } from '../../common/errors.ts'
import type { Run } from '../../common/schemas.ts'
import type { Trial } from '../../common/sweeps/contract.ts'
import type { Job } from '../../common/sweeps/next.ts'
import { objectiveOf } from '../../common/sweeps/results.ts'
import type { Objective } from '../../common/sweeps/spec.ts'

/** What somebody asked for while it trained; null: nothing. */
export type Wanted = 'pause' | 'skip' | null

export interface TrialEnd {
  trial: Pick<Trial, 'status' | 'values' | 'error'>
  /** The queue must not go on: why, in a sentence. */
  halt: string | null
}

/** Not the trial's own fault: the next one would fare no better. */
const ofTheMachine = [
  'data/unknown',
  'engine/died',
  'engine/unavailable',
  'training/checkpoint',
  'training/not-stored',
]

export function refusedEnd(trial: Trial, error: Refusal): TrialEnd {
  const { values } = trial
  if (ofTheMachine.includes(error.code))
    return { trial: { status: 'waiting', values, error: null }, halt: `${error.what} ${error.mend}` }
  return { trial: { status: 'failed', values: [...values, null], error }, halt: null }
}

export function trialEnd(
  trial: Trial,
  run: Pick<Run, 'id' | 'status' | 'epochsDone' | 'summaries' | 'error'>,
  job: Job,
  objective: Objective,
  wanted: Wanted,
): TrialEnd {
  const { values } = trial
  if (reached(run, job)) {
    const value = objectiveOf(run.summaries, objective)
    if (value !== null)
      return { trial: { status: 'finished', values: [...values, value], error: null }, halt: null }
    return refusedEnd(trial, withoutObjective(run, objective))
  }
  if (run.error) return refusedEnd(trial, run.error)
  if (wanted === 'skip') return { trial: { status: 'skipped', values, error: null }, halt: null }
  const halt = wanted === null ? `Run ${run.id} was stopped by hand; it goes on where it was.` : null
  return { trial: { status: 'waiting', values, error: null }, halt }
}

/** Whether a run has trained what was asked of it; one that early stopping ended has too. */
export const reached = ({ status, epochsDone }: Pick<Run, 'status' | 'epochsDone'>, job: Job): boolean =>
  status === 'finished' || (job.untilEpoch !== null && epochsDone >= job.untilEpoch && status !== 'failed')

function withoutObjective({ id, summaries }: Pick<Run, 'id' | 'summaries'>, objective: Objective): Refusal {
  const metrics = Object.keys(summaries).filter((name) => /^(train|val)\//.test(name))
  return {
    code: 'sweeps/no-objective',
    what: `Run ${id} has no finite value of "${objective.metric}".`,
    mend: `Choose one of its metrics: ${metrics.join(', ')}.`,
  }
}
