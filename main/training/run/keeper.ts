/** Decides when a checkpoint is written, and writes it. */
import type { Predictions } from '../../common/predictions/predictions.ts'
import { lowerIsBetter, type CheckpointKind } from '../../common/training.ts'
import { metrics } from '../../common/schemas.ts'
import { writeCheckpoint } from '../checkpoint.ts'
import type { Report, TrainJob } from '../protocol.ts'
import type { Cursor } from './cursor.ts'
import type { Reporter } from './reporter.ts'
import { capture, type Captured } from './state.ts'
import type { Trainee } from './trainee.ts'

/** Milliseconds between two writes of a best checkpoint; a better one waits in memory. */
const bestInterval = 5000

export class Keeper {
  readonly #job: TrainJob
  readonly #trainee: Trainee
  readonly #reporter: Reporter
  readonly #cursor: Cursor
  readonly #report: (report: Report) => void
  #lastStep: number
  #lastTime = performance.now()
  #lastBest = -Infinity
  /** The best so far, where it has not been written yet. */
  #waiting: { captured: Captured; predictions: Predictions | null } | null = null
  /** Of the newest evaluation, where no checkpoint but the best has told them yet. */
  #predictions: Predictions | null = null

  constructor(
    job: TrainJob,
    trainee: Trainee,
    reporter: Reporter,
    cursor: Cursor,
    report: (report: Report) => void,
  ) {
    this.#job = job
    this.#trainee = trainee
    this.#reporter = reporter
    this.#cursor = cursor
    this.#report = report
    this.#lastStep = cursor.step
  }

  /** Between two steps, and after an epoch was evaluated: writes one when steps or minutes have gone by. */
  keep(): void {
    if (this.due(this.#reporter.position.step)) this.write('step')
  }

  /** Whether steps or minutes have gone by where the run is after `step`. */
  due(step: number): boolean {
    const { everySteps, everyMinutes } = this.#trainee.config.checkpoints
    if (step === this.#lastStep) return false
    const bySteps =
      everySteps !== null && Math.floor(step / everySteps) > Math.floor(this.#lastStep / everySteps)
    return bySteps || (everyMinutes !== null && performance.now() - this.#lastTime >= everyMinutes * 60_000)
  }

  /**
   * After an epoch was evaluated. Hears whether it is the best, and keeps it then.
   * @param predictions of the validation split; null where nothing validates
   */
  judge(predictions: Predictions | null): void {
    this.#predictions = predictions
    const { figures } = this.#cursor
    const wanted = this.#trainee.config.checkpoints.bestMetric
    const metric = wanted ?? (metrics.valLoss in figures ? metrics.valLoss : metrics.trainLoss)
    const value = figures[metric]
    if (value === undefined || !Number.isFinite(value)) return
    const { best } = this.#cursor
    if (best && (lowerIsBetter(metric) ? value >= best.value : value <= best.value)) return
    this.#cursor.best = { value, step: this.#reporter.position.step }
    this.#waiting = { captured: this.#capture(), predictions }
    if (performance.now() - this.#lastBest >= bestInterval) this.#writeBest()
  }

  /** @returns path of the weights. @throws UserError `training/checkpoint` */
  write(kind: CheckpointKind): string {
    // What comes later in the run must not be on disk before it.
    this.#writeBest()
    this.#lastStep = this.#reporter.position.step
    this.#lastTime = performance.now()
    const predictions = this.#predictions
    this.#predictions = null
    return this.#write(kind, this.#capture(), predictions)
  }

  #writeBest(): void {
    if (!this.#waiting) return
    const { captured, predictions } = this.#waiting
    this.#waiting = null
    this.#write('best', captured, predictions)
    this.#lastBest = performance.now()
  }

  #capture(): Captured {
    const { step, epoch, batch, batches, epochsDone, seconds } = this.#reporter.position
    Object.assign(this.#cursor, {
      step,
      epoch,
      batch,
      batches,
      epochsDone,
      seconds,
      samples: this.#reporter.samples,
    })
    return capture(this.#trainee, this.#cursor)
  }

  #write(kind: CheckpointKind, { weights, state, facts }: Captured, predictions: Predictions | null): string {
    const { cursor } = facts.state
    // Everything up to its step is told first, so that it is stored with the checkpoint or before it.
    this.#reporter.speak()
    const name = `${kind}-${cursor.step}`
    const { path, bytes } = writeCheckpoint(this.#job, {
      name,
      step: cursor.step,
      weights,
      state,
      facts: { kind, epochsDone: cursor.epochsDone, ...facts },
    })
    const { weightsSha256, nextBatchSha256, config } = facts
    this.#reporter.event(
      'checkpoint',
      `${kind}: weights ${weightsSha256}, next batch ${nextBatchSha256}`,
      cursor.step,
    )
    this.#report({
      kind: 'checkpoint',
      checkpoint: {
        runId: this.#job.runId,
        kind,
        step: cursor.step,
        epoch: cursor.epoch - 1 + cursor.batch / Math.max(1, cursor.batches),
        path,
        metrics: cursor.figures,
        bytes,
        createdAt: Date.now(),
        weightsSha256,
        nextBatchSha256,
        config,
        predictions,
      },
    })
    return path
  }
}
