/** The workspace's database, by subject. Owns the connection and the workspace lock until closed. */
import { existsSync } from 'node:fs'
import { UserError } from '../common/errors.ts'
import type { Holder, Run, RunDetail } from '../common/schemas.ts'
import { Checkpoints } from './checkpoints.ts'
import { databaseFile, logPages, openDatabase, openReadOnly, type OpenDatabase } from './database.ts'
import { describeFault } from './faults.ts'
import { holderOf } from './lock.ts'
import { Follows } from './follows.ts'
import { Health } from './health.ts'
import { Metrics } from './metrics.ts'
import { StoredPredictions } from './predictions.ts'
import { Datasets, Models } from './records.ts'
import { Removal } from './removal.ts'
import { RunList } from './runList.ts'
import { Runs } from './runs.ts'
import { Space } from './space.ts'
import { Transfer } from './transfer.ts'
import { ValuesAt } from './valuesAt.ts'
import { Views } from './views.ts'
import { Sweeps } from './sweeps.ts'

export { emptyLog } from './database.ts'
export type { ProbeRow } from './health.ts'
export { replaced, type NewCheckpoint } from './checkpoints.ts'
export type { Point } from './metrics.ts'
export type { PackedPredictions } from './predictions.ts'
export type { RunProgress } from './runs.ts'
export type { AdmittedRun, PointColumns } from './transfer.ts'
export type { SweepRecord } from './sweeps.ts'
export type { FollowedFile, FollowRecord } from './follows.ts'

export class Store {
  runs!: Runs
  runList!: RunList
  removal!: Removal
  space!: Space
  metrics!: Metrics
  health!: Health
  checkpoints!: Checkpoints
  predictions!: StoredPredictions
  datasets!: Datasets
  models!: Models
  valuesAt!: ValuesAt
  views!: Views
  transfer!: Transfer
  sweeps!: Sweeps
  follows!: Follows
  #database!: OpenDatabase
  /** Those that were read through before; whoever reads just now ends there. */
  readonly #left: OpenDatabase[] = []
  #leaving = 0

  constructor(database: OpenDatabase) {
    this.#use(database)
  }

  /** Nothing can be written: another process holds the workspace, or the file system refuses. */
  get readOnly(): boolean {
    return this.#database.readOnly
  }

  /** Who writes, where this store only reads; null when nobody does any more. */
  holder(): Holder | null {
    return holderOf(this.#database.folder)
  }

  /** In words, where SQLite refused something. */
  described(error: unknown): unknown {
    return describeFault(error, databaseFile(this.#database.folder))
  }

  /** All or nothing. */
  transaction(work: () => void): void {
    this.#database.connection.transaction(work)()
  }

  /**
   * While much is written: another thread calls `emptyLog`, so that this one never waits for the disk.
   * @returns to be called afterwards
   */
  leaveLog(): () => void {
    const { connection } = this.#database
    if (this.#leaving++ === 0) connection.pragma('wal_autocheckpoint = 0')
    return () => {
      if (--this.#leaving === 0 && connection.open) connection.pragma(`wal_autocheckpoint = ${logPages}`)
    }
  }

  /** Forgets what a run told after a step: it goes on from there and tells it again. Call inside a transaction. */
  rewind(runId: number, step: number): void {
    this.metrics.truncate(runId, step)
    this.health.forgetAfter(runId, step)
    this.predictions.forgetAfter(runId, step)
  }

  get sqliteVersion(): string {
    const row = this.#database.connection.prepare<[], { v: string }>('SELECT sqlite_version() AS v').get()
    return row?.v ?? 'unknown'
  }

  /**
   * From now on this process writes; without effect where it does already.
   * @throws UserError as `openDatabase` does; everything is read on as before then
   */
  takeOver(shell: string): void {
    if (!this.readOnly) return
    const reading = this.#database
    const writing = openDatabase(reading.folder, shell)
    try {
      this.#use(writing)
      this.interruptAbandoned()
    } catch (error) {
      this.#use(reading)
      writing.close()
      throw this.described(error)
    }
    this.#left.push(reading)
  }

  /** Runs that a process left behind when it was killed are interrupted, its queue paused. */
  interruptAbandoned(): void {
    this.runs.interruptAbandoned()
    this.sweeps.interruptAbandoned('Tapedeck was closed before it had ended.')
  }

  close(): void {
    for (const { close } of this.#left) close()
    this.#database.close()
  }

  #use(database: OpenDatabase): void {
    this.#database = database
    this.metrics = new Metrics(database.connection)
    this.health = new Health(database.connection)
    this.predictions = new StoredPredictions(database.connection)
    this.checkpoints = new Checkpoints(database.connection, database.folder)
    this.runs = new Runs(database.connection, this.metrics, this.checkpoints)
    this.runList = new RunList(database.connection, this.metrics)
    this.removal = new Removal(database.connection)
    this.space = new Space(database.connection)
    this.datasets = new Datasets(database.connection)
    this.models = new Models(database.connection)
    this.valuesAt = new ValuesAt(database.connection)
    this.views = new Views(database.connection)
    this.transfer = new Transfer(database.connection)
    this.sweeps = new Sweeps(database.connection)
    this.follows = new Follows(database.connection)
  }
}

/** Opens a workspace for writing, and says of what a killed process left behind that it was interrupted. */
export function openStore(folder: string, shell: string): Store {
  const store = new Store(openDatabase(folder, shell))
  store.interruptAbandoned()
  return store
}

/**
 * Opens a workspace for writing or, while another process writes to it, for reading what that has written by then.
 * @throws UserError as `openDatabase` and `openReadOnly` do
 */
export function openStoreOrRead(folder: string, shell: string): Store {
  try {
    return openStore(folder, shell)
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'workspace/locked') throw error
    return new Store(openReadOnly(folder))
  }
}

/** Opens a workspace to read it as it is now, whoever writes on. */
export function openSnapshot(folder: string): Store {
  const store = new Store(openReadOnly(folder))
  store.transfer.holdStill()
  return store
}

/** The runs of a workspace, also while another process has it open; newest first. */
export const listRuns = (folder: string): Run[] => look(folder, (store) => store.runs.list())

/** One run of a workspace, also while another process has it open. @throws UserError `runs/unknown` */
export const readRun = (folder: string, id: number): RunDetail => look(folder, (store) => store.runs.get(id))

function look<T>(folder: string, read: (store: Store) => T): T {
  if (!existsSync(databaseFile(folder)))
    throw new UserError({
      code: 'workspace/unknown',
      what: `There is no workspace in ${folder}.`,
      mend: 'Train a model first, or name the folder of a workspace with --workspace.',
    })
  let store: Store
  try {
    store = openStore(folder, 'cli')
  } catch (error) {
    if (!(error instanceof UserError) || !['workspace/locked', 'workspace/read-only'].includes(error.code))
      throw error
    store = new Store(openReadOnly(folder))
  }
  try {
    return read(store)
  } finally {
    store.close()
  }
}
