/** Views of the table of runs that are saved under a name. */
import { UserError } from '../common/errors.ts'
import { tableViewSchema, type SavedView, type TableView } from '../common/views/schemas.ts'
import type { Connection } from './database.ts'

interface Row {
  id: number
  name: string
  view: string
  is_default: number
}

export class Views {
  readonly #connection: Connection
  readonly #statements

  constructor(connection: Connection) {
    this.#connection = connection
    this.#statements = {
      all: connection.prepare<[], Row>(
        'SELECT id, name, view, is_default FROM saved_view ORDER BY name COLLATE NOCASE',
      ),
      named: connection.prepare<[string], { id: number }>('SELECT id FROM saved_view WHERE name = ?'),
      insert: connection.prepare<[string, number, string]>(
        'INSERT INTO saved_view(name, updated_at, view) VALUES (?, ?, ?)',
      ),
      update: connection.prepare<[string, number, string, number]>(
        'UPDATE saved_view SET name = ?, updated_at = ?, view = ? WHERE id = ?',
      ),
      remove: connection.prepare<[number]>('DELETE FROM saved_view WHERE id = ?'),
      setDefault: connection.prepare<[number]>('UPDATE saved_view SET is_default = (id = ?)'),
    }
  }

  /** By name. One that this version cannot read is left out, and stays where it is for one that can. */
  list(): SavedView[] {
    return this.#statements.all.all().flatMap(({ id, name, view, is_default }) => {
      const read = tableViewSchema.safeParse(parsed(view))
      return read.success ? [{ id, name, view: read.data, isDefault: is_default === 1 }] : []
    })
  }

  /**
   * @param id null: a new one
   * @throws UserError `views/name-taken`, `views/unknown`
   */
  save(id: number | null, name: string, view: TableView): SavedView {
    const taken = this.#statements.named.get(name)
    if (taken && taken.id !== id)
      throw new UserError({
        code: 'views/name-taken',
        what: `There is a view called "${name}" already.`,
        mend: 'Choose another name.',
      })
    const json = JSON.stringify(view)
    if (id === null) {
      const { lastInsertRowid } = this.#statements.insert.run(name, Date.now(), json)
      return { id: Number(lastInsertRowid), name, view, isDefault: false }
    }
    if (this.#statements.update.run(name, Date.now(), json, id).changes === 0) throw unknown(id)
    const isDefault = this.list().some((one) => one.id === id && one.isDefault)
    return { id, name, view, isDefault }
  }

  /** @throws UserError `views/unknown` */
  remove(id: number): void {
    if (this.#statements.remove.run(id).changes === 0) throw unknown(id)
  }

  /** The page opens with it; null: with none of them. @throws UserError `views/unknown` */
  setDefault(id: number | null): void {
    this.#connection.transaction(() => {
      this.#statements.setDefault.run(id ?? -1)
      if (id !== null && !this.list().some((one) => one.id === id)) throw unknown(id)
    })()
  }
}

const unknown = (id: number): UserError =>
  new UserError({
    code: 'views/unknown',
    what: `There is no view ${id}: it was deleted.`,
    mend: 'Save it under a new name.',
  })

/** Null of text that is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
