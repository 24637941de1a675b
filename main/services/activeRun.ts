/**
 * The run in the engine worker: gathers what the worker reports and writes it. A flush is a row of short transactions, with
 * other work of this thread between them; what says how far the run is comes last.
 */
import { deferred, type Deferred } from '../common/deferred.ts'
import { toRefusal, type Refusal } from '../common/errors.ts'
import type { Dataset } from '../common/data/dataset.ts'
import type { NotFinite } from '../common/training.ts'
import type { RunEvent, RunStatus } from '../common/schemas.ts'
import type { ProbedLayer } from '../common/health/figures.ts'
import { replaced, type Point, type ProbeRow, type Store } from '../store/index.ts'
import type { Outcome, PointColumns, Position, Telemetry, Written } from '../training/protocol.ts'
import { removeCheckpointFiles } from './checkpointFiles.ts'
import { pieces } from './pieces.ts'

/** Milliseconds of metrics at risk when the power goes, and between two growths of a live chart. */
const flushInterval = 400

/** What the store does not have yet. */
interface Pending {
  points: Point[]
  probes: ProbeRow[]
  layers: ProbedLayer[] | null
  events: RunEvent[]
  checkpoints: Written[]
  notFinite: NotFinite | null
}

const nothing = (): Pending => ({
  points: [],
  probes: [],
  layers: null,
  events: [],
  checkpoints: [],
  notFinite: null,
})

/** A flush: what is left of it, and what is to be said when it is done. */
interface Flush {
  left: (() => void)[]
  done: () => void
}

export class ActiveRun {
  readonly runId: number
  readonly dataset: Dataset
  readonly ended: Deferred<void> = deferred<void>()
  status: 'running' | 'paused' = 'running'
  position: Position | null = null
  storedStep = 0
  /** Events that are in the store. */
  storedEvents = 0
  readonly #store: Store
  readonly #onFlushed: () => void
  readonly #onFailed: (error: Refusal) => void
  #pending = nothing()
  #flushing: Flush | null = null
  /** Something came during a flush that must not wait for the next one. */
  #urgent = false
  #timer: NodeJS.Timeout | null = null
  #failed: Refusal | null = null

  /**
   * @param onFlushed more is in the store now
   * @param onFailed the store cannot be written any more; told once
   */
  constructor(
    run: { runId: number; dataset: Dataset },
    store: Store,
    heard: { onFlushed: () => void; onFailed: (error: Refusal) => void },
  ) {
    this.runId = run.runId
    this.dataset = run.dataset
    this.#store = store
    this.#onFlushed = heard.onFlushed
    this.#onFailed = heard.onFailed
  }

  /** Why the store could not be written; null while it can. */
  get failed(): Refusal | null {
    return this.#failed
  }

  telemetry({ position, points, probes, status }: Telemetry): void {
    this.position = position
    for (const point of pointsOf(points)) this.#pending.points.push(point)
    this.#pending.probes.push(...probes)
    const statusChanged = this.status !== status
    this.status = status
    if (statusChanged) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), flushInterval)
  }

  event(event: RunEvent): void {
    this.#pending.events.push(event)
    this.#timer ??= setTimeout(() => this.#flush(), flushInterval)
  }

  /** Listed as soon as everything up to its step is. */
  checkpoint(checkpoint: Written): void {
    this.#pending.checkpoints.push(checkpoint)
    this.#flush()
  }

  /** What the rows of probes are of. */
  probedLayers(layers: ProbedLayer[]): void {
    this.#pending.layers = layers
  }

  notFinite(report: NotFinite): void {
    this.#pending.notFinite = report
  }

  /** Everything pending, and how the run ended. @returns what the run ended with, where the store has the last word */
  end(
    status: RunStatus,
    { position, checkpoint, error }: Pick<Outcome, 'checkpoint' | 'error'> & { position?: Position },
  ): {
    status: RunStatus
    error: Outcome['error']
  } {
    this.#stopTimer()
    // A run that failed before its first step has no position worth keeping.
    if (position && position.totalSteps > 0) this.position = position
    const outcome =
      this.#failed && !error ? { status: 'failed' as const, error: this.#failed } : { status, error }
    try {
      const flushes = [...(this.#flushing ? [this.#flushing] : []), this.#take()]
      this.#flushing = null
      this.#store.transaction(() => {
        for (const { left } of flushes) for (const write of left) write()
        this.#store.runs.end(this.runId, outcome.status, checkpoint, outcome.error)
      })
      for (const { done } of flushes) done()
      return outcome
    } catch (cause) {
      return { status: 'failed', error: outcome.error ?? notStored(this.#store.described(cause)) }
    }
  }

  #stopTimer(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #flush(): void {
    this.#stopTimer()
    // What could not be written waits for the end of the run, which is near then.
    if (this.#failed) return
    if (this.#flushing) this.#urgent = true
    else {
      this.#flushing = this.#take()
      this.#goOn()
    }
  }

  /** One piece of the flush; the others when this thread has looked at other work. */
  #goOn(): void {
    const flush = this.#flushing
    const [write] = flush?.left ?? []
    if (!flush || !write) return
    try {
      this.#store.transaction(write)
    } catch (error) {
      this.#failed = notStored(this.#store.described(error))
      this.#onFailed(this.#failed)
      return
    }
    flush.left.shift()
    if (flush.left.length > 0) {
      setImmediate(() => this.#goOn())
      return
    }
    this.#flushing = null
    flush.done()
    this.#onFlushed()
    if (!this.#urgent) return
    this.#urgent = false
    this.#flush()
  }

  /** Everything pending, in pieces. */
  #take(): Flush {
    const { metrics, health } = this.#store
    const { points, probes, ...rest } = this.#pending
    this.#pending = nothing()
    const { position, status } = this
    const gone: string[] = []
    const left = [
      ...Array.from(pieces(points), (piece) => () => metrics.append(this.runId, piece)),
      ...probes.map((probe) => () => health.append(this.runId, [probe])),
    ]
    const last = left.pop()
    // Few points, as nearly always, are one transaction with everything else.
    left.push(() => {
      last?.()
      gone.push(...this.#writeRest(rest, status, position))
    })
    return {
      left,
      done: () => {
        this.storedEvents += rest.events.length
        this.storedStep = position?.step ?? 0
        for (const path of gone) removeCheckpointFiles(path)
      },
    }
  }

  /** @returns checkpoints that newer ones have replaced */
  #writeRest(
    { layers, events, checkpoints: written, notFinite }: Omit<Pending, 'points' | 'probes'>,
    status: RunStatus,
    position: Position | null,
  ): string[] {
    const { runs, checkpoints, health, predictions } = this.#store
    if (layers) health.setLayers(this.runId, layers)
    for (const event of events) runs.addEvent(this.runId, event)
    if (position) {
      const { epochsDone, step, seconds, samplesPerSecond } = position
      runs.setProgress(this.runId, { status, epochsDone, steps: step, seconds, samplesPerSecond })
    }
    for (const { predictions: told, ...one } of written) {
      checkpoints.add(one)
      if (told) predictions.put(this.runId, one.kind === 'best' ? 'best' : 'last', told)
      // The best may be older than the run.
      if (one.kind === 'best') continue
      runs.setConfig(this.runId, one.config)
      runs.setCheckpoint(this.runId, one.path, one.weightsSha256)
    }
    if (notFinite) runs.setNotFinite(this.runId, notFinite)
    const keep = written.at(-1)?.config.checkpoints.keep
    const old = keep === undefined ? [] : replaced(checkpoints.ofRun(this.runId), keep)
    for (const { id } of old) checkpoints.remove(id)
    return old.map(({ path }) => path)
  }
}

function notStored(cause: unknown): Refusal {
  const { what } = toRefusal(cause)
  return {
    code: 'training/not-stored',
    what: `The workspace's database could not be written (${what}); the run was stopped.`,
    mend: 'Free some disk space or mend the permissions of the workspace, then resume the run.',
  }
}

function* pointsOf(columns: PointColumns): Generator<Point> {
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
