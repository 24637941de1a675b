/** The list of runs, as new as the last change; which are ticked. */
import { create } from 'zustand'
import type { Run } from '../../main/common/schemas.ts'
import { client } from '../client.ts'
import { pullRuns } from './runChanges.ts'
import { complain, useNotices } from './notices.ts'

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

/** Of some runs, all on or all off. */
export function tickMany(runIds: Iterable<number>, on: boolean): void {
  useRuns.setState((s) => {
    const ticked = new Set(s.ticked)
    for (const id of runIds)
      if (on) ticked.add(id)
      else ticked.delete(id)
    return { ticked }
  })
}

/** What a person says of runs; what is left out stays. */
export interface Said {
  addTags?: string[]
  removeTags?: string[]
  note?: string
  group?: string | null
}

const change = async (work: Promise<unknown>): Promise<void> => {
  await work.catch(complain)
  await loadRuns()
}

export const renameRun = (runId: number, name: string): Promise<void> =>
  change(client.runs.rename({ runId, name }))

export const annotateRuns = (runIds: number[], said: Said): Promise<void> =>
  change(client.runs.annotate({ runIds, ...said }))

export const restoreRuns = (runIds: number[]): Promise<void> => change(client.runs.restore({ runIds }))

/** Says so, and offers to undo it. */
export async function binRuns(runIds: number[]): Promise<void> {
  try {
    await client.runs.bin({ runIds })
    useNotices.getState().add({
      tone: 'ok',
      code: 'runs/binned',
      what: runIds.length === 1 ? `Run ${runIds[0]} is in the bin.` : `${runIds.length} runs are in the bin.`,
      mend: '',
      detail: '',
      action: { label: 'Undo', run: () => void restoreRuns(runIds) },
    })
  } catch (error) {
    complain(error)
  }
  await loadRuns()
}
