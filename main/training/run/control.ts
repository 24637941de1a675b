/** What a person asks of a run while it runs: heard between steps, where the run turns to its port. */
import { deferred, type Deferred } from '../../common/deferred.ts'
import type { Command } from '../protocol.ts'
import type { Reporter } from './reporter.ts'
import type { Trainee } from './trainee.ts'

/** Thrown between steps to leave the loop when a person presses Stop. */
export class StopRequested extends Error {}

/** Longest time in milliseconds that the loop computes without turning to its port. */
const turnInterval = 10

export class Control {
  readonly #trainee: Trainee
  readonly #reporter: Reporter
  #stopping = false
  /** Resolves when a paused run may go on; null while it is not paused. */
  #paused: Deferred<void> | null = null
  #lastTurn = performance.now()

  constructor(trainee: Trainee, reporter: Reporter) {
    this.#trainee = trainee
    this.#reporter = reporter
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
      case 'set-learning-rate':
        this.#setLearningRate(command.learningRate)
        return
      case 'probe':
        this.#trainee.prober.probeNext()
        return
      case 'describe':
      case 'ask':
      case 'train':
        return
    }
  }

  /** Between steps: tells where the run is, hears commands, waits while paused. @throws StopRequested */
  async turn(): Promise<void> {
    const now = performance.now()
    this.#reporter.tick(now)
    if (now - this.#lastTurn >= turnInterval) {
      await new Promise((resolve) => setImmediate(resolve))
      this.#lastTurn = performance.now()
    }
    if (this.#paused) await this.#waitWhilePaused(this.#paused)
    if (this.#stopping) throw new StopRequested()
  }

  async #waitWhilePaused(paused: Deferred<void>): Promise<void> {
    const reporter = this.#reporter
    reporter.status = 'paused'
    reporter.event('paused', 'paused')
    reporter.speak()
    await paused.promise
    this.#paused = null
    reporter.status = 'running'
    reporter.skipTime()
    if (this.#stopping) return
    reporter.event('resumed', 'resumed')
    reporter.speak()
  }

  #setLearningRate(learningRate: number): void {
    const { optimizer } = this.#trainee
    const before = optimizer.lr
    if (before === learningRate) return
    optimizer.lr = learningRate
    this.#reporter.position.learningRate = learningRate
    this.#reporter.event('learning-rate', `lr ${before} → ${learningRate}`)
    // A paused loop does not turn by itself, and the page shows the rate it was told.
    if (this.#paused) this.#reporter.speak()
  }
}
