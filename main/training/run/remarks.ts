/** What is worth saying while a run trains: recorded as events, never more than once each. */
import { metrics } from '../../common/schemas.ts'
import { measured } from '../../common/settings.ts'
import { scope } from '../../engine/index.ts'
import type { Prepared } from '../feed.ts'
import { remarkOnFirst } from '../firstLoss.ts'
import type { Score } from '../objective.ts'
import type { Cursor } from './cursor.ts'
import { hearEpoch } from './patience.ts'
import type { Reporter } from './reporter.ts'
import type { Trainee } from './trainee.ts'

/** One batch is learnt by heart at this part of its first loss. */
const byHeart = 0.01
/** Below this part of it the network learns the batch, only not to the end. */
const nearly = 0.1
const almost =
  'the network learns the batch, but not to the end; a higher rate, or more steps, would tell more'
const notAtAll =
  'the network does not learn one batch by heart. Likely causes: a rate that is too low or too high (find one), dropout, equal inputs with different targets, a layer that no gradient reaches, or a fault in an operator of your own'

export class Remarks {
  readonly #trainee: Trainee
  readonly #reporter: Reporter
  readonly #cursor: Cursor
  #patienceSaid = false

  constructor(trainee: Trainee, reporter: Reporter, cursor: Cursor) {
    this.#trainee = trainee
    this.#reporter = reporter
    this.#cursor = cursor
  }

  /** After every step over these batches. */
  step({ loss, count }: Score, group: readonly Prepared[]): void {
    if (this.#reporter.position.step !== 1) return
    const first = loss / count
    this.#cursor.firstLoss = first
    const { batches, objective } = this.#trainee
    const [batch] = group
    if (!batch) return
    const expected = scope(() => objective.guess(batches.take(batch.rows).targets))
    const remark = remarkOnFirst(first, count, expected)
    if (remark !== null) this.#remark(remark)
  }

  /** After every epoch was evaluated. */
  epoch(): void {
    const trouble = hearEpoch(this.#trainee.config, this.#cursor)
    if (trouble !== null && !this.#patienceSaid) this.#remark(trouble)
    if (trouble !== null) this.#patienceSaid = true
    const { config } = this.#trainee
    const { position } = this.#reporter
    if (config.overfitBatch && position.epochsDone >= config.epochs && this.learntByHeart() === null)
      this.#remark(`${this.#fallen()}: ${this.#part() <= nearly ? almost : notAtAll}`)
  }

  /** Of a run on one batch: that its loss is near zero; null until then, and for every other run. */
  learntByHeart(): string | null {
    const { config } = this.#trainee
    if (!config.overfitBatch || !(this.#part() <= byHeart)) return null
    return `one batch learnt by heart, as it should be: ${this.#fallen()}`
  }

  /** Of the first loss, what is left. */
  #part(): number {
    const { firstLoss, figures } = this.#cursor
    return (figures[metrics.trainLoss] ?? NaN) / (firstLoss ?? NaN)
  }

  /** "its loss went from 2.31 to 0.02 in 31 steps" */
  #fallen(): string {
    const { firstLoss, figures } = this.#cursor
    const [from, to] = [firstLoss ?? NaN, figures[metrics.trainLoss] ?? NaN]
    return `its loss went from ${measured(from)} to ${measured(to)} in ${this.#reporter.position.step} steps`
  }

  #remark(note: string): void {
    this.#reporter.event('remark', note)
  }
}
