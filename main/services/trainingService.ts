/** Owns the run that is in the engine worker: starts and steers it, writes what it reports, tells who watches. */
import { join } from 'node:path'
import { changed } from '../common/changes.ts'
import { deferred, type Deferred } from '../common/deferred.ts'
import { UserError } from '../common/errors.ts'
import type { Dataset } from '../common/data/dataset.ts'
import type { EngineInfo, Live, RunStatus } from '../common/schemas.ts'
import type { TapeHead } from '../common/tape/record.ts'
import type { PlannedChange, TrainChanges } from '../common/training.ts'
import type { Store } from '../store/index.ts'
import type { Outcome, Report, TrainJob } from '../training/protocol.ts'
import { ActiveRun } from './activeRun.ts'
import { EngineHost } from './engineHost.ts'
import { Latest } from './latest.ts'
import { QuestionService } from './questionService.ts'
import {
  planFork,
  planResume,
  planStart,
  planTape,
  type ForkRequest,
  type RunPlan,
  type StartRequest,
} from './runPlans.ts'
import { startingLive } from './startingLive.ts'
import { Tapes } from './tapes.ts'

/** Milliseconds that closing waits for the checkpoint of a run that is still training. */
const closeTimeout = 10_000

export class TrainingService {
  readonly live = new Latest<Live | null>(null)
  readonly engine: EngineHost
  readonly questions: QuestionService
  readonly tapes = new Tapes()
  readonly #store: Store
  readonly #workspace: string
  #active: ActiveRun | null = null
  /** Somebody waits for the tape of the active run's next step. */
  #recording: Deferred<TapeHead> | null = null

  constructor(store: Store, workspace: string, workerUrl: URL) {
    this.#store = store
    this.#workspace = workspace
    this.engine = new EngineHost(
      workerUrl,
      (report) => this.#hear(report),
      (reason) => this.#workerDied(reason),
    )
    this.questions = new QuestionService(this.engine, store, workspace, () => this.#refuseWhenBusy())
  }

  /** The dataset that is being trained on, so that nobody removes it meanwhile. */
  get datasetInUse(): string | null {
    return this.#active?.dataset.id ?? null
  }

  /**
   * Checks that the model fits the data, records the run and hands it to the worker.
   * @throws UserError `training/busy`, `engine/unavailable`, and as `planStart` does
   */
  async start(request: StartRequest): Promise<number> {
    this.#refuseWhenBusy()
    return this.#begin(planStart(this.#store, request))
  }

  /**
   * Makes a new run that goes on from a checkpoint of another, or from its start; the other stays as it is.
   * @throws UserError `training/busy`, `engine/unavailable`, and as `planFork` does
   */
  async fork(runId: number, request: ForkRequest): Promise<number> {
    this.#refuseWhenBusy()
    return this.#begin(planFork(this.#store, runId, request))
  }

  /**
   * Goes on with a run that has ended, from its newest checkpoint, or from the start where it has none. What it told after
   * that is forgotten and told again.
   * @throws UserError `training/busy`, `engine/unavailable`, and as `planResume` does
   */
  async resumeRun(
    runId: number,
    changes: TrainChanges,
    planned: PlannedChange[],
    untilEpoch: number | null = null,
  ): Promise<void> {
    this.#refuseWhenBusy()
    const { dataset, before, step, job } = planResume(this.#store, runId, changes, planned, untilEpoch)
    await this.#ready()
    this.#store.transaction(() => {
      this.#store.rewind(runId, step)
      this.#store.runs.again(runId, job.config)
      for (const { kind, note } of changed(before, changes).different)
        this.#store.runs.addEvent(runId, { step, kind, note })
    })
    this.#train(runId, dataset, job)
  }

  async #begin({ name, dataset, parameters, parent, sweep, job }: RunPlan): Promise<number> {
    const engine = await this.#ready()
    const { document, config } = job
    const { id: datasetId, name: datasetName } = dataset
    let runId = 0
    this.#store.transaction(() => {
      runId = this.#store.runs.create({
        name,
        datasetId,
        datasetName,
        engine,
        document,
        config,
        parameters,
        parent,
        sweepId: sweep?.id ?? null,
        group: sweep?.group ?? null,
      })
      sweep?.onRecorded(runId)
    })
    this.#train(runId, dataset, job)
    return runId
  }

  /** The engine is there, and nothing else trains. */
  async #ready(): Promise<EngineInfo> {
    await this.questions.giveWay()
    const engine = await this.engine.info()
    this.#refuseWhenBusy()
    return engine
  }

  #train(runId: number, dataset: Dataset, job: RunPlan['job']): void {
    const active = new ActiveRun({ runId, dataset }, this.#store, {
      onFlushed: () => this.#tell(active, active.status, {}),
      onFailed: (error) => {
        this.engine.send({ kind: 'stop' })
        this.#tell(active, active.status, { error })
      },
    })
    this.#active = active
    this.live.set(startingLive(runId, job.config))
    this.engine.send({ kind: 'train', job: this.#job(runId, dataset, job) })
  }

  #job(runId: number, dataset: Dataset, job: RunPlan['job']): TrainJob {
    return {
      runId,
      dataset,
      datasetFolder: join(this.#workspace, 'datasets', dataset.id),
      checkpointFolder: this.checkpointFolder(runId),
      ...job,
    }
  }

  pause(runId: number): void {
    this.#check(runId)
    this.engine.send({ kind: 'pause' })
  }

  resume(runId: number): void {
    this.#check(runId)
    this.engine.send({ kind: 'resume' })
  }

  /** One step of a run that is paused. @throws UserError `training/not-paused` */
  step(runId: number): void {
    const { status } = this.#check(runId)
    if (status !== 'paused')
      throw new UserError({
        code: 'training/not-paused',
        what: `Run ${runId} is training; single steps are made from a pause.`,
        mend: 'Pause it first.',
      })
    this.engine.send({ kind: 'step' })
  }

  /** Ends the run after the step it is in, with a checkpoint. Resolves when that is written. */
  async stop(runId: number): Promise<void> {
    const active = this.#check(runId)
    this.engine.send({ kind: 'stop' })
    await active.ended.promise
  }

  /** Ends the run when the epoch it is in was evaluated. */
  stopAfterEpoch(runId: number): void {
    this.#check(runId)
    this.engine.send({ kind: 'stop-after-epoch' })
  }

  change(runId: number, changes: TrainChanges): void {
    this.#check(runId)
    this.engine.send({ kind: 'change', changes })
  }

  /** Takes effect at the next step. */
  probe(runId: number): void {
    this.#check(runId)
    this.engine.send({ kind: 'probe' })
  }

  /**
   * Records the tape of a step: of the next one of the run that trains, which makes one for it when it is paused; of
   * the one after its newest checkpoint where a run has ended, which is thrown away.
   * @throws UserError `training/busy`, `tape/ended`, `data/unknown`, and as `recordOnce` does
   */
  async record(runId: number): Promise<TapeHead> {
    if (this.isActive(runId)) {
      this.#recording ??= deferred<TapeHead>()
      this.engine.send({ kind: 'record' })
      return this.#recording.promise
    }
    this.#refuseWhenBusy()
    const { dataset, job } = planTape(this.#store, runId)
    const recording = await this.questions.tape(this.#job(runId, dataset, job))
    return this.tapes.add(runId, 'checkpoint', recording)
  }

  checkpointFolder(runId: number): string {
    return join(this.#workspace, 'checkpoints', String(runId))
  }

  /** The run in the engine. */
  get activeRun(): number | null {
    return this.#active?.runId ?? null
  }

  /** Resolves when the run that is in the engine now has ended and is written down; at once when there is none. */
  async untilIdle(): Promise<void> {
    await this.#active?.ended.promise
  }

  isActive(runId: number): boolean {
    return this.#active?.runId === runId
  }

  /** Stops a run with a checkpoint, then ends the worker. */
  async close(): Promise<void> {
    const active = this.#active
    if (active) {
      this.engine.send({ kind: 'stop' })
      const { promise: late, resolve } = deferred<void>()
      const timer = setTimeout(resolve, closeTimeout)
      await Promise.race([active.ended.promise, late])
      clearTimeout(timer)
    }
    await this.engine.close()
    if (this.#active) this.#workerDied('Tapedeck was closed before the run could be stopped')
  }

  #refuseWhenBusy(): void {
    if (!this.#active) return
    const { runId } = this.#active
    const ofSweep = this.#store.runs.get(runId).sweepId !== null
    throw new UserError({
      code: 'training/busy',
      what: `Run ${runId} ${ofSweep ? 'of a sweep ' : ''}is still training, and the engine trains one at a time.`,
      mend: ofSweep
        ? 'Pause the sweep (it goes on later where it was) or wait until it has finished, then train again.'
        : 'Stop it or wait until it has finished, then train again.',
    })
  }

  #check(runId: number): ActiveRun {
    if (this.#active?.runId === runId) return this.#active
    throw new UserError({
      code: 'training/not-running',
      what: `Run ${runId} is not training any more.`,
      mend: 'Start a new run on the Train page.',
    })
  }

  #hear(report: Report): void {
    const active = this.#active
    if (!active || runOf(report) !== active.runId) return
    if (report.kind === 'telemetry') {
      const { telemetry } = report
      active.telemetry(telemetry)
      const latest = { ...this.live.value?.latest }
      telemetry.points.metric.forEach((name, i) => {
        latest[telemetry.points.names[name] ?? ''] = telemetry.points.value[i] ?? 0
      })
      this.#tell(active, active.status, { latest, memory: telemetry.memory })
    } else if (report.kind === 'event') active.event(report.event)
    else if (report.kind === 'checkpoint') active.checkpoint(report.checkpoint)
    else if (report.kind === 'not-finite') active.notFinite(report.notFinite)
    else if (report.kind === 'probed-layers') active.probedLayers(report.layers)
    else if (report.kind === 'tape') {
      this.#recording?.resolve(this.tapes.add(active.runId, 'run', report.recording))
      this.#recording = null
    } else if (report.kind === 'outcome') this.#finish(active, report.outcome)
  }

  #finish(
    active: ActiveRun,
    { status, ...outcome }: Pick<Outcome, 'checkpoint' | 'error'> & { status: RunStatus },
  ): void {
    const ended = active.end(status, outcome)
    this.#active = null
    this.#recording?.reject(endedBefore(active.runId))
    this.#recording = null
    this.#tell(active, ended.status, { error: ended.error })
    active.ended.resolve()
  }

  #workerDied(reason: string): void {
    const active = this.#active
    if (!active) return
    const error = {
      code: 'engine/died',
      what: `The engine stopped in the middle of run ${active.runId}: ${reason}.`,
      mend: 'Its metrics up to then are kept. Resume it from its last checkpoint; if it happens twice, use a smaller batch.',
    }
    this.#finish(active, { status: 'interrupted', checkpoint: null, error })
  }

  #tell(active: ActiveRun, status: RunStatus, news: Partial<Live>): void {
    const before = this.live.value
    if (!before) return
    this.live.set({
      ...before,
      ...(active.position ?? {}),
      ...news,
      status,
      storedStep: active.storedStep,
      storedEvents: active.storedEvents,
    })
  }
}

/** Of which run a report speaks; null: of none. */
function runOf(report: Report): number | null {
  switch (report.kind) {
    case 'telemetry':
      return report.telemetry.runId
    case 'checkpoint':
      return report.checkpoint.runId
    case 'outcome':
      return report.outcome.runId
    case 'event':
    case 'not-finite':
    case 'probed-layers':
    case 'tape':
      return report.runId
    default:
      return null
  }
}

const endedBefore = (runId: number): UserError =>
  new UserError({
    code: 'tape/ended',
    what: `Run ${runId} ended before another step could be recorded.`,
    mend: 'Record it again: the step after its newest checkpoint is made once more then.',
  })
