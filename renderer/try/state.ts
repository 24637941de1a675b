/** Which weights the Try page asks, and what it gives them. */
import { create } from 'zustand'
import type { Explain, Given } from '../../main/common/predict/subject.ts'
import { useRuns } from '../state/runs.ts'

interface Try {
  place: 'ask' | 'evaluate'
  /** Chosen by a person; null is the newest run that keeps weights. */
  runId: number | null
  /** Null is the newest checkpoint. */
  checkpointId: number | null
  /** What is given, counted up with every change; null while there is nothing. */
  given: { number: number; value: Given; drawn: boolean } | null
  method: Explain['method'] | null
  /** The class that is explained; null for the answer. */
  output: number | null
}

export const useTry = create<Try>(() => ({
  place: 'ask',
  runId: null,
  checkpointId: null,
  given: null,
  method: 'gradient',
  output: null,
}))

let numbers = 0

/** Null takes it away. @param drawn whether it was drawn here: nobody asks what became of its file */
export const give = (value: Given | null, drawn = false): void =>
  useTry.setState({ given: value && { number: ++numbers, value, drawn }, output: null })

export const askRun = (runId: number | null, checkpointId: number | null = null): void =>
  useTry.setState({ runId, checkpointId, given: null, output: null })

/** The run that is asked; null where no run of this workspace has weights. */
export function useAskedRun(): number | null {
  const chosen = useTry((s) => s.runId)
  return useRuns(({ list }) => {
    const own = list?.filter(({ config, weightsSha256 }) => config !== null && weightsSha256 !== null) ?? []
    return (own.find(({ id }) => id === chosen) ?? own[0])?.id ?? null
  })
}
