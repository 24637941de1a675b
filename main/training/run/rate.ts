/**
 * The learning rate of each step: the configuration's base, its warm-up and its schedule. A pure function of the step,
 * the steps of the whole run and, of a plateau, of what validation has said so far.
 */
import { scheduleOf } from '../../common/learningRate.ts'
import { plateau, type Plateau, type Schedule } from '../../common/schedule.ts'
import type { TrainConfig } from '../../common/training.ts'

export interface RateState {
  /** What drops of a plateau have left of the base. */
  factor: number
  /** Infinity cannot be written as JSON: null until the first epoch was heard. */
  plateau: { best: number | null; bad: number } | null
}

export class Rate {
  #config: TrainConfig
  #factor = 1
  #plateau: Plateau | null = null
  #made: { key: string; schedule: Schedule } | null = null

  constructor(config: TrainConfig) {
    this.#config = config
    this.#begin()
  }

  /** A rate or a schedule that somebody changed begins anew; everything else goes on. */
  change(config: TrainConfig): void {
    const before = this.#config
    this.#config = config
    this.#made = null
    if (before.learningRate !== config.learningRate) this.#factor = 1
    if (JSON.stringify(before.schedule) !== JSON.stringify(config.schedule)) {
      this.#factor = 1
      this.#begin()
    }
  }

  /**
   * @param step updates made so far
   * @param steps updates of the whole run
   */
  at(step: number, steps: number): number {
    const { learningRate, schedule: chosen } = this.#config
    if (chosen.kind === 'constant' && chosen.warmupSteps === 0) return learningRate
    const key = `${steps}`
    if (this.#made?.key !== key) this.#made = { key, schedule: scheduleOf(this.#config, steps) }
    return this.#made.schedule.at(step, learningRate) * this.#factor
  }

  /** Hears an epoch's validation loss; a plateau drops the rate when it stops falling. */
  epoch(loss: number): void {
    if (!this.#plateau) return
    const scheduled = { lr: this.#factor, baseLr: 1 }
    this.#plateau.apply({ groups: [scheduled] }, loss)
    this.#factor = scheduled.lr
  }

  state(): RateState {
    const state = this.#plateau?.state()
    return {
      factor: this.#factor,
      plateau: state ? { best: Number.isFinite(state.best) ? state.best : null, bad: state.bad } : null,
    }
  }

  /** Goes on from the state of a run with the configuration `before`; what was changed since begins anew. */
  restore({ factor, plateau }: RateState, before: TrainConfig): void {
    const config = this.#config
    this.#factor = factor
    if (plateau && this.#plateau)
      this.#plateau.loadState({ best: plateau.best ?? Infinity, bad: plateau.bad, cooling: 0 })
    this.#config = before
    this.change(config)
  }

  #begin(): void {
    const { kind, factor, patience } = this.#config.schedule
    this.#plateau = kind === 'plateau' ? plateau({ factor, patience, eps: 0 }) : null
  }
}
