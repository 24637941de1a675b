/** What takes space in the workspace, and giving back what nothing needs any more. */
import type { RunSize } from '../common/schemas.ts'
import type { Connection } from './database.ts'

type StoredSize = Omit<RunSize, 'setAsideBytes'>

/** Pages that are given back at a time: some milliseconds. */
const slice = 256

export class Space {
  readonly #connection: Connection
  readonly #statements

  constructor(connection: Connection) {
    this.#connection = connection
    this.#statements = {
      sizes: connection.prepare<[], StoredSize>(`
        SELECT id AS runId,
          coalesce((SELECT sum(count) FROM summary WHERE run_id = run.id), 0) AS points,
          coalesce((SELECT sum(bytes) FROM checkpoint WHERE run_id = run.id), 0) AS checkpointBytes
        FROM run ORDER BY id`),
    }
  }

  /** Of every run, those in the bin too; what no list knows is not the store's to count. */
  sizes(): StoredSize[] {
    return this.#statements.sizes.all()
  }

  /** Bytes of the database that nothing uses. */
  get free(): number {
    return this.#pragma('freelist_count') * this.#pragma('page_size')
  }

  /** Gives back a part each time, so that other work can be done between; leaving early keeps what was given back. */
  *vacuum(): Generator<void> {
    for (let before = Infinity, left = this.free; left > 0 && left < before;) {
      // Each row of its answer is a page: `exec` would give back one.
      this.#connection.pragma(`incremental_vacuum(${slice})`)
      ;[before, left] = [left, this.free]
      yield
    }
    this.#connection.pragma('wal_checkpoint(TRUNCATE)')
  }

  #pragma(name: string): number {
    return this.#connection.pragma(name, { simple: true }) as number
  }
}
