/** Owns the run that is in the engine worker: starts and steers it, writes what it reports, tells who watches. */
import { applicableConfig } from '../common/applicable.ts'
import { deferred } from '../common/deferred.ts'
import { join } from 'node:path'
import type { ModelDocument } from '../common/document.ts'
import { UserError } from '../common/errors.ts'
import { nameRun } from '../common/runName.ts'
import {
  trainConfigSchema,
  type Parent,
  type PlannedChange,
  type TrainChanges,
  type TrainConfig,
} from '../common/training.ts'
import { type Dataset } from '../common/data/dataset.ts'
import { type Live, type RunDetail, type RunStatus } from '../common/schemas.ts'
import { checkedAnalysis } from '../common/trainable.ts'
import { changed } from '../common/changes.ts'
import type { Store } from '../store/index.ts'
import type { Outcome, Report, TrainJob } from '../training/protocol.ts'
import type { Questions, Topic } from '../training/questions.ts'
import { ActiveRun } from './activeRun.ts'
import { sweepCheckpoints } from './checkpointFiles.ts'
import { EngineHost } from './engineHost.ts'
import { Latest } from './latest.ts'

/** Milliseconds that closing waits for the checkpoint of a run that is still training. */
const closeTimeout = 10_000

export interface StartRequest {
  document: ModelDocument
  datasetId: string
  config: TrainConfig
  name: string | null
  planned: PlannedChange[]
}

export class TrainingService {
  readonly live = new Latest<Live | null>(null)
  readonly engine: EngineHost
  readonly #store: Store
  readonly #workspace: string
  #active: ActiveRun | null = null

  constructor(store: Store, workspace: string, workerUrl: URL) {
    this.#store = store
    this.#workspace = workspace
    sweepCheckpoints(store, workspace)
    this.engine = new EngineHost(
      workerUrl,
      (report) => this.#hear(report),
      (reason) => this.#workerDied(reason),
    )
  }

  /** The dataset that is being trained on, so that nobody removes it meanwhile. */
  get datasetInUse(): string | null {
    return this.#active?.dataset.id ?? null
  }

  /**
   * Checks that the model fits the data, records the run and hands it to the worker.
   * @throws UserError `training/busy`, `model/problems`, `data/unknown`, `engine/unavailable`
   */
  async start({ document, datasetId, config: wanted, name, planned }: StartRequest): Promise<number> {
    this.#refuseWhenBusy()
    const dataset = this.#store.datasets.get(datasetId)
    const { parameters } = checkedAnalysis(document, dataset)
    const config = applicableConfig(wanted, dataset)
    const previous = this.#store.runs.newestOf(datasetId, document.name)
    const subject = `${document.name} on ${dataset.name}`
    const named = name ?? nameRun(subject, { config, parameters, document }, previous)
    const runId = await this.#create(named, { dataset, document, config, parameters, parent: null })
    this.#train(runId, dataset, { document, config, from: null, planned, again: false })
    return runId
  }

  /**
   * Goes on with a run that has ended, from its newest checkpoint, or from the start where it has none. What it told after
   * that is forgotten and told again.
   * @throws UserError `training/busy`, `training/finished`, `data/unknown`, `engine/unavailable`
   */
  async resumeRun(runId: number, changes: TrainChanges, planned: PlannedChange[]): Promise<void> {
    this.#refuseWhenBusy()
    const run = this.#store.runs.get(runId)
    const dataset = this.#store.datasets.get(run.datasetId)
    const newest = run.checkpoints.at(-1)
    const before = newest ? this.#store.checkpoints.config(newest.id) : run.config
    const config = trainConfigSchema.parse({ ...before, ...changes })
    refuseWhenDone(run, config)
    await this.engine.info()
    this.#refuseWhenBusy()
    const step = newest?.step ?? 0
    this.#store.transaction(() => {
      this.#store.rewind(runId, step)
      this.#store.runs.again(runId, config)
      for (const { kind, note } of changed(before, changes).different)
        this.#store.runs.addEvent(runId, { step, kind, note })
    })
    const from = newest?.path ?? null
    const again = run.status === 'finished'
    this.#train(runId, dataset, { document: run.document, config, from, planned, again })
  }

  /**
   * Makes a new run that goes on from a checkpoint of another, or from its start; the other stays as it is.
   * @param changes any part of the configuration
   * @throws UserError `training/busy`, `checkpoint/unknown`, `training/finished`, `data/unknown`, `engine/unavailable`
   */
  async fork(
    runId: number,
    checkpointId: number | null,
    {
      changes,
      name,
      planned,
    }: { changes: Partial<TrainConfig>; name: string | null; planned: PlannedChange[] },
  ): Promise<number> {
    this.#refuseWhenBusy()
    const run = this.#store.runs.get(runId)
    const dataset = this.#store.datasets.get(run.datasetId)
    const checkpoint = checkpointId === null ? null : this.#store.checkpoints.get(checkpointId)
    if (checkpoint && checkpoint.runId !== runId) throw ofAnotherRun(checkpoint.id, checkpoint.runId, runId)
    const before = checkpoint ? this.#store.checkpoints.config(checkpoint.id) : run.config
    const config = applicableConfig(trainConfigSchema.parse({ ...before, ...changes }), dataset)
    if (checkpoint) refuseWhenDone({ ...run, epochsDone: Math.floor(checkpoint.epoch) }, config)
    const { document, parameters } = run
    const step = checkpoint?.step ?? 0
    const subject = `${run.name} · from step ${step.toLocaleString('en-US')}`
    const differs = nameRun(subject, { config, parameters }, { config: before, parameters })
    const parent = { runId, step }
    const forkId = await this.#create(name ?? differs.replace(/ · again$/, ''), {
      dataset,
      document,
      config,
      parameters,
      parent,
    })
    this.#train(forkId, dataset, { document, config, from: checkpoint?.path ?? null, planned, again: true })
    return forkId
  }

  async #create(
    name: string,
    run: {
      dataset: Dataset
      document: ModelDocument
      config: TrainConfig
      parameters: number
      parent: Parent | null
    },
  ): Promise<number> {
    const { dataset, ...rest } = run
    const engine = await this.engine.info()
    this.#refuseWhenBusy()
    return this.#store.runs.create({
      name,
      datasetId: dataset.id,
      datasetName: dataset.name,
      engine,
      ...rest,
    })
  }

  #train(
    runId: number,
    dataset: Dataset,
    job: Pick<TrainJob, 'document' | 'config' | 'from' | 'planned' | 'again'>,
  ): void {
    const active = new ActiveRun({ runId, dataset }, this.#store, {
      onFlushed: () => this.#tell(active, active.status, {}),
      onFailed: (error) => {
        this.engine.send({ kind: 'stop' })
        this.#tell(active, active.status, { error })
      },
    })
    this.#active = active
    this.live.set(startingLive(runId, dataset, job.config))
    this.engine.send({
      kind: 'train',
      job: {
        runId,
        dataset,
        datasetFolder: join(this.#workspace, 'datasets', dataset.id),
        checkpointFolder: this.checkpointFolder(runId),
        ...job,
      },
    })
  }

  /**
   * Looks at a model on a data set without training it.
   * @throws UserError `training/busy`, `data/unknown`, and what the question itself may refuse
   */
  async ask<T extends Topic>(
    topic: T,
    datasetId: string,
    rest: Omit<Questions[T]['asked'], 'dataset' | 'datasetFolder'>,
  ): Promise<Questions[T]['answer']> {
    this.#refuseWhenBusy()
    const dataset = this.#store.datasets.get(datasetId)
    const datasetFolder = join(this.#workspace, 'datasets', dataset.id)
    return this.engine.ask(topic, { ...rest, dataset, datasetFolder } as Questions[T]['asked'])
  }

  /**
   * Compares a custom operator's gradients with finite differences.
   * @throws UserError `training/busy`, `data/unknown`, and what the check itself may refuse
   */
  async checkGradients(asked: {
    document: ModelDocument
    nodeId: string
    datasetId: string | null
  }): Promise<Questions['check-gradients']['answer']> {
    this.#refuseWhenBusy()
    const { datasetId, ...rest } = asked
    const dataset = datasetId === null ? null : this.#store.datasets.get(datasetId)
    return this.engine.ask('check-gradients', { ...rest, dataset })
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

  checkpointFolder(runId: number): string {
    return join(this.#workspace, 'checkpoints', String(runId))
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
    throw new UserError({
      code: 'training/busy',
      what: `Run ${this.#active.runId} is still training, and the engine trains one at a time.`,
      mend: 'Stop it or wait until it has finished, then train again.',
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
    else if (report.kind === 'outcome') this.#finish(active, report.outcome)
  }

  #finish(
    active: ActiveRun,
    { status, ...outcome }: Pick<Outcome, 'checkpoint' | 'error'> & { status: RunStatus },
  ): void {
    const ended = active.end(status, outcome)
    this.#active = null
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
      return report.runId
    default:
      return null
  }
}

function refuseWhenDone(
  { id, epochsDone }: Pick<RunDetail, 'id' | 'epochsDone'>,
  { epochs }: TrainConfig,
): void {
  if (epochsDone < epochs) return
  throw new UserError({
    code: 'training/finished',
    what: `Run ${id} has trained all of its ${epochs} epochs there.`,
    mend: 'Ask for more epochs than that to go on.',
  })
}

const ofAnotherRun = (checkpoint: number, owner: number, asked: number): UserError =>
  new UserError({
    code: 'checkpoint/unknown',
    what: `Checkpoint ${checkpoint} is of run ${owner}, not of run ${asked}.`,
    mend: 'Choose one of those that the run lists.',
  })

function startingLive(runId: number, dataset: Dataset, config: TrainConfig): Live {
  const batches = Math.ceil(dataset.trainCount / config.batchSize)
  return {
    runId,
    status: 'running',
    step: 0,
    totalSteps: batches * config.epochs,
    epoch: 1,
    epochs: config.epochs,
    batch: 0,
    batches,
    learningRate: config.learningRate,
    samplesPerSecond: 0,
    seconds: 0,
    secondsLeft: null,
    waiting: 0,
    latest: {},
    memory: { active: 0, peak: 0, cached: 0 },
    storedStep: 0,
    storedEvents: 0,
    stopsAfterEpoch: false,
    error: null,
  }
}
