/** Runs being exported: which, into what, how far it is, and what came of it. */
import { create } from 'zustand'
import type { Exported, ExportFormat, KeptCheckpoints } from '../../main/common/exchange/exchange.ts'
import { fileStem } from '../../main/common/export/export.ts'
import { exportedWords } from '../../main/common/exchange/words.ts'
import { resultOf } from '../../main/common/resultOf.ts'
import type { Progress, Run } from '../../main/common/schemas.ts'
import { client } from '../client.ts'
import { complain, explain, useNotices, type ShownRefusal } from './notices.ts'

interface RunExport {
  /** Whether its dialog is open; the export goes on without it. */
  open: boolean
  format: ExportFormat
  runs: readonly Pick<Run, 'id' | 'name'>[]
  /** Kept for the next export. */
  folder: string
  /** With its ending. */
  name: string
  checkpoints: KeptCheckpoints
  progress: Progress | null
  exported: Exported | null
  refusal: ShownRefusal | null
}

const nothing = { progress: null, exported: null, refusal: null }

export const useRunExport = create<RunExport>(() => ({
  open: false,
  format: 'archive',
  runs: [],
  folder: '',
  name: '',
  checkpoints: 'best',
  ...nothing,
}))

const endings: Record<ExportFormat, string> = {
  archive: '.tapedeck',
  csv: '.csv',
  json: '.json',
  report: '.md',
}

let abort: AbortController | null = null

/** With the export that is under way, or a new one. */
export async function openRunExport(format: ExportFormat, runs: RunExport['runs']): Promise<void> {
  if (abort) return useRunExport.setState({ open: true })
  useRunExport.setState({ open: true, format, runs, name: nameOf(format, runs), ...nothing })
  if (useRunExport.getState().folder !== '') return
  try {
    const { path } = await client.data.browse({ path: null })
    useRunExport.setState(({ folder }) => ({ folder: folder || path }))
  } catch (error) {
    complain(error)
  }
}

/** `Digits-MLP-on-digits.tapedeck`, `comparison-of-3-runs.md`. */
function nameOf(format: ExportFormat, runs: RunExport['runs']): string {
  const [only] = runs
  const many = format === 'report' ? `comparison-of-${runs.length}-runs` : `${runs.length}-runs`
  return `${only && runs.length === 1 ? fileStem(only.name) : many}${endings[format]}`
}

export const changeExport = (part: Partial<Pick<RunExport, 'folder' | 'name' | 'checkpoints'>>): void =>
  useRunExport.setState({ ...part, refusal: null })

export const closeRunExport = (): void => useRunExport.setState({ open: false })

export const cancelRunExport = (): void => abort?.abort()

/** As the machine that Tapedeck runs on writes paths. */
const joined = (folder: string, name: string): string => {
  const separator = folder.includes('\\') ? '\\' : '/'
  return `${folder.replace(/[/\\]+$/, '')}${separator}${name.trim()}`
}

/** @param replace what is there already is written over */
export async function exportRuns(replace: boolean): Promise<void> {
  const { format, runs, folder, name, checkpoints } = useRunExport.getState()
  if (abort) return
  const controller = new AbortController()
  abort = controller
  useRunExport.setState({ progress: { done: 0, total: 0, note: 'Starting' }, exported: null, refusal: null })
  const request = {
    runIds: runs.map(({ id }) => id),
    path: joined(folder, name),
    format,
    checkpoints,
    replace,
  }
  try {
    const stream = await client.exchange.export(request, { signal: controller.signal })
    finished(await resultOf(stream, (progress) => useRunExport.setState({ progress })))
  } catch (error) {
    if (!controller.signal.aborted) failed(error)
  }
  abort = null
  useRunExport.setState({ progress: null })
}

function finished(exported: Exported): void {
  useRunExport.setState({ exported })
  if (useRunExport.getState().open) return
  const what = `Written to ${exported.path}: ${exportedWords(exported)}.`
  useNotices.getState().add({ tone: 'ok', code: 'exchange/exported', what, mend: '', detail: '' })
}

function failed(error: unknown): void {
  if (useRunExport.getState().open) useRunExport.setState({ refusal: explain(error) })
  else complain(error)
}
