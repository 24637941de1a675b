/** What is learnt about a model without training a run: questions to the engine, refused while one trains. */
import { join } from 'node:path'
import type { ModelDocument } from '../common/document.ts'
import { UserError } from '../common/errors.ts'
import type { RangeTest, RangeProgress } from '../common/rangeTest.ts'
import type { Store } from '../store/index.ts'
import type { TrainJob } from '../training/protocol.ts'
import type { Questions, Task, Topic } from '../training/questions.ts'
import type { EngineHost } from './engineHost.ts'

/** Those about a model on a data set. */
type OnData = Exclude<Topic, 'check-gradients' | 'tape'>
type Rest<T extends OnData> = Omit<Questions[T]['asked'], 'dataset' | 'datasetFolder'>

export class QuestionService {
  readonly #engine: EngineHost
  readonly #store: Store
  readonly #workspace: string
  readonly #refuseWhileTraining: () => void
  /** The range test that is under way. */
  #test: { cancel: AbortController; signal: AbortSignal; over: Promise<unknown> } | null = null

  constructor(engine: EngineHost, store: Store, workspace: string, refuseWhileTraining: () => void) {
    this.#engine = engine
    this.#store = store
    this.#workspace = workspace
    this.#refuseWhileTraining = refuseWhileTraining
  }

  /**
   * Looks at a model on a data set without training it.
   * @throws UserError `training/busy`, `data/unknown`, and what the question itself may refuse
   */
  async ask<T extends OnData>(topic: T, datasetId: string, rest: Rest<T>): Promise<Questions[T]['answer']> {
    await this.#free()
    return this.#engine.ask(topic, this.#about(datasetId, rest))
  }

  /**
   * Compares a custom operator's gradients with finite differences.
   * @throws UserError `training/busy`, `data/unknown`, and what the check itself may refuse
   */
  async checkGradients(asked: {
    document: ModelDocument
    nodeId: string
    datasetId: string | null
  }): Promise<Questions['check-gradients']['answer']> {
    await this.#free()
    const { datasetId, ...rest } = asked
    const dataset = datasetId === null ? null : this.#store.datasets.get(datasetId)
    return this.#engine.ask('check-gradients', { ...rest, dataset })
  }

  /**
   * The tape of the step that a run would make next. @throws UserError `training/busy`, and as `recordOnce` does
   */
  async tape(job: TrainJob): Promise<Questions['tape']['answer']> {
    await this.#free()
    return this.#engine.ask('tape', job)
  }

  /**
   * Trains a fresh model at rising rates and throws it away. It gives way to a run that is started meanwhile.
   * @throws UserError `training/busy`, `training/range`, `training/test-ended`, and as `ask` does
   */
  async rangeTest(
    datasetId: string,
    rest: Rest<'range-test'>,
    { signal, onProgress }: Task<RangeProgress>,
  ): Promise<RangeTest> {
    await this.#free()
    const cancel = new AbortController()
    const either = AbortSignal.any([signal, cancel.signal])
    const task = { signal: either, onProgress }
    const answer = this.#engine.ask('range-test', this.#about(datasetId, rest), task)
    const test = { cancel, signal: either, over: answer.catch(() => undefined) }
    this.#test = test
    try {
      return await answer
    } catch (error) {
      if (cancel.signal.aborted) throw gaveWay()
      throw error
    } finally {
      if (this.#test === test) this.#test = null
    }
  }

  /** A run is about to begin: a range test that is under way ends first. */
  async giveWay(): Promise<void> {
    this.#test?.cancel.abort()
    await this.#test?.over
  }

  #about<T extends OnData>(datasetId: string, rest: Rest<T>): Questions[T]['asked'] {
    const dataset = this.#store.datasets.get(datasetId)
    const datasetFolder = join(this.#workspace, 'datasets', dataset.id)
    return { ...rest, dataset, datasetFolder } as unknown as Questions[T]['asked']
  }

  /** Nothing else is at work; what was cancelled is waited for. @throws UserError `training/busy` */
  async #free(): Promise<void> {
    this.#refuseWhileTraining()
    if (this.#test?.signal.aborted) await this.#test.over
    this.#refuseWhileTraining()
    if (!this.#test) return
    throw new UserError({
      code: 'training/busy',
      what: 'A learning-rate range test is under way, and the engine does one thing at a time.',
      mend: 'Wait until it has finished, or cancel it.',
    })
  }
}

const gaveWay = (): UserError =>
  new UserError({
    code: 'training/test-ended',
    what: 'The learning-rate range test was ended because a run was started.',
    mend: 'Test again when the run has ended.',
  })
