/**
 * The training loop of one run. Runs in the engine worker; hears commands between steps, speaks at most every
 * 50 ms, and stops before an update that would write numbers that are not finite.
 */
import { deferred, type Deferred } from '../common/deferred.ts'
import { UserError, toRefusal } from '../common/errors.ts'
import { metrics, type LayerHealth } from '../common/schemas.ts'
import { manualSeed, memoryStats, scope, type optim } from '../engine/index.ts'
import { Batches } from './batches.ts'
import { writeCheckpoint } from './checkpoint.ts'
import { evaluate } from './evaluate.ts'
import { layerHealth, probeInterval } from './health.ts'
import { Model } from './model.ts'
import { figuresOf, objectiveOf, type Objective, type Score } from './objective.ts'
import { makeOptimizer } from './optimizer.ts'
import type { Command, Outcome, Position, Report, TrainJob } from './protocol.ts'
import { PointBuffer, telemetryInterval } from './telemetry.ts'

/** Thrown inside the loop to leave it when a person presses Stop. */
class StopRequested extends Error {}

/** Longest time in milliseconds that the loop computes without turning to its port. */
const turnInterval = 10

export class TrainingLoop {
  readonly #job: TrainJob
  readonly #report: (report: Report) => void
  readonly #model: Model
  readonly #batches: Batches
  readonly #objective: Objective
  readonly #optimizer: optim.Optimizer
  readonly #points = new PointBuffer()
  readonly #position: Position
  /** Trained on so far, every epoch counted anew. */
  #samples = 0
  #layers: LayerHealth[] = []
  #stopping = false
  /** Resolves when a paused loop may go on; null while it is not paused. */
  #paused: Deferred<void> | null = null
  #lastTurn = performance.now()
  #lastTelemetry = 0
  /** When the clock of trained seconds was last read. */
  #clock = performance.now()

  constructor(job: TrainJob, report: (report: Report) => void) {
    this.#job = job
    this.#report = report
    const { config, dataset } = job
    manualSeed(config.seed)
    this.#batches = new Batches(dataset, job.datasetFolder)
    this.#model = new Model(job.document, dataset, config.disabledRewrites)
    this.#objective = objectiveOf(dataset, this.#model)
    const weights = [...this.#model.namedWeights.values()]
    this.#optimizer = makeOptimizer(weights, config)
    const batches = this.#batches.count(config.batchSize)
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
    }
  }

  /** Acts on a command that arrived while the loop was turning or paused. */
  command(command: Command): void {
    switch (command.kind) {
      case 'pause':
        if (this.#paused || this.#stopping) return
        this.#paused = deferred<void>()
        return
      case 'resume':
        this.#paused?.resolve()
        return
      case 'stop':
        this.#stopping = true
        this.#paused?.resolve()
        return
      case 'set-learning-rate': {
        const before = this.#optimizer.lr
        if (before === command.learningRate) return
        this.#optimizer.lr = command.learningRate
        this.#position.learningRate = command.learningRate
        this.#event('learning-rate', `lr ${before} → ${command.learningRate}`)
        // A paused loop does not turn by itself, and the page shows the rate it was told.
        if (this.#paused) this.#speak()
        return
      }
      case 'describe':
      case 'ask':
      case 'train':
        return
    }
  }

  /** Trains to the end, or until stopped or failed; always leaves the engine as it found it. */
  async run(): Promise<Outcome> {
    try {
      this.#speak()
      for (let epoch = 1; epoch <= this.#job.config.epochs; epoch++) await this.#epoch(epoch)
      return this.#end('finished', null)
    } catch (error) {
      if (error instanceof StopRequested) {
        this.#event('stopped', `stopped in epoch ${this.#position.epoch}`)
        return this.#end('stopped', null)
      }
      const detail = error instanceof Error ? error.stack : undefined
      return this.#end('failed', { ...toRefusal(error), ...(detail === undefined ? {} : { detail }) })
    } finally {
      this.#optimizer.dispose()
      this.#model.dispose()
      this.#batches.dispose()
    }
  }

  async #epoch(epoch: number): Promise<void> {
    const { batchSize, seed } = this.#job.config
    const position = this.#position
    position.epoch = epoch
    const scores: Score[] = []
    for (const [index, rows] of this.#batches.epoch(batchSize, seed, epoch).entries()) {
      scores.push(this.#step(rows))
      position.batch = index + 1
      this.#samples += rows.length
      await this.#turn()
    }
    position.epochsDone = epoch
    this.#figures('train', scores)
    this.#figures('val', await evaluate(this.#model, this.#batches, this.#objective, () => this.#turn()))
    this.#speak()
  }

  #figures(part: 'batch' | 'train' | 'val', scores: readonly Score[]): void {
    for (const [metric, value] of figuresOf(part, scores)) this.#record(metric, value)
  }

  #step(rows: Uint32Array): Score {
    const position = this.#position
    const step = position.step + 1
    const probing = (step - 1) % probeInterval === 0
    return scope(() => {
      const { inputs, extents, targets } = this.#batches.take(rows)
      const output = this.#model.forward(inputs, true, extents)
      const loss = this.#objective.loss(output, targets)
      const value = loss.item()
      if (!Number.isFinite(value)) throw this.#diverged(value, step)
      this.#optimizer.zeroGrad()
      loss.backward()
      const { stats } = this.#optimizer.step(probing ? { stats: true } : undefined)
      position.step = step
      const layers = stats ? layerHealth(this.#model, stats) : null
      const score = this.#objective.score(output, targets, value)
      this.#figures('batch', [score])
      if (layers) {
        this.#layers = layers
        for (const layer of layers) this.#record(metrics.gradient(layer.nodeId), layer.gradientNorm)
      }
      return score
    })
  }

  #diverged(value: number, step: number): UserError {
    return new UserError({
      code: 'training/not-finite',
      what: `The loss became ${Number.isNaN(value) ? 'NaN (not a number)' : 'infinite'} at step ${step}, with learning rate ${this.#optimizer.lr}; training halted before that update.`,
      mend: 'Lower the learning rate (try a tenth of it) and train again; the weights of the step before are kept.',
    })
  }

  /** Between steps: keeps the clock, speaks when it is time, hears commands, waits while paused. */
  async #turn(): Promise<void> {
    const now = performance.now()
    this.#keepTime(now)
    if (now - this.#lastTelemetry >= telemetryInterval) this.#speak()
    if (now - this.#lastTurn >= turnInterval) {
      await new Promise((resolve) => setImmediate(resolve))
      this.#lastTurn = performance.now()
    }
    if (this.#paused) await this.#waitWhilePaused(this.#paused)
    if (this.#stopping) throw new StopRequested()
  }

  async #waitWhilePaused(paused: Deferred<void>): Promise<void> {
    this.#event('paused', 'paused')
    this.#speak()
    await paused.promise
    this.#paused = null
    this.#clock = performance.now()
    if (this.#stopping) return
    this.#event('resumed', 'resumed')
    this.#speak()
  }

  #keepTime(now: number): void {
    const position = this.#position
    position.seconds += (now - this.#clock) / 1000
    this.#clock = now
    if (position.step === 0) return
    position.samplesPerSecond = this.#samples / position.seconds
    position.secondsLeft = (position.seconds / position.step) * (position.totalSteps - position.step)
  }

  #record(metric: string, value: number): void {
    const { step, batches, seconds } = this.#position
    this.#points.add(metric, step, value, step / batches, seconds)
  }

  #event(kind: 'learning-rate' | 'paused' | 'resumed' | 'stopped', note: string): void {
    this.#report({
      kind: 'event',
      runId: this.#job.runId,
      event: { step: this.#position.step, kind, note },
    })
  }

  #speak(): void {
    this.#lastTelemetry = performance.now()
    const { activeBytes, peakBytes, cachedBytes } = memoryStats()
    this.#report({
      kind: 'telemetry',
      telemetry: {
        runId: this.#job.runId,
        status: this.#paused ? 'paused' : 'running',
        position: { ...this.#position },
        points: this.#points.take(),
        layers: this.#layers,
        memory: { active: activeBytes, peak: peakBytes, cached: cachedBytes },
      },
    })
  }

  /** Writes the checkpoint and the last telemetry; a checkpoint that cannot be written fails the run, not the worker. */
  #end(status: Outcome['status'], error: Outcome['error']): Outcome {
    this.#keepTime(performance.now())
    this.#paused = null
    this.#speak()
    const outcome: Outcome = {
      runId: this.#job.runId,
      status,
      position: { ...this.#position, secondsLeft: status === 'finished' ? 0 : null },
      checkpoint: null,
      error,
    }
    if (this.#position.step === 0) return outcome
    try {
      return { ...outcome, checkpoint: writeCheckpoint(this.#job, this.#model, this.#position) }
    } catch (cause) {
      const what = `The checkpoint could not be written to ${this.#job.checkpointFolder} (${cause instanceof Error ? cause.message : String(cause)}).`
      const mend = 'Free some disk space or mend the permissions of the workspace; the metrics are kept.'
      return { ...outcome, status: 'failed', error: error ?? { code: 'training/checkpoint', what, mend } }
    }
  }
}
