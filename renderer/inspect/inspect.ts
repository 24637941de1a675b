/** Which run and which layer the Inspect page shows, and what it reads of them. */
import { useMemo } from 'react'
import { create } from 'zustand'
import type { Figure, Histogram, Part } from '../../main/common/health/figures.ts'
import { ruleFigures } from '../../main/common/health/rules/index.ts'
import { client } from '../client.ts'
import { useLive } from '../state/live.ts'
import { useRuns } from '../state/runs.ts'
import { useAnswer } from '../state/useAnswer.ts'
import { shownFigures } from './scale.ts'

interface Inspect {
  /** Chosen by a person; null follows the run in training, or the newest one. */
  runId: number | null
  nodeId: string | null
  /** Whether the page of that layer is open. */
  open: boolean
}
export const useInspect = create<Inspect>(() => ({ runId: null, nodeId: null, open: false }))
export const chooseRun = (runId: number | null): void =>
  useInspect.setState({ runId, nodeId: null, open: false })
export const chooseLayer = (nodeId: string): void => useInspect.setState({ nodeId })
export const openLayer = (nodeId: string): void => useInspect.setState({ nodeId, open: true })
export const closeLayer = (): void => useInspect.setState({ open: false })

/** The run that is shown; null when there is none at all. */
export function useShownRun(): number | null {
  const chosen = useInspect((s) => s.runId)
  const live = useLive((s) => s.live?.runId ?? null)
  const newest = useRuns((s) => s.list?.[0]?.id ?? null)
  const known = useRuns((s) => chosen !== null && (s.list?.some(({ id }) => id === chosen) ?? false))
  return known ? chosen : (live ?? newest)
}

/** Cells of the heat map across; more cannot be told apart. */
export const mapColumns = 240
/** Everything that the map and the rules read over time. */
export const mapFigures: readonly Figure[] = [...new Set([...shownFigures, ...ruleFigures])]

export function useHistograms(
  runId: number | null,
  nodeId: string | null,
  part: Part,
  most: number,
  revision: number,
): { total: number; histograms: Histogram[] } | null {
  const question = useMemo(
    () =>
      runId === null || nodeId === null
        ? null
        : {
            key: `histograms ${runId} ${nodeId} ${part} ${most}`,
            ask: () => client.runs.histograms({ runId, nodeId, part, most }),
          },
    [runId, nodeId, part, most],
  )
  const answer = useAnswer(question, revision, 700)
  return answer !== null && answer.key === question?.key ? answer.value : null
}
