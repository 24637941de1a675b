/**
 * Deleting runs for ever. A run of a million points takes seconds, so it is taken out of sight first, at once and whole, and
 * what hung on it follows in slices; what a killed process did not come to is found when the workspace is opened.
 */
import { UserError } from '../common/errors.ts'
import type { Connection } from './database.ts'

/** Rows of one slice: some milliseconds. */
const slice = 3000

interface Reference {
  table: string
  column: string
  /** What becomes of a row when its run goes: `CASCADE` or `SET NULL`. */
  action: string
}

export class Removal {
  readonly #connection: Connection
  readonly #references: readonly Reference[]
  readonly #statements

  constructor(connection: Connection) {
    this.#connection = connection
    this.#references = connection
      .prepare<[], Reference>(
        `SELECT t.name AS "table", f."from" AS "column", f.on_delete AS action
         FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f WHERE t.type = 'table' AND f."table" = 'run'`,
      )
      .all()
    const owned = this.#references.filter(({ action }) => action === 'CASCADE')
    this.#statements = {
      remove: connection.prepare<[number]>('DELETE FROM run WHERE id = ?'),
      slices: owned.map(({ table, column }) =>
        connection.prepare<[number]>(`DELETE FROM "${table}" WHERE "${column}" = ? LIMIT ${slice}`),
      ),
      // Deleted runs keep their row in changed_run.
      unfinished: connection.prepare<[], { id: number }>(`
        SELECT run_id AS id FROM changed_run WHERE run_id NOT IN (SELECT id FROM run) AND (
          ${owned.map(({ table, column }) => `EXISTS (SELECT 1 FROM "${table}" WHERE "${column}" = changed_run.run_id)`).join(' OR ')})`),
    }
  }

  /**
   * The run is gone for everybody; `slices` takes what hung on it. Call outside a transaction.
   * @throws UserError `runs/unknown`
   */
  begin(runId: number): void {
    // With foreign keys SQLite would delete everything at once.
    this.#connection.pragma('foreign_keys = OFF')
    try {
      this.#connection.transaction(() => {
        for (const { table, column, action } of this.#references)
          if (action === 'SET NULL')
            this.#connection
              .prepare(`UPDATE "${table}" SET "${column}" = NULL WHERE "${column}" = ?`)
              .run(runId)
        if (this.#statements.remove.run(runId).changes === 0) throw unknownRun(runId)
      })()
    } finally {
      this.#connection.pragma('foreign_keys = ON')
    }
  }

  /** Rows deleted by each slice; leaving early leaves the rest to `unfinished`. */
  *slices(runId: number): Generator<number> {
    for (const statement of this.#statements.slices)
      for (;;) {
        const { changes } = statement.run(runId)
        if (changes === 0) break
        yield changes
      }
  }

  /** Runs that are deleted while something of them is still there. */
  unfinished(): number[] {
    return this.#statements.unfinished.all().map(({ id }) => id)
  }
}

export const unknownRun = (id: number): UserError =>
  new UserError({
    code: 'runs/unknown',
    what: `There is no run ${id} in this workspace.`,
    mend: 'It may have been deleted; look at the table of runs on the Compare page.',
  })
