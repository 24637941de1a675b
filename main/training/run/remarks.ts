/** What is worth saying while a run trains: recorded as events, never more than once each. */
import { metrics } from '../../common/schemas.ts'
import { measured } from '../../common/settings.ts'
import type { Score } from '../objective.ts'
import type { Cursor } from './cursor.ts'
import { hearEpoch } from './patience.ts'
import type { Reporter } from './reporter.ts'
import type { Trainee } from './trainee.ts'

/** A first loss further from ln K than this part of it is remarked on. */
const farOff = 0.3
/** One batch is learnt by heart at this part of its first loss. */
const byHeart = 0.01

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

  /** After every step. */
  step({ loss, count }: Score): void {
    if (this.#reporter.position.step !== 1) return
    const first = loss / count
    this.#cursor.firstLoss = first
    const expected = expectedLoss(this.#trainee)
    if (expected === null || Math.abs(first / expected.value - 1) <= farOff) return
    const why =
      first > expected.value
        ? 'the first outputs are far too sure: look at the scale of the inputs and of the last layer'
        : 'the model knows something before it has learnt: look whether the target is among the inputs'
    this.#remark(
      `first loss ${measured(first)}, where a model that knows nothing has ${measured(expected.value)} (${expected.formula}); ${why}`,
    )
  }

  /** After every epoch was evaluated. */
  epoch(): void {
    const trouble = hearEpoch(this.#trainee.config, this.#cursor)
    if (trouble !== null && !this.#patienceSaid) this.#remark(trouble)
    if (trouble !== null) this.#patienceSaid = true
    const { config } = this.#trainee
    const { position } = this.#reporter
    const loss = this.#cursor.figures[metrics.trainLoss]
    if (config.overfitBatch && position.epochsDone >= config.epochs && this.learntByHeart() === null)
      this.#remark(
        `after ${position.step} steps on one batch its loss is still ${measured(loss ?? NaN)}: give it more steps or a higher rate, switch dropout off, or look for a fault in the model`,
      )
  }

  /** Of a run on one batch: that its loss is near zero; null until then, and for every other run. */
  learntByHeart(): string | null {
    const { config } = this.#trainee
    const { firstLoss, figures } = this.#cursor
    const loss = figures[metrics.trainLoss]
    if (!config.overfitBatch || firstLoss === null || loss === undefined) return null
    if (loss > byHeart * firstLoss) return null
    return `one batch learnt by heart: loss ${measured(loss)} after ${this.#reporter.position.step} steps`
  }

  #remark(note: string): void {
    this.#reporter.event('remark', note)
  }
}

/** ln K of K classes that are all as likely; null where there is no such figure. */
function expectedLoss({ batches }: Trainee): { value: number; formula: string } | null {
  const { task, classes, vocabularySize } = batches.dataset
  const choices = task === 'classify' ? classes.length : task === 'next-token' ? (vocabularySize ?? 0) : 0
  return choices > 1 ? { value: Math.log(choices), formula: `ln ${choices}` } : null
}
