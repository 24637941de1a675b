/** Keeps which runs are ticked over restarts, for each workspace, by id. */
import { create } from 'zustand'
import { useApp } from './app.ts'
import { loadRuns, useRuns } from './runs.ts'

/** `kept`: whether ticks of an earlier start were found; null until that is known. */
export const useKeptTicks = create<{ kept: boolean | null }>(() => ({ kept: null }))

const keyOf = (workspace: string): string => `tapedeck-ticked ${workspace}`

/** Those that were written; null where nothing was, or nothing that can be read. */
export function readTicks(text: string | null): number[] | null {
  try {
    const ids: unknown = JSON.parse(text ?? 'null')
    return Array.isArray(ids) ? ids.filter((id): id is number => Number.isInteger(id)) : null
  } catch {
    return null
  }
}

export function keepTicked(): void {
  let workspace: string | null = null
  let written = '[]'
  const open = (now: string | undefined): void => {
    if (now === undefined || now === workspace) return
    workspace = now
    const ids = readTicks(localStorage.getItem(keyOf(now)))
    written = JSON.stringify(ids ?? [])
    useRuns.setState(({ ticked }) => ({ ticked: new Set([...ticked, ...(ids ?? [])]) }))
    useKeptTicks.setState({ kept: ids !== null })
    // Lets go of runs that are gone.
    if (ids !== null) void loadRuns()
  }
  useApp.subscribe(({ info }) => open(info?.workspace))
  open(useApp.getState().info?.workspace)
  useRuns.subscribe(({ ticked }, before) => {
    if (workspace === null || ticked === before.ticked) return
    const text = JSON.stringify([...ticked])
    if (text === written) return
    written = text
    try {
      localStorage.setItem(keyOf(workspace), text)
    } catch {
      // A full storage costs no more than the memory of ticks.
    }
  })
}
