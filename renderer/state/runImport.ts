/** Runs being imported: what was found at a path, how it is read, how far it is, and what came of it. */
import { create } from 'zustand'
import type { Imported, SourceLook, TableReading } from '../../main/common/exchange/exchange.ts'
import { importedWords } from '../../main/common/exchange/words.ts'
import type { Progress } from '../../main/common/schemas.ts'
import { resultOf } from '../../main/common/resultOf.ts'
import { client } from '../client.ts'
import { complain, explain, useNotices, type ShownRefusal } from './notices.ts'
import { loadRuns } from './runs.ts'

interface RunImport {
  /** Whether its dialog is open; the import goes on without it. */
  open: boolean
  path: string
  looking: boolean
  look: SourceLook | null
  /** Of a table of metrics, as guessed and changed since. */
  reading: TableReading | null
  /** Null while nothing is read. */
  progress: Progress | null
  imported: Imported | null
  refusal: ShownRefusal | null
}

const nothing = { looking: false, look: null, reading: null, progress: null, imported: null, refusal: null }

export const useRunImport = create<RunImport>(() => ({ open: false, path: '', ...nothing }))

/** Of the import that runs. */
let abort: AbortController | null = null

/** With what was under way, or from the beginning. */
export function openRunImport(): void {
  useRunImport.setState(abort ? { open: true } : { open: true, path: '', ...nothing })
}

export const closeRunImport = (): void => useRunImport.setState({ open: false })

export const setImportPath = (path: string): void => useRunImport.setState({ path })

export const backToPath = (): void => useRunImport.setState(nothing)

/** Asks what a path is, in the dialog. */
export async function lookAtRuns(path: string): Promise<void> {
  if (path === '' || abort) return
  useRunImport.setState({ ...nothing, open: true, path, looking: true })
  // Another path may have been given meanwhile.
  const isWanted = (): boolean => useRunImport.getState().looking && useRunImport.getState().path === path
  try {
    const look = await client.exchange.look({ path })
    if (isWanted()) useRunImport.setState({ looking: false, look, reading: look.table?.reading ?? null })
  } catch (error) {
    if (isWanted()) useRunImport.setState({ looking: false, refusal: explain(error) })
  }
}

/** Another column for a role; a column has one role. */
export function changeReading(part: Partial<TableReading>): void {
  useRunImport.setState(({ reading }) => ({ reading: reading && { ...reading, ...part }, refusal: null }))
}

export const cancelRunImport = (): void => abort?.abort()

/** @param again also runs that are here already */
export async function importRuns(again: boolean): Promise<void> {
  const { path, reading } = useRunImport.getState()
  if (abort) return
  const controller = new AbortController()
  abort = controller
  useRunImport.setState({ progress: { done: 0, total: 0, note: 'Starting' }, imported: null, refusal: null })
  try {
    const stream = await client.exchange.import({ path, reading, again }, { signal: controller.signal })
    const imported = await resultOf(stream, (progress) => useRunImport.setState({ progress }))
    await loadRuns()
    finished(imported)
  } catch (error) {
    if (!controller.signal.aborted) failed(error)
  }
  abort = null
  useRunImport.setState({ progress: null })
}

function finished(imported: Imported): void {
  useRunImport.setState({ imported })
  if (useRunImport.getState().open) return
  const what = `Imported: ${importedWords(imported)}`
  useNotices
    .getState()
    .add({ tone: 'ok', code: 'exchange/imported', what, mend: imported.notes[0] ?? '', detail: '' })
}

function failed(error: unknown): void {
  if (useRunImport.getState().open) useRunImport.setState({ refusal: explain(error) })
  else complain(error)
}
