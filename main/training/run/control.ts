/** What a person asks of a run while it runs: heard between steps, where the run turns to its port. */
import { deferred, type Deferred } from '../../common/deferred.ts'
import type { TrainChanges } from '../../common/training.ts'
import type { Command } from '../protocol.ts'
import type { Reporter } from './reporter.ts'
import type { Trainee } from './trainee.ts'

/** Thrown between steps to leave the loop when a person presses Stop. */
export class StopRequested extends Error {}

type Asked = {
  prober: Pick<Trainee['prober'], 'probeNext'>
  recorder: Pick<Trainee['recorder'], 'recordNext'>
}
type Told = Pick<Reporter, 'status' | 'position' | 'event' | 'speak' | 'tick' | 'skipTime'>

/** Longest time in milliseconds that the loop computes without turning to its port. */
const turnInterval = 10

export class Control {
  readonly #trainee: Asked
  readonly #reporter: Told
  readonly #change: (changes: TrainChanges) => void
  readonly #settle: () => void
  #stopping = false
  /** What went wrong while a command was carried out; thrown where the loop turns next. */
  #failure: { error: unknown } | null = null
  /** Resolves when a paused run may go on; null while it may. */
  #paused: Deferred<void> | null = null
  /** Pauses again after the next step. */
  #stepping = false
  /** What was asked of a run before its first step is heard after it. */
  #lastTurn = -Infinity

  /**
   * @param change carries out a change of the configuration
   * @param settle reads what became of every step, before the run waits
   */
  constructor(trainee: Asked, reporter: Told, change: (changes: TrainChanges) => void, settle: () => void) {
    this.#settle = settle
    this.#trainee = trainee
    this.#reporter = reporter
    this.#change = change
  }

  /** Acts on a command that arrived while the loop was turning or paused. */
  command(command: Command): void {
    switch (command.kind) {
      case 'pause':
        if (!this.#stopping) this.#paused ??= deferred<void>()
        return
      case 'resume':
        this.#stepping = false
        this.#release()
        return
      case 'step':
        this.#stepOnce()
        return
      case 'stop':
        this.#stopping = true
        this.#release()
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
    if (this.#paused) this.#settle()
    while (this.#paused) await this.#waitWhilePaused(this.#paused)
    if (this.#failure) throw this.#failure.error
    if (this.#stopping) throw new StopRequested()
    // One step from a paused run is no end of the pause.
    if (this.#reporter.status === 'paused' && !this.#stepping) this.#tellStatus('running', 'resumed')
  }

  async #waitWhilePaused(paused: Deferred<void>): Promise<void> {
    const reporter = this.#reporter
    if (reporter.status === 'paused') reporter.speak()
    else this.#tellStatus('paused', 'paused')
    await paused.promise
    reporter.skipTime()
  }

  #tellStatus(status: Told['status'], kind: 'paused' | 'resumed'): void {
    this.#reporter.event(kind, kind)
    this.#reporter.status = status
    this.#reporter.speak()
  }

  /** At once, so that what is asked next finds the run going on, though it has not woken yet. */
  #release(): void {
    this.#paused?.resolve()
    this.#paused = null
  }

  /** Of a run that is paused. */
  #stepOnce(): void {
    if (!this.#paused) return
    this.#stepping = true
    this.#release()
  }

  #carryOut(changes: TrainChanges): void {
    try {
      this.#change(changes)
      // A paused loop does not turn by itself, and the page shows what it was told.
      if (this.#paused) this.#reporter.speak()
    } catch (error) {
      this.#failure = { error }
      this.#release()
    }
  }
}
