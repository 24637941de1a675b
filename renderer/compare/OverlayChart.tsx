/** One metric of the ticked runs, over steps, epochs or time. */
import { ActionIcon, Checkbox, SegmentedControl, Select, Tooltip } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconZoomReset } from '@tabler/icons-react'
import { useCallback, useMemo, useState } from 'react'
import { metrics, type Run } from '../../main/common/schemas.ts'
import { LineChart } from '../charts/LineChart.tsx'
import { runColour, runDash } from '../charts/series.ts'
import { SmoothingControl } from '../charts/SmoothingControl.tsx'
import { statePoints, trace } from '../charts/trace.ts'
import { useSeries } from '../charts/useSeries.ts'
import type { Zoom } from '../charts/zoom.ts'
import { useLive } from '../state/live.ts'
import { usePreferences } from '../state/preferences.ts'
import { useRuns } from '../state/runs.ts'
import { Card } from '../ui/Card.tsx'
import { counted, measure, share } from '../ui/format.ts'

const usual: readonly string[] = [
  metrics.valLoss,
  metrics.valAccuracy,
  metrics.trainLoss,
  metrics.trainAccuracy,
  metrics.batchLoss,
  metrics.batchAccuracy,
]
const unit = [0, 1] as const

export function OverlayChart({ runs }: { runs: readonly Run[] }) {
  const ticked = useRuns((s) => s.ticked)
  const { compareMetric, compareX, compareLog, smoothing, set } = usePreferences()
  const storedStep = useLive((s) => (s.live && ticked.has(s.live.runId) ? s.live.storedStep : 0))
  const [width, setWidth] = useState(0)
  const onWidth = useCallback((pixels: number) => setWidth(Math.ceil(pixels / 50) * 50), [])

  const chosen = useMemo(() => runs.filter((run) => ticked.has(run.id)), [runs, ticked])
  const offered = useMemo(() => {
    const more = new Set(chosen.flatMap((run) => Object.keys(run.summaries)))
    return [...usual, ...[...more].filter((name) => !usual.includes(name)).sort()]
  }, [chosen])
  const metric = offered.includes(compareMetric) ? compareMetric : metrics.valLoss

  const ids = chosen.map((run) => run.id).join(' ')
  const [zoom, setZoom] = useState<Zoom>(null)
  // A zoom is read once it stands still.
  const [range] = useDebouncedValue(zoom, 120)
  const full = Math.max(0, ...chosen.map((run) => run.steps))
  const query = useMemo(
    () =>
      ids === '' || width === 0
        ? null
        : { runIds: ids.split(' ').map(Number), metrics: [metric], maxBuckets: width, zoom: range },
    [ids, metric, width, range],
  )
  const series = useSeries(query, storedStep)
  const accuracy = metric.endsWith('/accuracy')

  const traces = useMemo(
    () =>
      (series ?? []).flatMap((one) => {
        const run = chosen.find((r) => r.id === one.runId)
        if (!run || one.buckets.length === 0) return []
        const look = {
          label: `${run.id}  ${run.name}`,
          endLabel: `run ${run.id}`,
          colour: runColour(run.id),
          dash: runDash(run.id),
        }
        return [trace(one, { ...look, smoothing, x: compareX })]
      }),
    [series, chosen, smoothing, compareX],
  )
  const runsDrawn =
    traces.length === chosen.length
      ? counted(chosen.length, 'run')
      : `${traces.length} of ${counted(chosen.length, 'run')}`
  return (
    <Card
      title={
        <Select
          aria-label="Metric"
          w={168}
          data={offered}
          value={metric}
          onChange={(value) => value && set({ compareMetric: value })}
        />
      }
      note={chosen.length === 0 ? '' : `${runsDrawn} · ${statePoints(series ?? [])}`}
      controls={
        <>
          {zoom && (
            <Tooltip label="Show the whole runs (double click, or 0)">
              <ActionIcon aria-label="Show the whole runs" onClick={() => setZoom(null)}>
                <IconZoomReset size={16} />
              </ActionIcon>
            </Tooltip>
          )}
          <SmoothingControl />
          <SegmentedControl
            aria-label="Horizontal axis"
            value={compareX}
            data={[
              { value: 'step', label: 'step' },
              { value: 'epoch', label: 'epoch' },
              { value: 'time', label: 'time' },
            ]}
            onChange={(value) => set({ compareX: value })}
          />
          <Checkbox
            label="log y"
            checked={compareLog}
            onChange={(event) => set({ compareLog: event.currentTarget.checked })}
          />
        </>
      }
    >
      <LineChart
        label={`${metric} of ${counted(chosen.length, 'run')}`}
        testId="compare-chart"
        traces={traces}
        xQuantity={compareX}
        log={compareLog}
        zoom={zoom}
        full={full}
        onZoom={setZoom}
        {...(accuracy ? { bounds: unit } : {})}
        format={accuracy ? share : measure}
        onWidth={onWidth}
        empty={
          chosen.length === 0
            ? 'Tick runs in the table to draw them here.'
            : series === null
              ? ''
              : `No ticked run has logged ${metric}.`
        }
      />
    </Card>
  )
}
