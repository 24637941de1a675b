/** The data set being added: what was found at a path, and the import, which goes on while other pages are open. */
import { create } from 'zustand'
import type { Dataset } from '../../main/common/data/dataset.ts'
import type { Guess, Reading } from '../../main/common/data/guess.ts'
import type { ImportOptions } from '../../main/common/data/options.ts'
import type { Progress } from '../../main/common/schemas.ts'
import { resultOf } from '../../main/common/resultOf.ts'
import { client } from '../client.ts'
import { counted } from '../ui/format.ts'
import { chooseDataset, loadDatasets } from './datasets.ts'
import { complain, explain, useNotices, type ShownRefusal } from './notices.ts'
import { usePage } from './pages.ts'

interface Importing {
  /** True while the Data page shows the ways to add data. */
  adding: boolean
  /** The path that is looked at now; null while none is. */
  looking: string | null
  /** Why the last path could not be taken for data. */
  notUnderstood: ShownRefusal | null
  guess: Guess | null
  /** How the path will be read: the guess as changed so far. Kept here, so that leaving the page loses nothing. */
  options: ImportOptions | null
  /** Null while nothing is read. */
  progress: Progress | null
  /** Why the last import did not happen. */
  refusal: ShownRefusal | null
  /** True while another data set is looked at and the import goes on. */
  aside: boolean
}

const nothing = {
  adding: false,
  looking: null,
  notUnderstood: null,
  guess: null,
  options: null,
  refusal: null,
  aside: false,
}

export const useImporting = create<Importing>(() => ({ ...nothing, progress: null }))

export const showAddData = (): void => useImporting.setState({ ...nothing, adding: true })

/** Of the import that runs; null while none does. */
let abort: AbortController | null = null

/** Asks what a path is; nothing happens while an import runs. */
export async function lookAt(path: string): Promise<void> {
  if (path === '' || abort) return
  useImporting.setState({ ...nothing, adding: true, looking: path })
  // Another path may have been given meanwhile.
  const isWanted = (): boolean => useImporting.getState().looking === path
  try {
    const guess = await client.data.inspect({ path })
    if (isWanted()) useImporting.setState({ ...nothing, guess, options: guess.options })
  } catch (error) {
    if (isWanted()) useImporting.setState({ looking: null, notUnderstood: explain(error) })
  }
}

/** Another way to take the path; what was changed about the one before is left behind. */
export const readAs = (reading: Reading): void =>
  useImporting.setState({ options: reading.options, refusal: null })

export const changeOptions = (part: Partial<ImportOptions>): void =>
  useImporting.setState(({ options }) => ({ options: options && { ...options, ...part }, refusal: null }))

/** Back to the data sets; an import that runs goes on. */
export const leaveImport = (): void =>
  useImporting.setState(({ progress }) => (progress ? { aside: true } : nothing))

export const returnToImport = (): void => useImporting.setState({ aside: false })

export const cancelImport = (): void => abort?.abort()

export async function importData(guess: Guess, options: ImportOptions): Promise<void> {
  if (abort) return
  const controller = new AbortController()
  abort = controller
  useImporting.setState({ progress: { done: 0, total: 0, note: 'Starting' }, refusal: null })
  try {
    const stream = await client.data.import({ path: guess.path, options }, { signal: controller.signal })
    const dataset = await resultOf(stream, (progress) => useImporting.setState({ progress }))
    await loadDatasets()
    finished(dataset)
  } catch (error) {
    if (!controller.signal.aborted) failed(error)
  }
  abort = null
  useImporting.setState({ progress: null })
  // Cancelled or refused while another data set was looked at: the guess waits where it was.
  if (useImporting.getState().guess) useImporting.setState({ aside: false })
}

/** Whether a person is looking at the import now. */
const inSight = (): boolean => usePage.getState().page === 'data' && !useImporting.getState().aside

function finished(dataset: Dataset): void {
  const seen = inSight()
  if (!useImporting.getState().aside) chooseDataset(dataset.id)
  useImporting.setState(nothing)
  if (seen && dataset.problemCount === 0) return
  useNotices.getState().add({
    tone: 'ok',
    code: 'data/imported',
    what: `${dataset.name} is imported.`,
    mend:
      dataset.problemCount > 0
        ? `${counted(dataset.problemCount, 'file')} could not be used; they are listed with the reason under “Set aside”.`
        : '',
    detail: '',
  })
}

function failed(error: unknown): void {
  useImporting.setState({ refusal: explain(error) })
  if (!inSight()) complain(error)
}
