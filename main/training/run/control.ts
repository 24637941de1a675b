/** What a person asks of a run while it runs: heard between steps, where the run turns to its port. */
import { deferred, type Deferred } from '../../common/deferred.ts'
import type { TrainChanges } from '../../common/training.ts'
import type { Command } from '../protocol.ts'
import type { Reporter } from './reporter.ts'
import type { Trainee } from './trainee.ts'

/** Thrown between steps to leave the loop when a person presses Stop. */
export class StopRequested extends Error {}

/** Longest time in milliseconds that the loop computes without turning to its port. */
const turnInterval = 10

export class Control {
  readonly #trainee: Pick<Trainee, 'prober' | 'recorder'>
  readonly #reporter: Reporter
  readonly #change: (changes: TrainChanges) => void
  #stopping = false
  /** What went wrong while a command was carried out; thrown where the loop turns next. */
  #failure: { error: unknown } | null = null
  /** Resolves when a paused run may go on; null while it is not paused. */
  #paused: Deferred<void> | null = null
  /** Pauses again after the next step. */
  #stepping = false
  #lastTurn = performance.now()

  /** @param change carries out a change of the configuration */
  constructor(
    trainee: Pick<Trainee, 'prober' | 'recorder'>,
    reporter: Reporter,
    change: (changes: TrainChanges) => void,
  ) {
    this.#trainee = trainee
    this.#reporter = reporter
    this.#change = change
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
      case 'step':
        this.#stepOnce()
        return
      case 'stop':
        this.#stopping = true
        this.#paused?.resolve()
        return
      case 'stop-after-epoch':
        this.#reporter.position.stopsAfterEpoch = true
        this.#reporter.speak()
        return
      case 'change':
        this.#carryOut(command.changes)
        return
      case 'probe':
        this.#trainee.prober.probeNext()
        return
      case 'record':
        this.#trainee.recorder.recordNext()
        this.#stepOnce()
        return
      case 'describe':
      case 'ask':
      case 'forget':
      case 'train':
        return
    }
  }

  /** After a training step: as `turn`, and pauses again when one step was asked for. @throws StopRequested */
  async afterStep(): Promise<void> {
    if (this.#stepping) {
      this.#stepping = false
      this.#paused ??= deferred<void>()
      this.#reporter.status = 'paused'
    }
    await this.turn()
  }

  /** Between batches: tells where the run is, hears commands, waits while paused. @throws StopRequested */
  async turn(): Promise<void> {
    const now = performance.now()
    this.#reporter.tick(now)
    if (now - this.#lastTurn >= turnInterval) {
      await new Promise((resolve) => setImmediate(resolve))
      this.#lastTurn = performance.now()
    }
    if (this.#paused) await this.#waitWhilePaused(this.#paused)
    if (this.#failure) throw this.#failure.error
    if (this.#stopping) throw new StopRequested()
  }

  async #waitWhilePaused(paused: Deferred<void>): Promise<void> {
    const reporter = this.#reporter
    // One step from a paused run is no end of the pause: it is told once.
    if (reporter.status !== 'paused') reporter.event('paused', 'paused')
    reporter.status = 'paused'
    reporter.speak()
    await paused.promise
    this.#paused = null
    reporter.skipTime()
    if (this.#stopping || this.#failure || this.#stepping) return
    reporter.status = 'running'
    reporter.event('resumed', 'resumed')
    reporter.speak()
  }

  /** Of a run that is paused. */
  #stepOnce(): void {
    if (!this.#paused) return
    this.#stepping = true
    this.#paused.resolve()
  }

  #carryOut(changes: TrainChanges): void {
    try {
      this.#change(changes)
      // A paused loop does not turn by itself, and the page shows what it was told.
      if (this.#paused) this.#reporter.speak()
    } catch (error) {
      this.#failure = { error }
      this.#paused?.resolve()
    }
  }
}
