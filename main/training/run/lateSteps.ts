/**
 * A run's steps on a device that does not wait for them: some are given ahead of those whose losses have been read. Until
 * a step is read it has not happened as far as the run is concerned: position, metrics, tally and checkpoints know nothing
 * of it. After one whose loss or gradients are not finite the device changes no weights any more, so that the run halts
 * late and yet at that step.
 */
import { performance } from 'node:perf_hooks'
import type { Prepared } from '../feed.ts'
import type { Score } from '../objective.ts'
import type { Reporter } from './reporter.ts'
import { Halted, readStep, startStep, type LateStep, type Unread } from './step.ts'
import type { Trainee } from './trainee.ts'

/** Steps that are unread at most, and milliseconds that they take together at most, save for one that takes longer. */
const most = { steps: 8, milliseconds: 50 }
/** What the newest step counts of their mean time. */
const newest = 0.25

export class LateSteps implements Unread {
  readonly #trainee: Trainee
  readonly #reporter: Reporter
  readonly #made: (score: Score, group: readonly Prepared[]) => void
  #unread: LateStep[] = []
  /** What was met where nobody could hear of it; a halt for good. */
  #met: { error: unknown } | null = null
  /** Milliseconds from one step to the next. */
  #interval = most.milliseconds
  #last = performance.now()

  /** @param made hears of every step once it is read, in order; the run stands after it then */
  constructor(
    trainee: Trainee,
    reporter: Reporter,
    made: (score: Score, group: readonly Prepared[]) => void,
  ) {
    this.#trainee = trainee
    this.#reporter = reporter
    this.#made = made
  }

  get count(): number {
    return this.#unread.length
  }

  get busy(): boolean {
    return this.#unread.at(-1)?.given.figures.arrived === false
  }

  /** Makes the run's next step, and reads what has come of those before it. @throws Halted */
  step(group: readonly Prepared[]): void {
    this.#tell()
    const started = startStep(this.#trainee, group, this.#reporter, this)
    this.#measure()
    if (!('given' in started)) return this.#made(started, group)
    this.#unread.push(started)
    while (this.count > this.#room || this.#unread[0]?.given.figures.arrived) this.#read()
    this.#reporter.meter.end('recorded')
  }

  /** Reads every step: the run stands where its tensors do. @throws Halted */
  settle(): void {
    this.#tell()
    while (this.count > 0) this.#read()
  }

  /** As `settle`, for those who are not to hear of what goes wrong: the next step does. */
  settleQuietly(): void {
    try {
      this.settle()
    } catch (error) {
      this.#met = { error }
    }
  }

  /** Waits for something else; where it takes long, steps are read and told meanwhile. */
  async meanwhile<T>(awaited: Promise<T>): Promise<T> {
    if (this.count === 0) return awaited
    const timer = setTimeout(() => {
      this.settleQuietly()
      this.#reporter.tick(performance.now())
    }, most.milliseconds)
    try {
      return await awaited
    } finally {
      clearTimeout(timer)
    }
  }

  /** What was not read is not wanted any more. */
  dispose(): void {
    for (const { given } of this.#unread) given.figures.dispose()
    this.#unread = []
  }

  /** How many steps may be unread: none where averages follow the weights, which nothing could take back. */
  get #room(): number {
    if (this.#trainee.ema) return 0
    return Math.min(most.steps, Math.max(1, Math.floor(most.milliseconds / this.#interval)))
  }

  #measure(): void {
    const now = performance.now()
    this.#interval += newest * (now - this.#last - this.#interval)
    this.#last = now
  }

  #read(): void {
    const step = this.#unread.shift()
    if (!step) return
    try {
      this.#made(readStep(this.#trainee, step, this.#reporter), step.group)
    } catch (error) {
      if (error instanceof Halted) {
        // Those after it changed nothing, and none follows.
        this.dispose()
        this.#met = { error }
      }
      throw error
    }
  }

  #tell(): void {
    const met = this.#met
    if (!met) return
    if (!(met.error instanceof Halted)) this.#met = null
    throw met.error
  }
}
