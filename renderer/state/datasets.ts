/** The imported data sets, and the one chosen for Build and Train. */
import { create } from 'zustand'
import type { Dataset, Refreshed } from '../../main/common/data/dataset.ts'
import type { Progress } from '../../main/common/schemas.ts'
import { resultOf } from '../../main/common/resultOf.ts'
import { client } from '../client.ts'
import { complain, explain, type ShownRefusal } from './notices.ts'
import { usePreferences } from './preferences.ts'

interface Datasets {
  /** Null until the list has been read. */
  list: Dataset[] | null
  /** The data set whose source is being read again. */
  refreshing: { datasetId: string; progress: Progress } | null
  /** What the last reading of a source changed, or why it could not be read; by the data set it is shown with. */
  refreshed: Readonly<Record<string, Refreshed['changes']>>
  refused: Readonly<Record<string, ShownRefusal>>
}

export const useDatasets = create<Datasets>(() => ({
  list: null,
  refreshing: null,
  refreshed: {},
  refused: {},
}))

export async function loadDatasets(): Promise<void> {
  try {
    const list = await client.data.list()
    useDatasets.setState({ list })
    // The newest one is what a person means when none is chosen.
    const [newest] = list
    if (newest && !chosenDataset()) chooseDataset(newest.id)
  } catch (error) {
    complain(error)
  }
}

/** The data set that Build and Train use; null when none is chosen or it is gone. */
export function useChosenDataset(): Dataset | null {
  const id = usePreferences((s) => s.datasetId)
  return useDatasets((s) => s.list?.find((dataset) => dataset.id === id) ?? null)
}

export function chosenDataset(): Dataset | null {
  const id = usePreferences.getState().datasetId
  return useDatasets.getState().list?.find((dataset) => dataset.id === id) ?? null
}

export function chooseDataset(id: string | null): void {
  usePreferences.getState().set({ datasetId: id })
}

export async function removeDataset(id: string): Promise<void> {
  try {
    await client.data.remove({ datasetId: id })
    if (usePreferences.getState().datasetId === id) chooseDataset(null)
  } catch (error) {
    complain(error)
  }
  await loadDatasets()
}

export async function renameDataset(id: string, name: string): Promise<void> {
  await client.data.rename({ datasetId: id, name }).catch(complain)
  await loadDatasets()
}

let abort: AbortController | null = null

export const cancelRefresh = (): void => abort?.abort()

/** Reads the source again. What changed becomes a data set of its own, which takes the place of the one looked at. */
export async function refreshDataset(id: string): Promise<void> {
  if (abort) return
  const controller = new AbortController()
  abort = controller
  const report = (progress: Progress): void =>
    useDatasets.setState({ refreshing: { datasetId: id, progress } })
  report({ done: 0, total: 0, note: 'Starting' })
  forget(id)
  try {
    const stream = await client.data.refresh({ datasetId: id }, { signal: controller.signal })
    const { dataset, changes } = await resultOf(stream, report)
    await loadDatasets()
    useDatasets.setState((s) => ({ refreshed: { ...s.refreshed, [dataset.id]: changes } }))
    if (usePreferences.getState().datasetId === id) chooseDataset(dataset.id)
  } catch (error) {
    const refusal = controller.signal.aborted ? null : explain(error)
    if (refusal) useDatasets.setState((s) => ({ refused: { ...s.refused, [id]: refusal } }))
  }
  abort = null
  useDatasets.setState({ refreshing: null })
}

/** What was said about reading a source again has been read. */
export function forget(id: string): void {
  const without = <T>(said: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(said).filter(([key]) => key !== id))
  useDatasets.setState((s) => ({ refreshed: without(s.refreshed), refused: without(s.refused) }))
}
