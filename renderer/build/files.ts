/** A model as a file: saved from the page, opened from a file that is chosen or dropped. */
import { documentFromJson, documentToJson } from '../../main/common/document.ts'
import { UserError } from '../../main/common/errors.ts'
import { complain, useNotices } from '../state/notices.ts'
import { download } from '../ui/download.ts'
import { bytes } from '../ui/format.ts'
import { saveNow } from './autosave.ts'
import { select } from './canvas.ts'
import { useModel } from './store.ts'

/** A document of 5,000 layers takes about 2 MB. */
const largest = 20_000_000

/** `Digits MLP` becomes `digits-mlp.json`. */
export const fileName = (model: string): string =>
  `${
    model
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}]+/gu, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 80) || 'model'
  }.json`

export function exportModel(): void {
  const { document: model } = useModel.getState()
  download(fileName(model.name), documentToJson(model), 'application/json')
}

/** Opens a file as another model; the one that was open is saved first and stays among "Your models". */
export async function openFile(file: Pick<File, 'name' | 'size' | 'text'>): Promise<void> {
  try {
    if (file.size > largest)
      throw new UserError({
        code: 'document/too-large',
        what: `${file.name} has ${bytes(file.size)}; a model has at most ${bytes(largest)}.`,
        mend: 'Choose a file that was exported from the Build page.',
      })
    const document = documentFromJson(await file.text())
    await saveNow()
    select([])
    useModel.getState().open(null, document)
    // Opening is not an edit: written back unchanged, so that it is kept in the workspace.
    useModel.setState({ document: { ...document } })
    useModel.temporal.getState().clear()
    useNotices.getState().add({
      tone: 'ok',
      code: 'model/opened',
      what: `Opened ${document.name || file.name}.`,
      mend: '',
      detail: '',
    })
  } catch (error) {
    complain(error)
  }
}

/** Asks for a file and opens it. */
export function chooseFile(): void {
  const input = window.document.createElement('input')
  input.type = 'file'
  input.accept = '.json,application/json'
  input.onchange = () => {
    const [file] = input.files ?? []
    if (file) void openFile(file)
  }
  input.click()
}
