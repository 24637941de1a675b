/** What a report says of some runs, read from a snapshot of the workspace. */
import { dataWords, runSettings, type SettingRow } from './settings.ts'
import type { Dataset } from '../../common/data/dataset.ts'
import { metrics as known, type Bucket, type RunDetail } from '../../common/schemas.ts'
import type { Store } from '../../store/index.ts'

export interface ReportContent {
  runs: RunDetail[]
  settings: SettingRow[]
  /** A sentence where the runs saw different data; null where they did not. */
  warning: string | null
  metrics: { name: string; lines: { runId: number; name: string; total: number; buckets: Bucket[] }[] }[]
  /** Runs that differ in their seed alone, or share a group. */
  replicates: { name: string; runs: RunDetail[] }[]
  /** Those that are still in the workspace. */
  datasets: Dataset[]
}

const maxBuckets = 600
const mostCharts = 6

/** Told first, where runs have them. */
const telling = [
  known.valLoss,
  known.valAccuracy,
  known.valMacroF1,
  known.valError,
  known.valPerplexity,
  known.trainLoss,
  known.trainAccuracy,
  known.batchLoss,
] as const

/** @param metrics null: chosen by what the runs have */
export function reportContent(
  store: Store,
  runIds: readonly number[],
  metrics: readonly string[] | null,
): ReportContent {
  const runs = [...new Set(runIds)].map((id) => store.runs.get(id))
  const names = metrics ?? chosenMetrics(runs)
  return {
    runs,
    settings: runSettings(runs),
    warning: dataWords(runs),
    metrics: names.map((name) => ({
      name,
      lines: store.metrics
        .series({
          runIds: runs.map(({ id }) => id),
          metrics: [name],
          maxBuckets,
          fromStep: null,
          toStep: null,
        })
        .map(({ runId, total, buckets }) => ({
          runId,
          name: runs.find(({ id }) => id === runId)?.name ?? '',
          total,
          buckets,
        })),
    })),
    replicates: replicatesOf(runs),
    datasets: store.datasets.list().filter(({ id }) => runs.some(({ datasetId }) => datasetId === id)),
  }
}

function chosenMetrics(runs: readonly RunDetail[]): string[] {
  const counts = new Map<string, number>()
  for (const { summaries } of runs)
    for (const name of Object.keys(summaries)) counts.set(name, (counts.get(name) ?? 0) + 1)
  const own = telling.filter((name) => counts.has(name))
  // Of runs of other tools those that most of them have.
  const rank = (name: string): number => (/loss|acc|f1|mae|error/i.test(name) ? 1 : 0)
  const others = [...counts.keys()]
    .filter(
      (name) => !(telling as readonly string[]).includes(name) && !/^(time|speed|memory|step)\//.test(name),
    )
    .sort((a, b) => counts.get(b)! - counts.get(a)! || rank(b) - rank(a) || a.localeCompare(b))
  const foreign = runs.some(({ config }) => config === null)
  return [...own, ...(foreign ? others : [])].slice(0, mostCharts)
}

function replicatesOf(runs: readonly RunDetail[]): ReportContent['replicates'] {
  const groups = new Map<string, RunDetail[]>()
  for (const run of runs) {
    const { group, config, datasetId, architecture } = run
    if (group === null && config === null) continue
    const key = group ?? JSON.stringify([{ ...config, seed: 0 }, datasetId, architecture])
    groups.set(key, [...(groups.get(key) ?? []), run])
  }
  return [...groups.values()]
    .filter((members) => members.length > 1)
    .map((members) => ({
      name: members[0]!.group ?? `${members[0]!.name}, ${members.length} seeds`,
      runs: members,
    }))
}
