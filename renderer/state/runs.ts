/** The list of runs, read again when a run starts or ends. */
import { create } from 'zustand'
import type { Run } from '../../main/common/schemas.ts'
import { client } from '../client.ts'
import { complain } from './notices.ts'

interface Runs {
  /** Newest first; null until it has been read. */
  list: Run[] | null
  /** Ticked for comparison, by id. */
  ticked: ReadonlySet<number>
}

export const useRuns = create<Runs>(() => ({ list: null, ticked: new Set() }))

export async function loadRuns(): Promise<void> {
  try {
    const list = await client.runs.list()
    const known = new Set(list.map((run) => run.id))
    useRuns.setState((s) => ({ list, ticked: new Set([...s.ticked].filter((id) => known.has(id))) }))
  } catch (error) {
    complain(error)
  }
}

export function tick(runId: number, on: boolean): void {
  useRuns.setState((s) => {
    const ticked = new Set(s.ticked)
    if (on) ticked.add(runId)
    else ticked.delete(runId)
    return { ticked }
  })
}

export const tickOnly = (runIds: readonly number[]): void => useRuns.setState({ ticked: new Set(runIds) })

export async function renameRun(runId: number, name: string): Promise<void> {
  await client.runs.rename({ runId, name }).catch(complain)
  await loadRuns()
}

export async function removeRun(runId: number): Promise<void> {
  await client.runs.remove({ runId }).catch(complain)
  await loadRuns()
}
