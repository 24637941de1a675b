/** Which run and which layer the Inspect page shows, and what it reads of them. */
import { useMemo } from 'react'
import { create } from 'zustand'
import type { Figure, HealthHistory, Histogram, Part } from '../../main/common/health/figures.ts'
import { assess } from '../../main/common/health/rules/index.ts'
import type { Verdict } from '../../main/common/health/rule.ts'
import { metrics, type Series } from '../../main/common/schemas.ts'
import { client } from '../client.ts'
import { useSeries } from '../charts/useSeries.ts'
import { useLive } from '../state/live.ts'
import { usePreferences } from '../state/preferences.ts'
import { useRuns } from '../state/runs.ts'
import { useAnswer } from '../state/useAnswer.ts'
import { shownFigures } from './scale.ts'

interface Inspect {
  /** Chosen by a person; null follows the run in training, or the newest one. */
  runId: number | null
  nodeId: string | null
}
export const useInspect = create<Inspect>(() => ({ runId: null, nodeId: null }))
export const chooseRun = (runId: number | null): void => useInspect.setState({ runId, nodeId: null })
export const chooseLayer = (nodeId: string): void => useInspect.setState({ nodeId })

/** The run that is shown; null when there is none at all. */
export function useShownRun(): number | null {
  const chosen = useInspect((s) => s.runId)
  const live = useLive((s) => s.live?.runId ?? null)
  const newest = useRuns((s) => s.list?.[0]?.id ?? null)
  const known = useRuns((s) => chosen !== null && (s.list?.some(({ id }) => id === chosen) ?? false))
  return known ? chosen : (live ?? newest)
}

/** Grows while the run trains: there is something new to read. */
export function useRevision(runId: number | null): number {
  return useLive((s) =>
    s.live?.runId === runId ? s.live.storedStep + (s.live.status === 'running' ? 0 : 0.5) : 0,
  )
}

/** Cells of the heat map across; more cannot be told apart. */
const columns = 240
/** Everything that the map and the rules read over time. */
const asked: Figure[] = [...shownFigures]

export function useHealth(runId: number | null, revision: number): HealthHistory | null {
  const question = useMemo(
    () =>
      runId === null
        ? null
        : {
            key: `health ${runId}`,
            ask: () =>
              client.runs.health({
                runId,
                figures: asked,
                maxColumns: columns,
                fromStep: null,
                toStep: null,
              }),
          },
    [runId],
  )
  const answer = useAnswer(question, revision, 700)
  return answer !== null && answer.key === question?.key ? answer.value : null
}

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

/** What the rules say of a run, the worst first; null until it has been read. */
export function useVerdicts(
  runId: number | null,
  health: HealthHistory | null,
  revision: number,
): Verdict[] | null {
  const thresholds = usePreferences((s) => s.thresholds)
  const query = useMemo(
    () => (runId === null ? null : { runIds: [runId], metrics: [metrics.batchLoss], maxBuckets: 100 }),
    [runId],
  )
  const series = useSeries(query, revision)
  return useMemo(
    () => (health === null ? null : assess({ ...health, loss: lossOf(series) }, thresholds)),
    [health, series, thresholds],
  )
}

const lossOf = (series: readonly Series[] | null): { step: number; mean: number }[] =>
  series?.[0]?.buckets.map(({ lastStep, mean }) => ({ step: lastStep, mean })) ?? []
