/** The list of runs, as new as the last change; which are ticked. */
import { create } from 'zustand'
import type { Run } from '../../main/common/schemas.ts'
import { client } from '../client.ts'
import { pullRuns } from './runChanges.ts'
import { complain } from './notices.ts'

interface Runs {
  /** Newest first; null until it has been read. */
  list: Run[] | null
  /** Ticked for comparison, by id. */
  ticked: ReadonlySet<number>
  /** The run under the pointer, in the table or on a chart: its line stands out and its row too. */
  hovered: number | null
  /** Chosen by brushing a plot: the table shows only these; null where nothing is brushed. */
  brushed: ReadonlySet<number> | null
}

export const useRuns = create<Runs>(() => ({
  list: null,
  ticked: new Set(),
  hovered: null,
  brushed: null,
}))

export async function loadRuns(): Promise<void> {
  try {
    await pullRuns((list, whole) => {
      const known = new Set(list.map((run) => run.id))
      const still = (ids: ReadonlySet<number>): ReadonlySet<number> =>
        whole ? new Set([...ids].filter((id) => known.has(id))) : ids
      useRuns.setState(({ ticked, brushed }) => ({
        list,
        ticked: still(ticked),
        brushed: brushed && still(brushed),
      }))
    })
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

export const hover = (runId: number | null): void => useRuns.setState({ hovered: runId })

export const brush = (runIds: Iterable<number> | null): void =>
  useRuns.setState({ brushed: runIds === null ? null : new Set(runIds) })

export async function renameRun(runId: number, name: string): Promise<void> {
  await client.runs.rename({ runId, name }).catch(complain)
  await loadRuns()
}

export async function removeRun(runId: number): Promise<void> {
  await client.runs.remove({ runId }).catch(complain)
  await loadRuns()
}
