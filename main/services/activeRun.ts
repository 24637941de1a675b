/** The run in the engine worker: gathers what the worker reports and writes it, everything pending in one transaction. */
import { deferred, type Deferred } from '../common/deferred.ts'
import { toRefusal, type Refusal } from '../common/errors.ts'
import type { Dataset } from '../common/data/dataset.ts'
import type { NotFinite } from '../common/training.ts'
import type { RunEvent, RunStatus } from '../common/schemas.ts'
import type { ProbedLayer } from '../common/health/figures.ts'
import { replaced, type Point, type ProbeRow, type Store } from '../store/index.ts'
import type { Outcome, PointColumns, Position, Telemetry, Written } from '../training/protocol.ts'
import { removeCheckpointFiles } from './checkpointFiles.ts'

/** Milliseconds of metrics at risk when the power goes, and between two growths of a live chart. */
const flushInterval = 400

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
  #points: Point[] = []
  #probes: ProbeRow[] = []
  #layers: ProbedLayer[] | null = null
  #events: RunEvent[] = []
  #checkpoints: Written[] = []
  #notFinite: NotFinite | null = null
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
    this.#points.push(...pointsOf(points))
    this.#probes.push(...probes)
    const statusChanged = this.status !== status
    this.status = status
    if (statusChanged) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), flushInterval)
  }

  event(event: RunEvent): void {
    this.#events.push(event)
    this.#timer ??= setTimeout(() => this.#flush(), flushInterval)
  }

  /** Listed at once, with everything up to its step. */
  checkpoint(checkpoint: Written): void {
    this.#checkpoints.push(checkpoint)
    this.#flush()
  }

  /** What the rows of probes are of. */
  probedLayers(layers: ProbedLayer[]): void {
    this.#layers = layers
  }

  notFinite(report: NotFinite): void {
    this.#notFinite = report
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
      this.#write(() => this.#store.runs.end(this.runId, outcome.status, checkpoint, outcome.error))
      return outcome
    } catch (cause) {
      return { status: 'failed', error: outcome.error ?? notStored(cause) }
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
    try {
      this.#write(() => undefined)
    } catch (error) {
      this.#failed = notStored(error)
      this.#onFailed(this.#failed)
      return
    }
    this.#onFlushed()
  }

  #write(last: () => void): void {
    const { runs, metrics, checkpoints, health } = this.#store
    const gone: string[] = []
    this.#store.transaction(() => {
      metrics.append(this.runId, this.#points)
      if (this.#layers) health.setLayers(this.runId, this.#layers)
      health.append(this.runId, this.#probes)
      for (const event of this.#events) runs.addEvent(this.runId, event)
      if (this.position) {
        const { epochsDone, step, seconds, samplesPerSecond } = this.position
        runs.setProgress(this.runId, {
          status: this.status,
          epochsDone,
          steps: step,
          seconds,
          samplesPerSecond,
        })
      }
      for (const written of this.#checkpoints) {
        checkpoints.add(written)
        // The best may be older than the run.
        if (written.kind === 'best') continue
        runs.setConfig(this.runId, written.config)
        runs.setCheckpoint(this.runId, written.path, written.weightsSha256)
      }
      const keep = this.#checkpoints.at(-1)?.config.checkpoints.keep
      for (const { id, path } of keep === undefined ? [] : replaced(checkpoints.ofRun(this.runId), keep)) {
        checkpoints.remove(id)
        gone.push(path)
      }
      if (this.#notFinite) runs.setNotFinite(this.runId, this.#notFinite)
      last()
    })
    this.#points = []
    this.#probes = []
    this.#layers = null
    this.storedEvents += this.#events.length
    this.#events = []
    this.#checkpoints = []
    this.#notFinite = null
    this.storedStep = this.position?.step ?? 0
    for (const path of gone) removeCheckpointFiles(path)
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
