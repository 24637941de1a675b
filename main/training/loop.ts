/** The training loop of one run, in the engine worker: epochs of steps, evaluation after each, the end. */
import { toRefusal } from '../common/errors.ts'
import { metrics } from '../common/schemas.ts'
import { writeCheckpoint } from './checkpoint.ts'
import { evaluate } from './evaluate.ts'
import { feedOf, type Feed } from './feed.ts'
import { figuresOf, type Score } from './objective.ts'
import type { Command, Outcome, Position, Report, TrainJob } from './protocol.ts'
import { Control, StopRequested } from './run/control.ts'
import { Reporter } from './run/reporter.ts'
import { trainStep } from './run/step.ts'
import { Trainee } from './run/trainee.ts'

export class TrainingLoop {
  readonly #job: TrainJob
  readonly #report: (report: Report) => void
  readonly #trainee: Trainee
  readonly #reporter: Reporter
  readonly #control: Control
  readonly #position: Position
  readonly #feed: Feed
  /** Batches of the epoch that is trained on, or next. */
  #order: readonly Uint32Array[]

  /** @param prefetchUrl see prefetch.ts */
  constructor(job: TrainJob, report: (report: Report) => void, prefetchUrl: URL) {
    this.#job = job
    this.#report = report
    const { config } = job
    this.#trainee = new Trainee(job)
    this.#feed = feedOf(job, this.#trainee.batches, prefetchUrl)
    this.#order = this.#prepare(1)
    const batches = this.#order.length
    this.#position = {
      step: 0,
      totalSteps: batches * config.epochs,
      epoch: 1,
      epochs: config.epochs,
      batch: 0,
      batches,
      epochsDone: 0,
      learningRate: config.learningRate,
      samplesPerSecond: 0,
      seconds: 0,
      secondsLeft: null,
      waiting: 0,
    }
    this.#reporter = new Reporter(job.runId, this.#position, this.#trainee.prober, report)
    this.#control = new Control(this.#trainee, this.#reporter)
  }

  /** Acts on a command that arrived while the loop was turning or paused. */
  command(command: Command): void {
    this.#control.command(command)
  }

  /** Trains to the end, or until stopped or failed; always leaves the engine as it found it. */
  async run(): Promise<Outcome> {
    try {
      this.#report({
        kind: 'probed-layers',
        runId: this.#job.runId,
        layers: [...this.#trainee.prober.layers],
      })
      this.#reporter.speak()
      for (let epoch = 1; epoch <= this.#job.config.epochs; epoch++) await this.#epoch(epoch)
      return this.#end('finished', null)
    } catch (error) {
      if (error instanceof StopRequested) {
        this.#reporter.event('stopped', `stopped in epoch ${this.#position.epoch}`)
        return this.#end('stopped', null)
      }
      const detail = error instanceof Error ? error.stack : undefined
      return this.#end('failed', { ...toRefusal(error), ...(detail === undefined ? {} : { detail }) })
    } finally {
      await this.#feed.close()
      this.#trainee.dispose()
    }
  }

  /** An epoch's order, whose first batches may be prepared from now on. */
  #prepare(epoch: number): readonly Uint32Array[] {
    const order = this.#trainee.batches.epoch(this.#job.config, epoch)
    this.#feed.announce(epoch, order)
    return order
  }

  async #epoch(epoch: number): Promise<void> {
    const { config } = this.#job
    const { model, batches, objective, confusion } = this.#trainee
    const turn = (): Promise<void> => this.#control.turn()
    const position = this.#position
    const order = this.#order
    position.epoch = epoch
    position.batch = 0
    position.batches = order.length
    // Exact where epochs are alike, which is nearly always; else what this one suggests.
    position.totalSteps = position.step + order.length * (config.epochs - epoch + 1)
    const scores: Score[] = []
    confusion.train?.clear()
    for (const rows of order) {
      this.#reporter.meter.start()
      const prepared = await this.#feed.next(epoch, rows)
      const score = trainStep(this.#trainee, prepared, this.#reporter)
      this.#figures('batch', [score])
      scores.push(score)
      await turn()
    }
    position.epochsDone = epoch
    // While the validation split is looked at, the next batches are made.
    if (epoch < config.epochs) this.#order = this.#prepare(epoch + 1)
    this.#figures('train', scores)
    // Speed and phases are of steps: evaluating takes none.
    this.#reporter.speak()
    this.#figures('val', await evaluate(model, batches, objective, confusion.val, turn))
    this.#reporter.meter.skip()
    this.#reporter.speak()
  }

  #figures(part: 'batch' | 'train' | 'val', scores: readonly Score[]): void {
    const { confusion, objective } = this.#trainee
    const figures = figuresOf(part, scores)
    if (part !== 'batch') figures.push(...(confusion[part]?.figures(part) ?? []))
    const [loss] = figures
    if (part === 'val' && loss && objective.perplexity)
      figures.push([metrics.valPerplexity, Math.exp(loss[1])])
    for (const [metric, value] of figures) this.#reporter.record(metric, value)
  }

  /** Writes the checkpoint and the last telemetry; a checkpoint that cannot be written fails the run, not the worker. */
  #end(status: Outcome['status'], error: Outcome['error']): Outcome {
    this.#reporter.keepTime()
    this.#reporter.status = 'running'
    this.#reporter.speak()
    const outcome: Outcome = {
      runId: this.#job.runId,
      status,
      position: { ...this.#position, secondsLeft: status === 'finished' ? 0 : null },
      checkpoint: null,
      error,
    }
    if (this.#position.step === 0) return outcome
    try {
      return { ...outcome, checkpoint: writeCheckpoint(this.#job, this.#trainee.model, this.#position) }
    } catch (cause) {
      const what = `The checkpoint could not be written to ${this.#job.checkpointFolder} (${cause instanceof Error ? cause.message : String(cause)}).`
      const mend = 'Free some disk space or mend the permissions of the workspace; the metrics are kept.'
      return { ...outcome, status: 'failed', error: error ?? { code: 'training/checkpoint', what, mend } }
    }
  }
}
