/**
 * A run in TensorBoard's event files that are still written: whatever is new in them, record by record. Points of a later
 * file take the place of those of the same steps; where a writer says at which step it began again, as SummaryWriter does
 * with `purge_step`, all from there on count no more, as TensorBoard has it (event_accumulator.py).
 */
import { stat } from 'node:fs/promises'
import { UserError } from '../../common/errors.ts'
import { decodeEvent, type EventMessage } from '../events/event.ts'
import { isTime } from '../events/read.ts'
import { framing, readRecords, type RecordsEnd } from '../events/records.ts'
import { WireError } from '../events/wire.ts'
import { newRun } from '../tables/take.ts'
import { mostPoints } from './file.ts'
import { onlyRun } from './lines.ts'
import { tellPoints } from './points.ts'
import { beginning, type Position } from './position.ts'
import type { Batch, Followed, News } from './report.ts'

/** File systems of a network may show how long a file is before what it holds: damage that is younger may pass. */
const settling = 10_000 // ms

export class FollowedEvents implements Followed {
  readonly path: string
  readonly name: string
  /** An event file does not say that its run has ended. */
  readonly over = false
  /** In the order they were begun; later ones may come. */
  files: readonly string[] = []
  #position: Position
  /** By path: the size when it was last read to its end. */
  readonly #seen = new Map<string, number>()
  #changed = -1

  /** @param path the folder that stands for the run, or its only file */
  constructor(path: string, name: string, position: Position | null) {
    this.path = path
    this.name = name
    this.#position = position ?? beginning()
  }

  get silentFor(): number {
    return this.#changed < 0 ? 0 : Math.max(0, Date.now() - this.#changed)
  }

  /** @throws the file system's errors, and UserError `exchange/damaged` */
  async *news(signal: AbortSignal): AsyncGenerator<Batch> {
    const files = await Promise.all(this.files.map(async (path) => ({ path, ...(await stat(path)) })))
    const total = files.reduce((sum, { size }) => sum + size, 0)
    this.#changed = Math.max(-1, ...files.map(({ mtimeMs }) => mtimeMs))
    if (files.some(({ path, size }) => size < (this.#position.events[path] ?? 0))) {
      this.#position = beginning()
      this.#seen.clear()
      yield this.#batch([{ kind: 'replaced' }], total)
    }
    for (const { path, size } of files) {
      if (this.#seen.get(path) === size) continue
      const end = yield* this.#records(path, total, signal)
      if (end === 'whole' || end === 'cut') this.#seen.set(path, size)
      else if (this.silentFor >= settling) throw damaged(path, end)
    }
  }

  async *#records(path: string, total: number, signal: AbortSignal): AsyncGenerator<Batch, RecordsEnd> {
    const records = readRecords(path, () => undefined, this.#position.events[path] ?? 0)
    for (;;) {
      const next = await records.next()
      if (next.done) return next.value
      signal.throwIfAborted()
      let news: News[] = []
      let points = 0
      for (const [i, record] of next.value.entries()) {
        points += this.#take(record, news)
        this.#position.events[path] = (this.#position.events[path] ?? 0) + record.length + framing
        if (points < mostPoints && i < next.value.length - 1) continue
        yield this.#batch(news, total)
        news = []
        points = 0
      }
    }
  }

  /** @returns how many points it says */
  #take(record: Buffer, into: News[]): number {
    const event = decoded(record)
    if (!event) return 0
    const { step, wallTime, sessionStart, scalars, settings } = event
    const known = this.#position.runs[onlyRun]
    const createdAt = isTime(wallTime) ? Math.round(1000 * wallTime) : null
    if (sessionStart && known) into.push({ kind: 'again', key: onlyRun, from: step })
    if (settings)
      into.push(
        known
          ? { kind: 'settings', key: onlyRun, settings }
          : { kind: 'start', key: onlyRun, start: { ...nothingKnown, createdAt, step: 0, settings } },
      )
    if (!settings && scalars.length === 0) return 0
    const run = (this.#position.runs[onlyRun] ??= { ...newRun(), told: [] })
    if (scalars.length === 0) return 0
    if (isTime(wallTime)) run.began ??= wallTime
    const time = isTime(wallTime) ? wallTime : (run.began ?? 0)
    const values = scalars.map(({ tag, value }): [string, number] => [tag, value])
    return tellPoints({ step, epoch: 0, time, values }, run, onlyRun, into)
  }

  #batch(news: News[], bytes: number): Batch {
    this.#position.offset = Object.values(this.#position.events).reduce((sum, read) => sum + read, 0)
    return { path: this.path, name: this.name, news, position: structuredClone(this.#position), bytes }
  }
}

const nothingKnown = {
  kind: 'start' as const,
  name: null,
  modelName: '',
  datasetId: '',
  datasetName: '',
  parameters: 0,
  from: null,
}

/** Null of a record that is no event. */
function decoded(record: Buffer): EventMessage | null {
  try {
    return decodeEvent(record)
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}

const damaged = (path: string, end: Exclude<RecordsEnd, 'whole' | 'cut'>): UserError =>
  new UserError({
    code: 'exchange/damaged',
    what: end === 'compressed' ? `${path} is compressed.` : `${path} is damaged: ${end.damaged}.`,
    mend:
      end === 'compressed'
        ? 'Let its writer write plain event files, as SummaryWriter does by itself.'
        : 'What came before is in the table. Follow it again when the file is mended.',
  })
