/** Takes what lines of followed files say into the store: each batch and how far it was read in one transaction. */
import type { RunStatus } from '../../common/schemas.ts'
import { metrics } from '../../common/schemas.ts'
import { curvesOnly, endingOf, parentHere, type Batch, type News } from '../../exchange/index.ts'
import type { Store } from '../../store/index.ts'

type Runs = Record<string, number | null>

/** The runs of one followed file. */
export class FollowedRuns {
  readonly #store: Store
  readonly #followId: number
  readonly #path: string
  /** By what the file calls them; null: deleted here. */
  #runs: Runs
  /** Of each run and metric the newest step. */
  readonly #last = new Map<number, Map<string, number>>()
  /** Runs of which a step came again: their summaries are made anew when everything there was read. */
  readonly #disordered = new Set<number>()

  constructor(store: Store, followId: number, path: string, runs: Runs) {
    this.#store = store
    this.#followId = followId
    this.#path = path
    this.#runs = { ...runs }
  }

  get ids(): number[] {
    return Object.values(this.#runs).filter((id) => id !== null)
  }

  /** @returns runs that are new, and how many points came */
  take({ news, name, position }: Batch): { created: number[]; points: number } {
    const before = { ...this.#runs }
    const created: number[] = []
    let points = 0
    try {
      this.#store.transaction(() => {
        for (const one of news) points += this.#one(one, name, created)
        this.#store.follows.keep(this.#followId, { path: this.#path, position, runs: this.#runs })
      })
    } catch (error) {
      this.#runs = before
      this.#last.clear()
      throw error
    }
    return { created, points }
  }

  /** Everything that is there was read. */
  settle(): void {
    for (const id of this.#disordered) this.#store.transaction(() => this.#store.metrics.summarise(id))
    this.#disordered.clear()
  }

  /** Nobody writes any more, or nobody reads. */
  interrupt(note: string): void {
    for (const id of this.ids) {
      if (this.#store.follows.statusOf(id) !== 'running') continue
      this.#end(id, 'interrupted', note)
    }
  }

  /** Runs that were given up are there again. */
  again(): void {
    for (const id of this.ids)
      if (this.#store.follows.statusOf(id) === 'interrupted') this.#store.follows.again(id)
  }

  #one(news: News, name: string, created: number[]): number {
    if (news.kind === 'replaced') {
      this.interrupt('Another file took the place of the one that was followed')
      this.#runs = {}
      return 0
    }
    // A line that begins a run is of its file's only run.
    if (news.kind === 'start' && news.start.step === 0) this.#runs = {}
    const id = this.#runFor(news, name, created)
    if (id === null) return 0
    switch (news.kind) {
      case 'start':
        // A new one began in the middle of another program's.
        if (news.start.step > 0 && !created.includes(id)) this.#rewind(id, news.start.step)
        return 0
      case 'again':
        this.#rewind(id, news.from - 1)
        return 0
      case 'points':
        return this.#append(id, news.points)
      case 'remark':
        this.#store.runs.addEvent(id, { step: news.step, kind: 'remark', note: news.note })
        return 0
      case 'settings':
        this.#store.follows.addSettings(id, news.settings)
        return 0
      case 'end': {
        const { status, error } = endingOf(news.end)
        this.#store.runs.end(id, status, null, error)
        return 0
      }
    }
  }

  /** The run of a line, made where there is none yet; null where it was deleted. */
  #runFor(news: Exclude<News, { kind: 'replaced' }>, name: string, created: number[]): number | null {
    const known = this.#runs[news.key]
    if (known === null) return null
    if (known !== undefined) {
      if (this.#store.follows.statusOf(known) !== null) return known
      this.#runs[news.key] = null
      return null
    }
    const start = news.kind === 'start' ? news.start : null
    const began = news.kind === 'points' && news.began !== null ? Math.round(news.began * 1000) : null
    const called = start?.name ?? (news.key === '' ? name : news.key)
    const run = curvesOnly({
      key: news.key,
      name: called.slice(0, 120) || 'followed',
      createdAt: start?.createdAt ?? began ?? Date.now(),
      endedAt: null,
      status: 'running',
      origin: { kind: 'followed', path: this.#path, name: called, settings: start?.settings ?? {} },
      ...(start && {
        modelName: start.modelName,
        datasetId: start.datasetId,
        datasetName: start.datasetName,
        parameters: start.parameters,
        from: start.from,
      }),
    })
    const id = this.#store.transfer.admit(run)
    this.#store.transfer.settle(id, run, parentHere(this.#store, run.from))
    this.#runs[news.key] = id
    created.push(id)
    return id
  }

  /** It went on from a step before: what it told after that comes again. */
  #rewind(id: number, step: number): void {
    this.#store.rewind(id, step)
    this.#store.follows.again(id)
    const { steps, seconds, epochsDone, samplesPerSecond } = this.#store.runs.get(id)
    const left = Math.max(0, Math.min(steps, step))
    this.#store.runs.setProgress(id, {
      status: 'running',
      steps: left,
      seconds,
      epochsDone,
      samplesPerSecond,
    })
    const note = step < 1 ? 'Began again' : `Went on from step ${step}`
    this.#store.runs.addEvent(id, { step: Math.max(0, step), kind: 'resumed', note })
    this.#last.delete(id)
  }

  #append(id: number, points: Extract<News, { kind: 'points' }>['points']): number {
    if (points.length === 0) return 0
    const last = this.#lastOf(id)
    for (const { metric, step } of points) {
      if (step <= (last.get(metric) ?? -1)) this.#disordered.add(id)
      last.set(metric, Math.max(step, last.get(metric) ?? -1))
    }
    this.#store.metrics.append(id, points)
    const { steps, seconds, epochsDone, samplesPerSecond } = this.#store.runs.get(id)
    const newest = points.at(-1)!
    const speed = points.findLast(({ metric }) => metric === metrics.samplesPerSecond)
    this.#store.follows.again(id)
    this.#store.runs.setProgress(id, {
      status: 'running',
      steps: Math.max(steps, ...points.map(({ step }) => step)),
      seconds: Math.max(seconds, newest.seconds),
      epochsDone: Math.max(epochsDone, Math.floor(newest.epoch)),
      samplesPerSecond: speed?.value ?? samplesPerSecond,
    })
    return points.length
  }

  #lastOf(id: number): Map<string, number> {
    let last = this.#last.get(id)
    if (!last) {
      const summaries = Object.entries(this.#store.metrics.summaries(id))
      this.#last.set(id, (last = new Map(summaries.map(([metric, { lastStep }]) => [metric, lastStep]))))
    }
    return last
  }

  #end(id: number, status: RunStatus, note: string): void {
    const { steps } = this.#store.runs.get(id)
    this.#store.runs.end(id, status, null, null)
    this.#store.runs.addEvent(id, { step: steps, kind: 'remark', note })
  }
}
