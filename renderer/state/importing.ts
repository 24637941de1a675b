/** The data set being added: what was found at a path, and the import, which goes on while other pages are open. */
import { create } from 'zustand'
import type { Guess, ImportOptions, Progress } from '../../main/common/schemas.ts'
import { client } from '../client.ts'
import { chooseDataset, loadDatasets } from './datasets.ts'
import { complain, useNotices } from './notices.ts'
import { counted } from '../ui/format.ts'

interface Importing {
  /** True while the Data page shows the ways to add data. */
  adding: boolean
  guess: Guess | null
  /** Null while nothing is read. */
  progress: Progress | null
}

export const useImporting = create<Importing>(() => ({ adding: false, guess: null, progress: null }))

let abort: AbortController | null = null

export const cancelImport = (): void => abort?.abort()

export async function importData(guess: Guess, options: ImportOptions): Promise<void> {
  if (abort) return
  const controller = new AbortController()
  abort = controller
  useImporting.setState({ progress: { done: 0, total: 0, note: 'Starting' } })
  try {
    const stream = await client.data.import({ path: guess.path, options }, { signal: controller.signal })
    let next = await stream.next()
    while (!next.done) {
      useImporting.setState({ progress: next.value })
      next = await stream.next()
    }
    const dataset = next.value
    await loadDatasets()
    chooseDataset(dataset.id)
    useImporting.setState({ adding: false, guess: null })
    if (dataset.problemCount > 0)
      useNotices.getState().add({
        tone: 'ok',
        code: 'data/set-aside',
        what: `${dataset.name} is imported; ${counted(dataset.problemCount, 'file')} could not be read.`,
        mend: 'They are listed with the reason under “Set aside”.',
        detail: '',
      })
  } catch (error) {
    if (!controller.signal.aborted) complain(error)
  }
  abort = null
  useImporting.setState({ progress: null })
}
