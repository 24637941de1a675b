/** Tells models that compute the same from those that do not, where names and sizes are equal. */
import { createHash } from 'node:crypto'
import { readDocument, type ModelDocument } from '../common/document.ts'
import { computation } from '../common/settings.ts'

/** Positions and names do not count. */
export const architectureOf = (document: ModelDocument): string =>
  createHash('sha256').update(computation(document)).digest('hex').slice(0, 16)

/** Of a document as the database has it; empty where there is none, or none that can be read. */
export function storedArchitecture(json: string): string {
  try {
    return architectureOf(readDocument(JSON.parse(json)))
  } catch {
    return ''
  }
}
