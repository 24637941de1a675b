/** Owns the run that is in the engine worker: starts and steers it, writes what it reports, tells who watches. */
import { applicableConfig } from '../common/applicable.ts'
import { deferred, type Deferred } from '../common/deferred.ts'
import { join } from 'node:path'
import type { ModelDocument } from '../common/document.ts'
import { UserError } from '../common/errors.ts'
import { nameRun } from '../common/runName.ts'
import type { Dataset, Live, RunEvent, RunStatus, TrainConfig } from '../common/schemas.ts'
import { checkedAnalysis } from '../common/trainable.ts'
import type { Point, ProbeRow, Store } from '../store/index.ts'
import type { Outcome, PointColumns, Position, Report, Telemetry } from '../training/protocol.ts'
import type { Questions, Topic } from '../training/questions.ts'
import { EngineHost } from './engineHost.ts'
import { Latest } from './latest.ts'

/** Milliseconds of metrics at risk when the power goes, and between two growths of a live chart. */
const flushInterval = 400

/** Milliseconds that closing waits for the checkpoint of a run that is still training. */
const closeTimeout = 10_000

interface Active {
  runId: number
  dataset: Dataset
  status: 'running' | 'paused'
  position: Position | null
  points: Point[]
  probes: ProbeRow[]
  events: RunEvent[]
  storedStep: number
  flushTimer: NodeJS.Timeout | null
  ended: Deferred<void>
}

export interface StartRequest {
  document: ModelDocument
  datasetId: string
  config: TrainConfig
  name: string | null
}

export class TrainingService {
  readonly live = new Latest<Live | null>(null)
  readonly engine: EngineHost
  readonly #store: Store
  readonly #workspace: string
  #active: Active | null = null

  constructor(store: Store, workspace: string, workerUrl: URL) {
    this.#store = store
    this.#workspace = workspace
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
  async start({ document, datasetId, config: wanted, name }: StartRequest): Promise<number> {
    this.#refuseWhenBusy()
    const dataset = this.#store.datasets.get(datasetId)
    const analysis = checkedAnalysis(document, dataset)
    const config = applicableConfig(wanted, dataset)
    const engine = await this.engine.info()
    this.#refuseWhenBusy()
    const { parameters } = analysis
    const previous = this.#store.runs.newestOf(datasetId, document.name)
    const runId = this.#store.runs.create({
      name:
        name ?? nameRun(`${document.name} on ${dataset.name}`, { config, parameters, document }, previous),
      datasetId,
      datasetName: dataset.name,
      config,
      document,
      engine,
      parameters,
    })
    this.#active = {
      runId,
      dataset,
      status: 'running',
      position: null,
      points: [],
      probes: [],
      events: [],
      storedStep: 0,
      flushTimer: null,
      ended: deferred<void>(),
    }
    this.live.set(startingLive(runId, dataset, config))
    this.engine.send({
      kind: 'train',
      job: {
        runId,
        document,
        dataset,
        config,
        datasetFolder: join(this.#workspace, 'datasets', dataset.id),
        checkpointFolder: this.checkpointFolder(runId),
      },
    })
    return runId
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

  /** Ends the run after the step it is in, with a checkpoint. Resolves when that is written. */
  async stop(runId: number): Promise<void> {
    const active = this.#check(runId)
    this.engine.send({ kind: 'stop' })
    await active.ended.promise
  }

  setLearningRate(runId: number, learningRate: number): void {
    this.#check(runId)
    this.engine.send({ kind: 'set-learning-rate', learningRate })
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

  #check(runId: number): Active {
    if (this.#active?.runId === runId) return this.#active
    throw new UserError({
      code: 'training/not-running',
      what: `Run ${runId} is not training any more.`,
      mend: 'Start a new run on the Train page.',
    })
  }

  #hear(report: Report): void {
    const active = this.#active
    if (!active) return
    if (report.kind === 'telemetry' && report.telemetry.runId === active.runId)
      this.#telemetry(active, report.telemetry)
    else if (report.kind === 'event' && report.runId === active.runId) active.events.push(report.event)
    else if (report.kind === 'probed-layers' && report.runId === active.runId)
      this.#store.health.setLayers(active.runId, report.layers)
    else if (report.kind === 'outcome' && report.outcome.runId === active.runId)
      this.#finish(active, report.outcome)
  }

  #telemetry(active: Active, telemetry: Telemetry): void {
    active.position = telemetry.position
    active.points.push(...points(telemetry.points))
    active.probes.push(...telemetry.probes)
    const statusChanged = active.status !== telemetry.status
    active.status = telemetry.status
    if (statusChanged) this.#flush(active)
    else active.flushTimer ??= setTimeout(() => this.#flush(active), flushInterval)
    const latest = { ...this.live.value?.latest }
    telemetry.points.metric.forEach((name, i) => {
      latest[telemetry.points.names[name] ?? ''] = telemetry.points.value[i] ?? 0
    })
    this.#tell(active, active.status, { latest, layers: telemetry.layers, memory: telemetry.memory })
  }

  /** Everything pending, in one transaction. */
  #flush(active: Active): void {
    if (active.flushTimer) clearTimeout(active.flushTimer)
    active.flushTimer = null
    this.#write(active)
    this.#tell(active, active.status, {})
  }

  #write(active: Active): void {
    const { runId, position, status } = active
    this.#store.transaction(() => {
      this.#store.metrics.append(runId, active.points)
      this.#store.health.append(runId, active.probes)
      for (const event of active.events) this.#store.runs.addEvent(runId, event)
      if (position) {
        const { epochsDone, step, seconds, samplesPerSecond } = position
        this.#store.runs.setProgress(runId, { status, epochsDone, steps: step, seconds, samplesPerSecond })
      }
    })
    active.points = []
    active.probes = []
    active.events = []
    active.storedStep = position?.step ?? 0
  }

  #finish(active: Active, { status, position, checkpoint, error }: Outcome): void {
    if (active.flushTimer) clearTimeout(active.flushTimer)
    // A run that failed before its first step has no position worth keeping.
    if (position.totalSteps > 0) active.position = position
    this.#write(active)
    this.#store.runs.end(active.runId, status, checkpoint, error)
    this.#active = null
    this.#tell(active, status, { error })
    active.ended.resolve()
  }

  #workerDied(reason: string): void {
    const active = this.#active
    if (!active) return
    if (active.flushTimer) clearTimeout(active.flushTimer)
    this.#write(active)
    const error = {
      code: 'engine/died',
      what: `The engine stopped in the middle of run ${active.runId}: ${reason}.`,
      mend: 'Its metrics up to then are kept. Train again; if it happens twice, use a smaller batch.',
    }
    this.#store.runs.end(active.runId, 'interrupted', null, error)
    this.#active = null
    this.#tell(active, 'interrupted', { error })
    active.ended.resolve()
  }

  #tell(active: Active, status: RunStatus, news: Partial<Live>): void {
    const before = this.live.value
    if (!before) return
    this.live.set({
      ...before,
      ...(active.position ?? {}),
      ...news,
      status,
      storedStep: active.storedStep,
    })
  }
}

function* points(columns: PointColumns): Generator<Point> {
  for (let i = 0; i < columns.metric.length; i++) {
    yield {
      metric: columns.names[columns.metric[i] ?? 0] ?? '',
      step: columns.step[i] ?? 0,
      value: columns.value[i] ?? 0,
      epoch: columns.epoch[i] ?? 0,
      seconds: columns.seconds[i] ?? 0,
    }
  }
}

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
    layers: [],
    memory: { active: 0, peak: 0, cached: 0 },
    storedStep: 0,
    error: null,
  }
}
