/** What probes measured of a run and what the rules say of it, kept fresh while it trains. */
import { useMemo } from 'react'
import type { Figure, HealthHistory } from '../../main/common/health/figures.ts'
import { baselineOf } from '../../main/common/health/baseline.ts'
import { curvesOf, ruleMetrics } from '../../main/common/health/curves.ts'
import { assess } from '../../main/common/health/rules/index.ts'
import type { Verdict } from '../../main/common/health/rule.ts'
import type { OwnRun } from '../../main/common/ownRun.ts'
import { useSeries } from '../charts/useSeries.ts'
import { client } from '../client.ts'
import { useDatasets } from './datasets.ts'
import { useLive } from './live.ts'
import { usePreferences } from './preferences.ts'
import { useAnswer } from './useAnswer.ts'

/** Milliseconds between two readings. */
const pause = 700

/** Grows while the run trains: there is something new to read. */
export const useRevision = (runId: number | null): number =>
  useLive(({ live }) =>
    live?.runId === runId && live !== null ? live.storedStep + (live.status === 'running' ? 0 : 0.5) : 0,
  )

/**
 * @param figures wanted over time; those of the last probe come anyway. One and the same array at every drawing.
 * @param columns at most so many points in time
 */
export function useHealth(
  runId: number | null,
  revision: number,
  figures: readonly Figure[],
  columns: number,
): HealthHistory | null {
  const question = useMemo(
    () =>
      runId === null
        ? null
        : {
            key: `health ${runId} ${columns} ${figures.join()}`,
            ask: () =>
              client.runs.health({
                runId,
                figures: [...figures],
                maxColumns: columns,
                fromStep: null,
                toStep: null,
              }),
          },
    [runId, figures, columns],
  )
  const answer = useAnswer(question, revision, pause)
  return answer !== null && answer.key === question?.key ? answer.value : null
}

export interface Diagnosis {
  /** The worst first. */
  verdicts: Verdict[]
  /** Powers of ten that the learning rate has been lowered by. */
  rateLowered: number
}

/** What the rules say of a run; null until it has been read. */
export function useDiagnosis(
  run: OwnRun | null,
  health: HealthHistory | null,
  revision: number,
): Diagnosis | null {
  const thresholds = usePreferences((s) => s.thresholds)
  const runId = run?.id ?? null
  const dataset = useDatasets((s) => s.list?.find(({ id }) => id === run?.datasetId) ?? null)
  const baseline = useMemo(
    () => (dataset && run ? baselineOf(dataset, run.config, run.document) : null),
    [dataset, run],
  )
  const query = useMemo(
    () => (runId === null ? null : { runIds: [runId], metrics: ruleMetrics, maxBuckets: 100 }),
    [runId],
  )
  const series = useSeries(query, revision)
  return useMemo(() => {
    if (health === null) return null
    const curves = curvesOf(series ?? [])
    const verdicts = assess({ ...health, ...curves, baseline }, thresholds)
    return { verdicts, rateLowered: curves.rateLowered }
  }, [health, series, baseline, thresholds])
}
