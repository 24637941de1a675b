/**
 * Trains the trials of the queue one after the other, in its order, and keeps in the store what came of each. A run that
 * somebody starts by hand between two trials is waited for.
 */
import { deferred, type Deferred } from '../../common/deferred.ts'
import { toRefusal, type Refusal } from '../../common/errors.ts'
import { trialSubject } from '../../common/sweeps/apply.ts'
import type { Trial } from '../../common/sweeps/contract.ts'
import { nextJob, type Job } from '../../common/sweeps/next.ts'
import { choicesText, trialText } from '../../common/sweeps/trials.ts'
import type { Store, SweepRecord } from '../../store/index.ts'
import type { TrainingService } from '../trainingService.ts'
import { reached, refusedEnd, trialEnd, type TrialEnd, type Wanted } from './outcome.ts'

export type Engine = Pick<TrainingService, 'start' | 'resumeRun' | 'stop' | 'activeRun' | 'untilIdle'>

interface Turn {
  sweep: SweepRecord
  trial: Trial
  job: Job
}

interface Current extends Turn {
  /** Null until the run is recorded. */
  runId: number | null
  wanted: Wanted
  /** What came of it is written down. */
  done: Deferred<void>
}

/** A run's name is no longer than this. */
const longestName = 120

export class QueueWorker {
  readonly #store: Store
  readonly #training: Engine
  readonly #tell: () => void
  #current: Current | null = null
  #waitsFor: number | null = null
  #fault: Refusal | null = null
  #working = false
  #again = false
  #closed = false

  /** @param tell the queue is another one now */
  constructor(store: Store, training: Engine, tell: () => void) {
    this.#store = store
    this.#training = training
    this.#tell = tell
  }

  /** The trial that the engine trains. */
  get current(): { sweepId: number; number: number; runId: number | null } | null {
    const current = this.#current
    return current && { sweepId: current.sweep.id, number: current.trial.number, runId: current.runId }
  }

  /** A run that was started by hand. */
  get waitsFor(): number | null {
    return this.#waitsFor
  }

  /** Why the queue could not be kept in the store; it stands still then. */
  get fault(): Refusal | null {
    return this.#fault
  }

  /** There may be something to train. */
  go(): void {
    this.#fault = null
    this.#tell()
    this.#again = true
    if (this.#working) return
    this.#working = true
    this.#work()
      .catch((error: unknown) => (this.#fault = toRefusal(error)))
      .finally(() => {
        this.#working = false
        this.#current = null
        if (!this.#closed) this.#tell()
      })
  }

  /** Ends the trial that trains, and resolves when that is written down. */
  async interrupt(wanted: Exclude<Wanted, null>): Promise<void> {
    const current = this.#current
    if (!current) return
    current.wanted = wanted
    await this.#stopRun(current)
    await current.done.promise
  }

  /** Starts nothing any more. The run that trains is stopped by the training service. */
  close(): void {
    this.#closed = true
  }

  async #work(): Promise<void> {
    while (this.#again && !this.#closed) {
      this.#again = false
      for (let turn = this.#next(); turn && !this.#closed; turn = this.#next()) {
        if (await this.#waited()) continue
        await this.#train(turn)
      }
    }
  }

  /** Waits for a run that was started by hand. @returns whether there was one */
  async #waited(): Promise<boolean> {
    this.#waitsFor = this.#training.activeRun
    if (this.#waitsFor === null) return false
    this.#tell()
    await this.#training.untilIdle()
    this.#waitsFor = null
    return true
  }

  /** The next trial of the first sweep that has one; those without any have finished. */
  #next(): Turn | null {
    const { sweeps } = this.#store
    for (const sweep of sweeps.queued()) {
      const gone = sweeps.gone(sweep.id)
      const trials = sweeps.trials(sweep.id).map((one) => this.#orSkipped(sweep, one, gone))
      const job = nextJob(sweep.spec, trials, gone)
      const trial = trials.find(({ number }) => number === job?.number)
      const { minutes } = sweep.spec.budget
      const over = minutes !== null && sweep.seconds >= 60 * minutes
      if (job && trial && !over) return { sweep, trial, job }
      const left = trials.filter(({ status }) => status === 'waiting').length
      const unused =
        over && left > 0
          ? `Its ${minutes} minutes are used up; ${left} of ${trials.length} trials were not trained to their end.`
          : null
      sweeps.setStatus(sweep.id, 'finished', unused)
      this.#tell()
    }
    return null
  }

  /** One that was interrupted, and whose run somebody has put into the bin or deleted since, does not go on. */
  #orSkipped({ id }: SweepRecord, trial: Trial, gone: ReadonlySet<number>): Trial {
    if (trial.status !== 'waiting' || !gone.has(trial.number)) return trial
    const skipped = { ...trial, status: 'skipped' } as const
    this.#store.sweeps.setTrial(id, skipped)
    return skipped
  }

  async #train(turn: Turn): Promise<void> {
    const current: Current = { ...turn, runId: null, wanted: null, done: deferred<void>() }
    this.#current = current
    try {
      const end = await this.#outcome(current)
      // The trial stays as one that trained, for the next opening to go on with.
      if (this.#closed) return
      this.#keep(current, end)
    } finally {
      this.#current = null
      current.done.resolve()
    }
    this.#tell()
  }

  #keep({ sweep, trial, runId }: Current, { trial: ended, halt }: TrialEnd): void {
    const { sweeps } = this.#store
    this.#store.transaction(() => {
      sweeps.setTrial(sweep.id, { ...ended, number: trial.number, runId: runId ?? trial.runId })
      if (halt !== null) for (const { id } of sweeps.queued()) sweeps.setStatus(id, 'paused', halt)
    })
  }

  async #outcome(current: Current): Promise<TrialEnd> {
    const { sweep, trial, job } = current
    const { objective } = sweep.spec
    try {
      await (trial.runId === null ? this.#begin(current) : this.#goOn(current, trial.runId))
    } catch (error) {
      const refusal = toRefusal(error)
      // Somebody was faster: that run is waited for.
      if (refusal.code === 'training/busy') return { trial: { ...trial, status: 'waiting' }, halt: null }
      return refusedEnd(trial, refusal)
    }
    this.#tell()
    if (current.wanted) await this.#stopRun(current)
    await this.#training.untilIdle()
    const run = this.#store.runs.get(current.runId ?? 0)
    return trialEnd(trial, run, job, objective, current.wanted)
  }

  async #begin(current: Current): Promise<void> {
    const { sweep, trial, job } = current
    const { spec } = sweep
    const { document, config } = trialSubject(spec, trial.choices, trial.seed)
    const subject = `${document.name} on ${this.#store.datasets.get(spec.datasetId).name}`
    const text = trialText(spec, trial)
    await this.#training.start({
      document,
      config,
      datasetId: spec.datasetId,
      name: (text === '' ? subject : `${subject} · ${text}`).slice(0, longestName),
      planned: [],
      untilEpoch: job.untilEpoch,
      sweep: {
        id: sweep.id,
        group: spec.seeds > 1 ? `${choicesText(spec, trial.choices) || subject} · sweep ${sweep.id}` : null,
        onRecorded: (runId) => this.#recorded(current, runId),
      },
    })
  }

  /** A run that was interrupted, or that is promoted. */
  async #goOn(current: Current, runId: number): Promise<void> {
    this.#recorded(current, runId)
    // The process may have gone after its last epoch and before that was written down here.
    if (reached(this.#store.runs.get(runId), current.job)) return
    await this.#training.resumeRun(runId, {}, [], current.job.untilEpoch)
  }

  #recorded(current: Current, runId: number): void {
    current.runId = runId
    const { sweep, trial } = current
    this.#store.sweeps.setTrial(sweep.id, { ...trial, status: 'running', runId })
  }

  /** It may have ended by itself in this moment. */
  async #stopRun({ runId }: Current): Promise<void> {
    if (runId === null || this.#training.activeRun !== runId) return
    await this.#training.stop(runId)
  }
}
