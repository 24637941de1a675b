/** The model that `--model` names: a template's id, or a file with a model document. */
import { readFile } from 'node:fs/promises'
import { readDocument, type ModelDocument } from '../common/document.ts'
import { UserError } from '../common/errors.ts'
import { typedPath } from '../shells/options.ts'
import type { Client } from './session.ts'

/**
 * @param datasetId the data that a template is fitted to; null before there is any
 * @throws UserError `model/unknown`, `model/unreadable`, `document/*`
 */
export async function readModel(
  client: Client,
  name: string,
  datasetId: string | null,
): Promise<ModelDocument> {
  const templates = await client.models.templates({ datasetId })
  const template = templates.find(({ id }) => id === name)
  if (template) return template.document
  if (!name.endsWith('.json')) {
    throw new UserError({
      code: 'model/unknown',
      what: `There is no template "${name}".`,
      mend: `Use ${templates.map(({ id }) => id).join(', ')}, or the path of a model document ending in .json.`,
    })
  }
  const path = typedPath(name)
  let json: unknown
  try {
    json = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    const reason =
      error instanceof SyntaxError ? `it is not JSON (${error.message})` : (error as Error).message
    throw new UserError({
      code: 'model/unreadable',
      what: `The model ${path} cannot be read: ${reason}.`,
      mend: 'Check the path, or export the model again.',
    })
  }
  return readDocument(json)
}
