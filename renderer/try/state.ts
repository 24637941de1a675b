/** Which weights the Try page asks, and what it gives them. */
import { create } from 'zustand'
import type { Explain, Given, Subject } from '../../main/common/predict/subject.ts'
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

/** What was given stays, so that runs are compared on the same input; a sample is one of its own data set. */
export const askRun = (runId: number | null, checkpointId: number | null = null): void =>
  useTry.setState(({ given }) => ({
    runId,
    checkpointId,
    given: given?.value.kind === 'sample' ? null : given,
    output: null,
  }))

/** What is given as far as a network can read it: an input of another kind is none, and so is a column that it lacks. */
export function readable(given: Try['given'], { input }: Subject): Try['given'] {
  if (!given || given.value.kind === 'sample') return given
  if (given.value.kind !== input.kind) return null
  if (given.value.kind !== 'row' || input.kind !== 'row') return given
  const { cells } = given.value
  const known = input.cells.flatMap(({ name }) =>
    Object.hasOwn(cells, name) ? [[name, cells[name] ?? null] as const] : [],
  )
  return { ...given, value: { kind: 'row', cells: Object.fromEntries(known) } }
}

/** The run that is asked; null where no run of this workspace has weights. */
export function useAskedRun(): number | null {
  const chosen = useTry((s) => s.runId)
  return useRuns(({ list }) => {
    const own = list?.filter(({ config, weightsSha256 }) => config !== null && weightsSha256 !== null) ?? []
    return (own.find(({ id }) => id === chosen) ?? own[0])?.id ?? null
  })
}
