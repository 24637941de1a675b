/** Datasets and saved models: JSON records by id. */
import { readDocument, type ModelDocument } from '../common/document.ts'
import { UserError } from '../common/errors.ts'
import { datasetSchema, type Dataset } from '../common/data/dataset.ts'
import { type Model } from '../common/schemas.ts'
import type { Connection } from './database.ts'

export class Datasets {
  readonly #statements

  constructor(connection: Connection) {
    this.#statements = {
      all: connection.prepare<[], { record: string }>('SELECT record FROM dataset ORDER BY imported_at DESC'),
      one: connection.prepare<[string], { record: string }>('SELECT record FROM dataset WHERE id = ?'),
      put: connection.prepare<[string, number, string]>(
        'INSERT OR REPLACE INTO dataset(id, imported_at, record) VALUES (?, ?, ?)',
      ),
      remove: connection.prepare<[string]>('DELETE FROM dataset WHERE id = ?'),
    }
  }

  /** Newest first. */
  list(): Dataset[] {
    return this.#statements.all.all().map((row) => datasetSchema.parse(JSON.parse(row.record)))
  }

  /** @throws UserError `data/unknown` */
  get(id: string): Dataset {
    const row = this.#statements.one.get(id)
    if (row) return datasetSchema.parse(JSON.parse(row.record))
    throw new UserError({
      code: 'data/unknown',
      what: `There is no data set ${id} in this workspace.`,
      mend: 'Import it again on the Data page.',
    })
  }

  put(dataset: Dataset): void {
    this.#statements.put.run(dataset.id, dataset.importedAt, JSON.stringify(dataset))
  }

  remove(id: string): void {
    this.get(id)
    this.#statements.remove.run(id)
  }
}

export class Models {
  readonly #statements

  constructor(connection: Connection) {
    type Row = { id: string; updated_at: number; document: string }
    this.#statements = {
      all: connection.prepare<[], Row>('SELECT * FROM model ORDER BY updated_at DESC'),
      put: connection.prepare<[string, number, string]>(
        'INSERT OR REPLACE INTO model(id, updated_at, document) VALUES (?, ?, ?)',
      ),
      remove: connection.prepare<[string]>('DELETE FROM model WHERE id = ?'),
    }
  }

  /** Newest first. One that this version cannot read is left out, and stays where it is for one that can. */
  list(): Model[] {
    return this.#statements.all.all().flatMap((row) => {
      const document = readable(row.document)
      return document ? [{ id: row.id, name: document.name, updatedAt: row.updated_at, document }] : []
    })
  }

  put(id: string, document: ModelDocument): Model {
    const updatedAt = Date.now()
    this.#statements.put.run(id, updatedAt, JSON.stringify(document))
    return { id, name: document.name, updatedAt, document }
  }

  remove(id: string): void {
    this.#statements.remove.run(id)
  }
}

function readable(text: string): ModelDocument | null {
  try {
    return readDocument(JSON.parse(text))
  } catch (error) {
    if (error instanceof UserError || error instanceof SyntaxError) return null
    throw error
  }
}
