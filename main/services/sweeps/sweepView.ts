/** Sweeps as the page shows them. */
import type { Sweep, SweepDetail, Trial } from '../../common/sweeps/contract.ts'
import { bestOf } from '../../common/sweeps/results.ts'
import { choicesText, trialText } from '../../common/sweeps/trials.ts'
import type { Store, SweepRecord } from '../../store/index.ts'

/** The trial that the engine trains. */
export interface Training {
  sweepId: number
  number: number
  runId: number | null
}

export function sweepView(record: SweepRecord, trials: readonly Trial[], training: Training | null): Sweep {
  const { id, name, status, createdAt, endedAt, remark, spec, seconds } = record
  const { objective } = spec
  const count = (wanted: Trial['status']): number => trials.filter((trial) => trial.status === wanted).length
  const now = training?.sweepId === id ? trials.find(({ number }) => number === training.number) : undefined
  const best = bestOf(trials, objective.direction)
  return {
    id,
    name,
    status,
    createdAt,
    endedAt,
    remark,
    objective,
    counts: {
      total: trials.length,
      finished: count('finished'),
      failed: count('failed'),
      skipped: count('skipped'),
    },
    training:
      now && training && training.runId !== null
        ? { number: now.number, text: trialText(spec, now), runId: training.runId }
        : null,
    best: best && {
      number: best.trials[0]?.number ?? 0,
      text: choicesText(spec, best.choices),
      value: best.mean,
    },
    seconds,
  }
}

/** @throws UserError `sweeps/unknown` */
export function sweepDetail(store: Store, id: number, training: Training | null): SweepDetail {
  const record = store.sweeps.get(id)
  const trials = store.sweeps.trials(id)
  const { spec } = record
  const dataset = store.datasets.list().find((one) => one.id === spec.datasetId)
  return { ...sweepView(record, trials, training), spec, datasetName: dataset?.name ?? '', trials }
}
