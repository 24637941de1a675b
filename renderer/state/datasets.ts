/** The imported data sets, and the one chosen for Build and Train. */
import { create } from 'zustand'
import type { Dataset } from '../../main/common/schemas.ts'
import { client } from '../client.ts'
import { complain } from './notices.ts'
import { usePreferences } from './preferences.ts'

interface Datasets {
  /** Null until the list has been read. */
  list: Dataset[] | null
}

export const useDatasets = create<Datasets>(() => ({ list: null }))

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
