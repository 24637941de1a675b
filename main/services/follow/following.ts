/** One followed path: hears what the thread says of its files, keeps it, and knows how things stand. */
import { setImmediate as turn } from 'node:timers/promises'
import { toRefusal } from '../../common/errors.ts'
import type { Refusal } from '../../common/errors.ts'
import type { Follow, FollowState } from '../../common/exchange/follow.ts'
import { positionSchema, type Exchanger, type FileState, type FollowReport } from '../../exchange/index.ts'
import type { FollowRecord, Store } from '../../store/index.ts'
import { FollowedRuns } from './followedRuns.ts'

/** Runs that are named. */
const mostNamed = 20

interface File {
  runs: FollowedRuns
  state: FileState | null
  refusal: Refusal | null
  bytes: { read: number; total: number }
}

interface Parts {
  store: Store
  exchanger: Exchanger
  workspace: string
  record: FollowRecord
  /** Milliseconds without a line after which the writer is taken to be gone. */
  silence: number
  onChange: () => void
}

export class Following {
  readonly record: FollowRecord
  readonly #parts: Parts
  readonly #files = new Map<string, File>()
  readonly #abort = new AbortController()
  #running: Promise<void> | null = null
  #problem: Refusal | null = null
  /** Of the folder, or the file. */
  #missing: Refusal | null = null
  #points = 0
  #lastLineAt: number | null = null
  /** While lines are taken in: the thread sees to the log of the workspace. */
  #writing: (() => void) | null = null

  constructor(parts: Parts) {
    this.#parts = parts
    this.record = parts.record
    for (const { path, position, runs } of parts.store.follows.files(parts.record.id)) {
      const { offset } = positionSchema.parse(position)
      const file = this.#file(path, runs)
      file.bytes = { read: offset, total: offset }
    }
  }

  /** Files that it has begun to read. */
  get paths(): string[] {
    return [...this.#files.keys()]
  }

  get active(): boolean {
    return this.#running !== null
  }

  start(others: string[]): void {
    const { exchanger, store, record, silence, workspace } = this.#parts
    const positions = store.follows
      .files(record.id)
      .map(({ path, position }) => ({ path, position: positionSchema.parse(position) }))
    const job = { kind: 'follow', workspace, path: record.path, positions, others, silence } as const
    this.#running = this.#hear(exchanger.follow(job, this.#abort.signal))
  }

  /** @param note what is written to its runs; null: nothing, as it will be taken up again */
  async stop(note: string | null): Promise<void> {
    this.#abort.abort()
    await this.#running
    if (note !== null) for (const { runs } of this.#files.values()) runs.interrupt(note)
  }

  get follow(): Follow {
    const { store, record } = this.#parts
    const ids = [...this.#files.values()].flatMap(({ runs }) => runs.ids).sort((a, b) => b - a)
    const files = [...this.#files.values()]
    const refused = files.find(({ refusal }) => refusal !== null)?.refusal ?? null
    return {
      id: record.id,
      path: record.path,
      state: this.#state(),
      // One that is not there yet is no problem.
      problem: this.#problem ?? refused ?? (files.length > 0 ? this.#missing : null),
      files: this.#files.size,
      runs: ids.slice(0, mostNamed).flatMap((id) => {
        if (store.follows.statusOf(id) === null) return []
        const { name, status } = store.runs.get(id)
        return [{ id, name, status }]
      }),
      runCount: ids.length,
      points: this.#points,
      lastLineAt: this.#lastLineAt,
      bytes: {
        read: files.reduce((sum, { bytes }) => sum + bytes.read, 0),
        total: files.reduce((sum, { bytes }) => sum + bytes.total, 0),
      },
    }
  }

  #state(): FollowState {
    if (!this.#running) return 'stopped'
    const states = [...this.#files.values()].map(({ state }) => state)
    if (states.includes('growing')) return 'live'
    if (states.length === 0) return 'waiting'
    return this.#missing !== null || states.includes('gone') ? 'missing' : 'quiet'
  }

  async #hear(reports: AsyncGenerator<FollowReport>): Promise<void> {
    try {
      for await (const report of reports) {
        this.#take(report)
        this.#parts.onChange()
        // Messages that come one after another would leave no turn to anything else.
        await turn()
      }
    } catch (error) {
      if (!this.#abort.signal.aborted) {
        this.#problem = toRefusal(this.#parts.store.described(error))
        for (const { runs } of this.#files.values()) runs.interrupt('Following it failed')
      }
    }
    this.#written()
    this.#running = null
    this.#parts.onChange()
  }

  #take(report: FollowReport): void {
    if (report.kind === 'caught-up') {
      this.#written()
      this.#missing = report.missing
      return
    }
    if (report.kind === 'batch') {
      const { path, position, bytes } = report.batch
      const file = this.#file(path, {})
      this.#writing ??= this.#parts.store.leaveLog()
      const { points } = file.runs.take(report.batch)
      file.bytes = { read: position.offset, total: Math.max(bytes, position.offset) }
      this.#points += points
      this.#lastLineAt = Date.now()
      return
    }
    const { path, state, refusal } = report
    const file = this.#file(path, {})
    file.runs.settle()
    if (state === 'silent')
      file.runs.interrupt(`No line came for ${Math.round(this.#parts.silence / 60_000)} minutes`)
    else if (state === 'refused') file.runs.interrupt(refusal?.what ?? 'It cannot be read any more')
    // After a restart, where its writer goes on.
    else if (state === 'growing') file.runs.again()
    Object.assign(file, { state, refusal })
  }

  #written(): void {
    this.#writing?.()
    this.#writing = null
  }

  #file(path: string, runs: Record<string, number | null>): File {
    const { store, record } = this.#parts
    let file = this.#files.get(path)
    if (!file)
      this.#files.set(
        path,
        (file = {
          runs: new FollowedRuns(store, record.id, path, runs),
          state: null,
          refusal: null,
          bytes: { read: 0, total: 0 },
        }),
      )
    return file
  }
}
