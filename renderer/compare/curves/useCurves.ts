/** The curves of some runs, read from the store as they are needed; more of them where the view is zoomed in. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Run } from '../../../main/common/schemas.ts'
import { client } from '../../client.ts'
import { useDatasets } from '../../state/datasets.ts'
import { useLive } from '../../state/live.ts'
import { complain } from '../../state/notices.ts'
import type { CompareX, CurveSmoothing } from '../../state/preferences.ts'
import { hasEpochs, lowerBound, positions } from './axis.ts'
import { curveOf, type Curve } from './curve.ts'
import { CurveLoader, keyOf, type Held } from './data/loader.ts'
import { groupCurve, groupRuns } from './groups.ts'
import type { View } from './view.ts'

export interface CurvesWanted {
  runs: readonly Run[]
  metrics: readonly string[]
  /** Pixels of the widest plot. */
  buckets: number
  view: View
  x: CompareX
  smoothing: CurveSmoothing
  /** How runs that belong together are drawn as one; null: each for itself. */
  band: 'std' | 'range' | null
}

export interface Curves {
  /** By metric. */
  byMetric: ReadonlyMap<string, readonly Curve[]>
  /** Nothing has been read of some of them yet. */
  waiting: boolean
  /** Everything that is wanted has been read. */
  settled: boolean
  /** Runs that have points, but none on this axis. */
  homeless: number
  /** How many of the lines of the runs have epochs. */
  epochs: 'all' | 'some' | 'none'
}

export function useCurves({ runs, metrics, buckets, view, x, smoothing, band }: CurvesWanted): Curves {
  const [held, setHeld] = useState<ReadonlyMap<string, Held>>(new Map())
  const [busy, setBusy] = useState(false)
  const loader = useRef<CurveLoader | null>(null)
  const live = useLive((s) => s.live)
  const datasets = useDatasets((s) => s.list)
  const liveId = live?.runId ?? null
  const liveStep = live && runs.some(({ id }) => id === live.runId) ? live.storedStep : 0

  const counts = useMemo(() => new Map(datasets?.map(({ id, trainCount }) => [id, trainCount])), [datasets])
  const made = useRef(new WeakMap<Held, { key: string; curve: Curve | null }>())
  const build = useCallback(
    (run: Run, one: Held): Curve | null => {
      const trainCount = counts.get(run.datasetId) ?? null
      const key = JSON.stringify([x, smoothing, run.name, trainCount])
      const before = made.current.get(one)
      if (before?.key === key) return before.curve
      const curve = curveOf(run, one, x, smoothing, trainCount)
      made.current.set(one, { key, curve })
      return curve
    },
    [x, smoothing, counts],
  )
  // Made ready as they arrive, so that no drawing has to make all of them.
  const latest = useRef({ runs, build })
  useEffect(() => {
    latest.current = { runs, build }
  })

  useEffect(() => {
    const started = new CurveLoader(
      (query) => client.runs.series(query),
      () => {
        const { runs, build } = latest.current
        const byId = new Map(runs.map((run) => [run.id, run]))
        for (const one of started.held.values()) {
          const run = byId.get(one.runId)
          if (run) build(run, one)
        }
      },
      () => {
        setHeld(started.held)
        setBusy(started.busy)
      },
      complain,
    )
    loader.current = started
    return () => started.stop()
  }, [])

  useEffect(() => {
    const byId = new Map(runs.map((run) => [run.id, run]))
    const subjects = metrics.flatMap((metric) =>
      runs.map((run) => ({
        runId: run.id,
        metric,
        // Of a run that is followed, metrics of one step come one after another.
        revision:
          run.id === liveId
            ? Math.max(run.steps, liveStep)
            : run.steps + (run.origin ? (run.summaries[metric]?.count ?? 0) : 0),
      })),
    )
    loader.current?.want({
      subjects,
      buckets,
      stepsShown: ({ runId, whole }) => {
        const run = byId.get(runId)
        if (view === null || !run || !whole) return null
        const at = positions(whole.columns, x, run, counts.get(run.datasetId) ?? null)
        if (!at || at.length === 0) return null
        const last = at.length - 1
        const from = Math.max(0, lowerBound(at, view[0]) - 1)
        const to = Math.min(last, lowerBound(at, view[1]))
        if (view[1] < (at[0] as number) || view[0] > (at[last] as number)) return null
        return [whole.columns.step[from] as number, whole.columns.lastStep[to] as number]
      },
    })
  }, [runs, metrics, buckets, view, x, counts, liveId, liveStep])

  const shown = useRef<ReadonlyMap<string, readonly Curve[]>>(new Map())
  return useMemo(() => {
    let waiting = false
    let homeless = 0
    const epochs = { with: 0, without: 0 }
    const curve = (run: Run, metric: string): Curve[] => {
      const one = held.get(keyOf({ runId: run.id, metric }))
      if (!one?.whole) {
        waiting = true
        return []
      }
      if (one.whole.total > 0) epochs[hasEpochs(one.whole.columns) ? 'with' : 'without']++
      const found = build(run, one)
      if (!found && one.whole.total > 0) homeless++
      return found ? [found] : []
    }
    const byMetric = new Map<string, readonly Curve[]>(
      metrics.map((metric) => {
        if (band === null)
          return [
            metric,
            same(
              shown.current.get(metric),
              runs.flatMap((run) => curve(run, metric)),
            ),
          ]
        const grouped = groupRuns(runs).flatMap((group) => {
          const curves = group.runs.flatMap((run) => curve(run, metric))
          return curves.length > 1 ? [groupCurve(group, curves, band)] : curves
        })
        return [metric, grouped]
      }),
    )
    shown.current = byMetric
    return {
      ...{ byMetric, waiting, homeless },
      settled: !busy && !waiting,
      epochs: epochs.without === 0 ? 'all' : epochs.with === 0 ? 'none' : 'some',
    }
  }, [held, busy, runs, metrics, band, build])
}

/** The array from before where nothing in it is new: what is drawn of it need not be drawn again. */
const same = (before: readonly Curve[] | undefined, now: readonly Curve[]): readonly Curve[] =>
  before?.length === now.length && now.every((curve, i) => curve === before[i]) ? before : now
