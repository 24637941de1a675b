/** What can be asked of the queue of sweeps: put one in, hold it, let it go on, look at it. `queueWorker.ts` trains. */
import { setTimeout as wait } from 'node:timers/promises'
import { toRefusal, UserError, type Refusal } from '../../common/errors.ts'
import { checkValues, trialSubject } from '../../common/sweeps/apply.ts'
import type { Queue, Sweep, SweepDetail, SweepPreview, Trial } from '../../common/sweeps/contract.ts'
import { nameSweep } from '../../common/sweeps/name.ts'
import type { SweepSpec } from '../../common/sweeps/spec.ts'
import { trialsOf } from '../../common/sweeps/trials.ts'
import { checkedAnalysis } from '../../common/trainable.ts'
import type { Store, SweepRecord } from '../../store/index.ts'
import { Latest } from '../latest.ts'
import { previewSweep } from './previewSweep.ts'
import { QueueWorker, type Engine } from './queueWorker.ts'
import { sweepDetail, sweepView } from './sweepView.ts'

/** Milliseconds, where another process works on the queue. */
const betweenLooks = 1000

/** So many trials are looked at before a sweep starts: where none of them fits the data, it is refused. */
const lookedAt = 50

export class SweepService {
  readonly #store: Store
  readonly #worker: QueueWorker
  readonly #revision = new Latest(0)
  /** By what they were made of: there may be hundreds of sweeps with many trials, of which a change of the queue touches one. */
  readonly #views = new Map<number, { madeOf: string; view: Sweep }>()

  constructor(store: Store, training: Engine) {
    this.#store = store
    this.#worker = new QueueWorker(store, training, () => this.#tell())
  }

  /** @throws UserError as `previewSweep` does */
  preview(spec: SweepSpec): SweepPreview {
    return previewSweep(this.#store, spec)
  }

  /**
   * Puts a sweep at the end of the queue.
   * @throws UserError as `trialsOf` and `checkValues` do, `data/unknown`, and `model/problems` where no trial fits the data
   */
  start(spec: SweepSpec, name: string | null): number {
    const trials = trialsOf(spec)
    checkValues(spec, trials)
    const dataset = this.#store.datasets.get(spec.datasetId)
    const refusals = trials
      .slice(0, lookedAt)
      .map(({ choices, seed }) =>
        problemOf(() => checkedAnalysis(trialSubject(spec, choices, seed).document, dataset)),
      )
    if (refusals[0] && refusals.every((refusal) => refusal !== null)) throw new UserError(refusals[0])
    let id = 0
    this.#store.transaction(() => {
      id = this.#store.sweeps.create(name ?? nameSweep(spec, dataset.name), spec, trials)
    })
    this.#worker.go()
    return id
  }

  queue(): Queue {
    const views = this.#store.sweeps.list().map((record) => this.#view(record))
    const over = views.filter(isOver)
    return {
      sweeps: [
        ...views.filter((view) => !isOver(view)),
        ...over.toSorted((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0)),
      ],
      waitsFor: this.#worker.waitsFor,
      fault: this.#worker.fault,
    }
  }

  #view(record: SweepRecord): Sweep {
    const { id, spec: _, ...changing } = record
    const { current } = this.#worker
    const training = current?.sweepId === id ? current : null
    const madeOf = JSON.stringify([changing, training, this.#store.sweeps.version(id)])
    const kept = this.#views.get(id)
    if (kept?.madeOf === madeOf) return kept.view
    const view = sweepView(record, this.#store.sweeps.trials(id), training)
    this.#views.set(id, { madeOf, view })
    return view
  }

  /** @throws UserError `sweeps/unknown` */
  get(id: number): SweepDetail {
    return sweepDetail(this.#store, id, this.#worker.current)
  }

  /** Another process has changed the queue. */
  look(): void {
    this.#views.clear()
    this.#tell()
  }

  /** The queue now and after each change of it. */
  async *watch(signal?: AbortSignal): AsyncGenerator<Queue, void, void> {
    let told = ''
    while (this.#store.readOnly && !signal?.aborted) {
      const queue = this.queue()
      const text = JSON.stringify(queue)
      if (text !== told) yield queue
      told = text
      await wait(betweenLooks, undefined, { ref: false, ...(signal && { signal }) }).catch(() => undefined)
    }
    for await (const _ of this.#revision.watch(signal)) yield this.queue()
  }

  /** A sweep of the queue needs this data. */
  needs(datasetId: string): SweepRecord | null {
    return this.#store.sweeps.queued().find(({ spec }) => spec.datasetId === datasetId) ?? null
  }

  /**
   * The run that trains stops with a checkpoint, and goes on from there later.
   * @param id null: all of the queue
   * @throws UserError `sweeps/unknown`, `sweeps/ended`
   */
  async pause(id: number | null): Promise<void> {
    await this.#hold(id, 'paused', ['queued'])
  }

  /** As `pause`, and out of the queue. @throws UserError `sweeps/unknown`, `sweeps/ended` */
  async stop(id: number | null): Promise<void> {
    await this.#hold(id, 'stopped', ['queued', 'paused'])
  }

  /** @param id null: all that are paused. @throws UserError `sweeps/unknown`, `sweeps/ended` */
  resume(id: number | null): void {
    const { sweeps } = this.#store
    const chosen = id === null ? sweeps.list().filter(({ status }) => status === 'paused') : [sweeps.get(id)]
    for (const sweep of chosen) {
      if (sweep.status === 'queued') continue
      if (sweep.status === 'finished')
        throw ended(sweep, 'Start another one, or try its failed trials again.')
      sweeps.setStatus(sweep.id, 'queued', null)
    }
    this.#worker.go()
  }

  /** A trial that waits, or the one that trains. @throws UserError `sweeps/unknown`, `sweeps/trial` */
  async skip(id: number, number: number): Promise<void> {
    const trial = this.#trial(id, number)
    if (this.#isCurrent(id, number)) return this.#worker.interrupt('skip')
    if (trial.status !== 'waiting')
      throw new UserError({
        code: 'sweeps/trial',
        what: `Trial ${number} is ${trial.status}; only one that waits or trains can be skipped.`,
        mend: 'Choose another trial.',
      })
    this.#store.sweeps.setTrial(id, { ...trial, status: 'skipped' })
    this.#tell()
  }

  /**
   * Trials that failed or were skipped, from their start.
   * @param number null: all that failed
   * @throws UserError `sweeps/unknown`, `sweeps/trial`
   */
  retry(id: number, number: number | null): void {
    const { sweeps } = this.#store
    const sweep = sweeps.get(id)
    const trials = number === null ? sweeps.trials(id) : [this.#trial(id, number)]
    const again = trials.filter(
      ({ status }) => status === 'failed' || (status === 'skipped' && number !== null),
    )
    if (again.length === 0)
      throw new UserError({
        code: 'sweeps/trial',
        what: number === null ? `No trial of "${sweep.name}" has failed.` : `Trial ${number} has not failed.`,
        mend: 'Only trials that failed or were skipped are tried again.',
      })
    this.#store.transaction(() => {
      for (const trial of again)
        sweeps.setTrial(id, { number: trial.number, status: 'waiting', runId: null, values: [], error: null })
      if (sweep.status !== 'paused') sweeps.setStatus(id, 'queued', null)
    })
    this.#worker.go()
  }

  /**
   * Takes effect with the next trial.
   * @param before the sweep that it is put before; null: to the end
   * @throws UserError `sweeps/unknown`
   */
  reorder(id: number, before: number | null): void {
    const { sweeps } = this.#store
    const moved = sweeps.get(id)
    if (before === id) return
    const rest = sweeps.list().filter((sweep) => sweep.id !== id)
    const at =
      before === null
        ? rest.length
        : rest.indexOf(rest.find((sweep) => sweep.id === before) ?? sweeps.get(before))
    this.#store.transaction(() =>
      rest.toSpliced(at, 0, moved).forEach((sweep, i) => sweeps.setPosition(sweep.id, i + 1)),
    )
    this.#tell()
  }

  /** Its runs stay. @throws UserError `sweeps/unknown`, `sweeps/active` */
  remove(id: number): void {
    const { name, status } = this.#store.sweeps.get(id)
    if (status === 'queued' || this.#worker.current?.sweepId === id)
      throw new UserError({
        code: 'sweeps/active',
        what: `"${name}" is in the queue.`,
        mend: 'Stop it before you remove it.',
      })
    this.#store.transaction(() => this.#store.sweeps.remove(id))
    this.#views.delete(id)
    this.#tell()
  }

  /** Before the training service is closed, which stops the run that trains. */
  close(): void {
    this.#worker.close()
  }

  async #hold(
    id: number | null,
    status: 'paused' | 'stopped',
    from: readonly SweepRecord['status'][],
  ): Promise<void> {
    const { sweeps } = this.#store
    const chosen =
      id === null ? sweeps.list().filter((sweep) => from.includes(sweep.status)) : [sweeps.get(id)]
    for (const sweep of chosen) {
      if (sweep.status === status) continue
      if (!from.includes(sweep.status)) throw ended(sweep, 'There is nothing left of it to hold.')
      sweeps.setStatus(sweep.id, status, null)
    }
    this.#tell()
    if (chosen.some((sweep) => sweep.id === this.#worker.current?.sweepId))
      await this.#worker.interrupt('pause')
  }

  #isCurrent(id: number, number: number): boolean {
    return this.#worker.current?.sweepId === id && this.#worker.current.number === number
  }

  /** @throws UserError `sweeps/unknown`, `sweeps/trial` */
  #trial(id: number, number: number): Trial {
    const { name } = this.#store.sweeps.get(id)
    const trial = this.#store.sweeps.trials(id).find((one) => one.number === number)
    if (trial) return trial
    throw new UserError({
      code: 'sweeps/trial',
      what: `"${name}" has no trial ${number}.`,
      mend: 'Look at its table of trials.',
    })
  }

  #tell(): void {
    this.#revision.set(this.#revision.value + 1)
  }
}

const isOver = ({ status }: Pick<Sweep, 'status'>): boolean => status === 'finished' || status === 'stopped'

function problemOf(check: () => unknown): Refusal | null {
  try {
    check()
    return null
  } catch (error) {
    return toRefusal(error)
  }
}

const ended = ({ name, status }: SweepRecord, mend: string): UserError =>
  new UserError({ code: 'sweeps/ended', what: `"${name}" is ${status}.`, mend })
