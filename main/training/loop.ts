/** The training loop of one run, in the engine worker: epochs of steps, evaluation after each, the end. */
import { changed } from '../common/changes.ts'
import { toRefusal } from '../common/errors.ts'
import { metrics } from '../common/schemas.ts'
import { type TrainChanges, type TrainConfig } from '../common/training.ts'
import { evaluate } from './evaluate.ts'
import { feedOf, type Feed, type Prepared } from './feed.ts'
import { figuresOf, type Score } from './objective.ts'
import type { Command, Outcome, Report, TrainJob } from './protocol.ts'
import { Control, StopRequested } from './run/control.ts'
import { plan, sameOrder, startingCursor, startingPosition, type Cursor } from './run/cursor.ts'
import { Keeper } from './run/keeper.ts'
import { LateSteps } from './run/lateSteps.ts'
import { outOfPatience } from './run/patience.ts'
import { Remarks } from './run/remarks.ts'
import { Reporter } from './run/reporter.ts'
import { restore } from './run/state.ts'
import { Halted } from './run/step.ts'
import { add } from './run/tally.ts'
import { Trainee } from './run/trainee.ts'
import { troubleOf } from './run/trouble.ts'
import { explain } from './run/whyHalted.ts'
import type { Tensor } from '../engine/index.ts'
import type { Running } from './weights/source.ts'

export class TrainingLoop implements Running {
  readonly #job: TrainJob
  readonly #report: (report: Report) => void
  readonly #trainee: Trainee
  readonly #reporter: Reporter
  readonly #control: Control
  readonly #steps: LateSteps
  readonly #cursor: Cursor
  readonly #keeper: Keeper
  readonly #remarks: Remarks
  readonly #newFeed: () => Feed
  #feed: Feed
  /** Batches of the epoch that the run is in. */
  #order: readonly Uint32Array[]
  /** Those of the epoch after it, where they have been announced. */
  #next: { config: TrainConfig; order: readonly Uint32Array[] } | null = null

  /**
   * @param prefetchUrl see prefetch.ts
   * @throws UserError what reading data, model and checkpoint may refuse
   */
  constructor(job: TrainJob, report: (report: Report) => void, prefetchUrl: URL) {
    this.#job = job
    this.#report = report
    this.#trainee = new Trainee(job)
    this.#reporter = new Reporter(job.runId, startingPosition(job.config), this.#trainee, report)
    try {
      this.#cursor = job.from === null ? this.#begun() : this.#restore(job.from)
    } catch (error) {
      this.#trainee.dispose()
      throw error
    }
    this.#cursor.planned.push(...job.planned)
    this.#newFeed = () => feedOf(job, this.#trainee.batches, prefetchUrl)
    this.#feed = this.#newFeed()
    const { position } = this.#reporter
    this.#order = this.#trainee.epoch(this.#cursor.epochConfig, position.epoch)
    position.batches = this.#order.length
    this.#feed.announce(position.epoch, this.#order, position.batch)
    this.#plan()
    this.#steps = new LateSteps(this.#trainee, this.#reporter, (score, group) => this.#made(score, group))
    this.#control = new Control(
      this.#trainee,
      this.#reporter,
      (changes) => this.#change(changes),
      () => this.#steps.settle(),
    )
    this.#keeper = new Keeper(job, this.#trainee, this.#reporter, this.#cursor, report)
    this.#remarks = new Remarks(this.#trainee, this.#reporter, this.#cursor)
  }

  get runId(): number {
    return this.#job.runId
  }

  get step(): number {
    return this.#reporter.position.step
  }

  /** A trained weight as it is now, to be looked at between two steps. */
  weight(key: string): Tensor | null {
    this.#steps.settleQuietly()
    return this.#trainee.weights.get(key) ?? null
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
      while (!this.#over()) await this.#epoch()
      return this.#end('finished', null)
    } catch (error) {
      return await this.#endWith(error)
    } finally {
      await this.#feed.close()
      this.#steps.dispose()
      this.#trainee.dispose()
    }
  }

  /** @param error what the loop was left with */
  async #endWith(error: unknown): Promise<Outcome> {
    if (error instanceof Halted) return this.#halt(error)
    try {
      this.#steps.settle()
    } catch (earlier) {
      // A step that halts was before whatever else went wrong.
      const first = earlier instanceof Halted || error instanceof StopRequested
      return this.#endWith(first ? earlier : error)
    }
    if (error instanceof StopRequested) {
      this.#reporter.event('stopped', `stopped in epoch ${this.#reporter.position.epoch}`)
      return this.#end('stopped', null)
    }
    return this.#end('failed', troubleOf(error))
  }

  #over(): boolean {
    const { position } = this.#reporter
    if (position.epochsDone >= this.#trainee.config.epochs) return true
    if (position.epochsDone === 0 || position.epochsDone < position.epoch) return false
    const reason = outOfPatience(this.#trainee.config, this.#cursor) ?? this.#remarks.learntByHeart()
    if (reason !== null) {
      this.#reporter.event('stopped', reason)
      return true
    }
    const { untilEpoch } = this.#job
    if (position.stopsAfterEpoch || (untilEpoch !== null && position.epochsDone >= untilEpoch))
      throw new StopRequested()
    return false
  }

  async #epoch(): Promise<void> {
    const { position, meter } = this.#reporter
    this.#changeAsPlanned()
    if (position.epochsDone === position.epoch) await this.#begin(position.epoch + 1)
    while (this.#batch < this.#order.length) {
      this.#changeAsPlanned()
      meter.start()
      this.#step(await this.#group())
      // A run that ends in the middle of an epoch goes on there; at its end it is evaluated first.
      if (this.#batch < this.#order.length && this.#keeper.due(this.#given)) {
        this.#steps.settle()
        this.#keeper.keep()
      }
      await this.#control.afterStep()
    }
    this.#steps.settle()
    await this.#evaluate()
  }

  /** Steps that were made or given to the device. */
  get #given(): number {
    return this.#reporter.position.step + this.#steps.count
  }

  /** Batches of the epoch that they took: a step that is read late is of one. */
  get #batch(): number {
    return this.#reporter.position.batch + this.#steps.count
  }

  /** Makes a step, and tells its tape where that was asked for. */
  #step(group: readonly Prepared[]): void {
    const trainee = this.#trainee
    const { recorder } = trainee
    recorder.step(trainee, this.#given + 1, () => this.#steps.step(group))
    const recording = recorder.take()
    if (recording) this.#report({ kind: 'tape', runId: this.#job.runId, recording })
  }

  /** Hears of a step that the run stands after. */
  #made(score: Score, group: readonly Prepared[]): void {
    const cursor = this.#cursor
    this.#figures('batch', [score])
    cursor.tally = cursor.tally ? add(cursor.tally, score) : score
    this.#remarks.step(score, group)
  }

  /** The batches of the next update. */
  async #group(): Promise<Prepared[]> {
    const { epoch } = this.#reporter.position
    const rows = this.#order.slice(this.#batch, this.#batch + this.#trainee.config.accumulate)
    const group: Prepared[] = []
    for (const one of rows) {
      const prepared = await this.#steps.meanwhile(this.#feed.next(epoch, one))
      const { images } = prepared
      // Images stay valid only until the next batch is asked for.
      const kept = images && rows.length > 1 ? { ...images, bytes: images.bytes.slice() } : images
      group.push({ ...prepared, images: kept })
    }
    return group
  }

  /** The batches of the next update once more, as they were. */
  async #again(): Promise<Prepared[]> {
    const { epoch, batch } = this.#reporter.position
    await this.#feed.close()
    this.#feed = this.#newFeed()
    this.#feed.announce(epoch, this.#order, batch)
    return this.#group()
  }

  async #begin(epoch: number): Promise<void> {
    const { position } = this.#reporter
    const { config, confusion } = this.#trainee
    if (this.#next && sameOrder(this.#next.config, config)) this.#order = this.#next.order
    else {
      // What was announced will not be asked for.
      if (this.#next) {
        await this.#feed.close()
        this.#feed = this.#newFeed()
      }
      this.#order = this.#trainee.epoch(config, epoch)
      this.#feed.announce(epoch, this.#order)
    }
    this.#next = null
    Object.assign(position, { epoch, batch: 0, batches: this.#order.length })
    Object.assign(this.#cursor, { epoch, batch: 0, tally: null, epochConfig: config })
    confusion.train?.clear()
    this.#plan()
  }

  /** While the validation split is looked at, the first batches of the next epoch are made. */
  #announceNext(): void {
    const { epoch } = this.#reporter.position
    const { config } = this.#trainee
    if (epoch >= config.epochs) return
    this.#next = { config, order: this.#trainee.epoch(config, epoch + 1) }
    this.#feed.announce(epoch + 1, this.#next.order)
  }

  #plan(): void {
    const { position } = this.#reporter
    const { config } = this.#trainee
    const alike = sameOrder(config, this.#cursor.epochConfig)
    const later = alike ? this.#order.length : this.#trainee.epoch(config, position.epoch + 1).length
    plan(position, this.#trainee, later)
  }

  /** Figures of the epoch are told together, so that a run that ends while it is evaluated tells none of them. */
  async #evaluate(): Promise<void> {
    const { model, batches, objective, confusion, predicted, ema, config, rate } = this.#trainee
    const { position } = this.#reporter
    const cursor = this.#cursor
    this.#announceNext()
    let scores: Score[] = []
    // Speed and phases are of steps: evaluating takes none.
    this.#reporter.speak()
    if (!config.overfitBatch) {
      ema?.swap()
      try {
        scores = await evaluate(model, batches, objective, { confusion: confusion.val, predicted }, () =>
          this.#control.turn(),
        )
      } finally {
        ema?.swap()
      }
    }
    this.#reporter.meter.skip()
    cursor.figures = {}
    this.#figures('train', cursor.tally ? [cursor.tally] : [])
    this.#figures('val', scores)
    position.epochsDone = position.epoch
    const loss = cursor.figures[metrics.valLoss] ?? cursor.figures[metrics.trainLoss]
    if (loss !== undefined) rate.epoch(loss)
    this.#remarks.epoch()
    this.#keeper.judge(predicted?.at(position.step, position.epochsDone) ?? null)
    this.#keeper.keep()
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
    if (part !== 'batch') Object.assign(this.#cursor.figures, Object.fromEntries(figures))
  }

  #changeAsPlanned(): void {
    const { planned } = this.#cursor
    if (planned.some(({ atStep }) => atStep <= this.#given)) this.#steps.settle()
    for (const due of planned.filter(({ atStep }) => atStep <= this.#reporter.position.step)) {
      planned.splice(planned.indexOf(due), 1)
      this.#change(due.changes)
    }
  }

  /** Takes effect before the next step. What comes before it is kept: a checkpoint is written, an event recorded. */
  #change(changes: TrainChanges): void {
    const trainee = this.#trainee
    const { position } = this.#reporter
    const { config, different } = changed(trainee.config, changes)
    if (different.length === 0) return
    this.#steps.settle()
    const orderStands = position.epochsDone < position.epoch
    trainee.change(config)
    this.#plan()
    this.#keeper.write('change')
    for (const { kind, note } of different) {
      const later = kind === 'batch-size' && orderStands ? ` from epoch ${position.epoch + 1}` : ''
      this.#reporter.event(kind, note + later)
    }
  }

  /** At the start. */
  #begun(): Cursor {
    const { weightsRead } = this.#trainee
    if (weightsRead !== null) this.#reporter.event('remark', weightsRead)
    return startingCursor(this.#job.config)
  }

  #restore(path: string): Cursor {
    const reporter = this.#reporter
    const { cursor, weightsSha256, nextBatchSha256, remark } = restore(this.#trainee, path)
    const { step, epoch, batch, epochsDone, seconds } = cursor
    Object.assign(reporter.position, { step, epoch, batch, epochsDone, seconds })
    reporter.samples = cursor.samples
    reporter.skipTime()
    if (this.#job.again) cursor.patience.bad = 0
    // An epoch that has not begun yet follows the configuration as it is now.
    if (batch === 0) cursor.epochConfig = this.#trainee.config
    reporter.event('restored', `weights ${weightsSha256}, next batch ${nextBatchSha256}`)
    if (remark !== null) reporter.event('remark', remark)
    return cursor
  }

  /** Before an update that would have written what is not finite: says why, and keeps the step's start. */
  async #halt({ seen, loss, group }: Halted): Promise<Outcome> {
    // Images are gone by the time that a step is read.
    const halted = new Halted(seen, loss, group.some(({ images }) => images) ? await this.#again() : group)
    const { notFinite, refusal } = explain(this.#trainee, this.#reporter, this.#cursor, halted)
    this.#report({ kind: 'not-finite', runId: this.#job.runId, notFinite })
    return this.#end('failed', refusal, 'halted')
  }

  /** Writes the last checkpoint and telemetry; what cannot be written fails the run, not the worker. */
  #end(status: Outcome['status'], error: Outcome['error'], kind: 'last' | 'halted' = 'last'): Outcome {
    const { position } = this.#reporter
    this.#reporter.keepTime()
    this.#reporter.status = 'running'
    this.#reporter.speak()
    const outcome: Outcome = {
      runId: this.#job.runId,
      status,
      position: { ...position, secondsLeft: status === 'finished' ? 0 : null },
      checkpoint: null,
      error,
    }
    if (position.step === 0 || error?.code === 'training/checkpoint') return outcome
    try {
      return { ...outcome, checkpoint: this.#keeper.write(kind) }
    } catch (cause) {
      return { ...outcome, status: 'failed', error: error ?? toRefusal(cause) }
    }
  }
}
