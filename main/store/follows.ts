/** Files of metrics that are followed, how far each was read, and the runs that its lines became. */
import { z } from 'zod'
import type { Connection } from './database.ts'

export interface FollowRecord {
  id: number
  /** The file or folder. */
  path: string
  /** Whether it is taken up again when the workspace is opened. */
  active: boolean
}

export interface FollowedFile {
  path: string
  /** As exchange/follow wrote it. */
  position: unknown
  /** Numbers of runs by what the file calls them; null: the run was deleted here, its lines are passed over. */
  runs: Record<string, number | null>
}

interface FileRow {
  path: string
  position: string
  runs: string
}

const runsSchema = z.record(z.string(), z.number().nullable())

export class Follows {
  readonly #statements

  constructor(connection: Connection) {
    this.#statements = {
      all: connection.prepare<[], { id: number; path: string; active: number }>(
        'SELECT id, path, active FROM follow ORDER BY id',
      ),
      add: connection.prepare<[string]>(
        'INSERT INTO follow(path, active) VALUES (?, 1) ON CONFLICT(path) DO UPDATE SET active = 1',
      ),
      setActive: connection.prepare<[number, number]>('UPDATE follow SET active = ? WHERE id = ?'),
      remove: connection.prepare<[number]>('DELETE FROM follow WHERE id = ?'),
      files: connection.prepare<[number], FileRow>(
        'SELECT path, position, runs FROM followed_file WHERE follow_id = ? ORDER BY path',
      ),
      keep: connection.prepare<[number, string, string, string]>(
        'INSERT OR REPLACE INTO followed_file(follow_id, path, position, runs) VALUES (?, ?, ?, ?)',
      ),
      status: connection.prepare<[number], { status: string }>('SELECT status FROM run WHERE id = ?'),
      again: connection.prepare<[number]>(
        "UPDATE run SET status = 'running', ended_at = NULL, error = NULL WHERE id = ? AND status <> 'running'",
      ),
      settings: connection.prepare<[string, number]>(
        "UPDATE run SET origin = json_patch(origin, json_object('settings', json(?))) WHERE id = ?",
      ),
      named: connection.prepare<[number, string], { id: number }>(
        'SELECT id FROM run WHERE id = ? AND name = ?',
      ),
    }
  }

  /** In the order they were begun. */
  list(): FollowRecord[] {
    return this.#statements.all.all().map(({ active, ...row }) => ({ ...row, active: active === 1 }))
  }

  /** One that is there already is active again. */
  add(path: string): FollowRecord {
    this.#statements.add.run(path)
    return this.list().find((record) => record.path === path)!
  }

  setActive(id: number, active: boolean): void {
    this.#statements.setActive.run(active ? 1 : 0, id)
  }

  /** Forgets how far its files were read; their runs stay. */
  remove(id: number): void {
    this.#statements.remove.run(id)
  }

  files(id: number): FollowedFile[] {
    return this.#statements.files.all(id).map(({ path, position, runs }) => ({
      path,
      position: JSON.parse(position) as unknown,
      runs: runsSchema.parse(JSON.parse(runs)),
    }))
  }

  /** Call in the transaction that wrote the points up to there. */
  keep(id: number, { path, position, runs }: FollowedFile): void {
    this.#statements.keep.run(id, path, JSON.stringify(position), JSON.stringify(runs))
  }

  /** Null where the run was deleted. */
  statusOf(runId: number): string | null {
    return this.#statements.status.get(runId)?.status ?? null
  }

  /** A run that had been given up has new lines. */
  again(runId: number): void {
    this.#statements.again.run(runId)
  }

  /** Settings that its file tells late. */
  addSettings(runId: number, settings: Readonly<Record<string, string | number | boolean>>): void {
    this.#statements.settings.run(JSON.stringify(settings), runId)
  }

  /** Whether there is a run of that number and name: the numbers of another workspace mean nothing here. */
  isHere(runId: number, name: string): boolean {
    return this.#statements.named.get(runId, name) !== undefined
  }
}
