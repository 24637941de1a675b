/** Loss and accuracy over the steps of a run, drawn from the store. */
import { Checkbox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useCallback, useMemo, useState } from 'react'
import type { OwnRun } from '../../main/common/ownRun.ts'
import { metrics, type Series } from '../../main/common/schemas.ts'
import { AxisControl } from '../charts/AxisControl.tsx'
import { LineChart } from '../charts/LineChart.tsx'
import { runColour, validationDash } from '../charts/series.ts'
import { SmoothingControl } from '../charts/SmoothingControl.tsx'
import { statePoints, trace, type Trace } from '../charts/trace.ts'
import { useSeries } from '../charts/useSeries.ts'
import { settled, useTrainZoom } from './zoom.ts'
import { useDatasets } from '../state/datasets.ts'
import { useLive } from '../state/live.ts'
import { usePreferences } from '../state/preferences.ts'
import { Card } from '../ui/Card.tsx'
import { measure, share } from '../ui/format.ts'
import { marksOf } from './marks.ts'
import classes from './TrainPage.module.css'

const drawn = [
  metrics.batchLoss,
  metrics.valLoss,
  metrics.batchAccuracy,
  metrics.valAccuracy,
  metrics.batchError,
  metrics.valError,
] as const
const unit = [0, 1] as const

export function ChartPair({ runId, detail }: { runId: number | null; detail: OwnRun | null }) {
  const storedStep = useLive((s) => s.live?.storedStep ?? 0)
  const status = useLive((s) => s.live?.status)
  const smoothing = usePreferences((s) => s.smoothing)
  const logLoss = usePreferences((s) => s.logLoss)
  const x = usePreferences((s) => s.trainX)
  const logX = usePreferences((s) => s.trainLogX)
  const setPreference = usePreferences((s) => s.set)
  const { zoom, onZoom } = useTrainZoom(runId)
  const [range] = useDebouncedValue(zoom, settled)
  const dataset = useDatasets((s) => s.list?.find((d) => d.id === detail?.datasetId))
  const regression = dataset?.task === 'regress'
  const choices = dataset?.task === 'next-token' ? dataset.vocabularySize : dataset?.classes.length
  const lossName = regression ? 'of normalised targets' : 'cross-entropy'
  const unitName = dataset?.targets.map(({ name }) => name).join(', ') ?? ''
  const [width, setWidth] = useState(0)
  // Rounded, so that dragging the window's edge does not ask anew for every pixel.
  const onWidth = useCallback((pixels: number) => setWidth(Math.ceil(pixels / 50) * 50), [])

  const query = useMemo(
    () =>
      runId === null || width === 0
        ? null
        : { runIds: [runId], metrics: drawn, maxBuckets: width, zoom: range },
    [runId, width, range],
  )
  const series = useSeries(query, storedStep + (status === 'running' ? 0 : 0.5))

  const traces = useMemo(() => {
    const one = (metric: string, label: string, dash: string): Trace[] => {
      const found = series?.find((s) => s.metric === metric)
      if (!found || found.buckets.length === 0) return []
      const smoothed = dash === '' ? smoothing : 0
      return [trace(found, { label, colour: runColour(runId ?? 1), dash, smoothing: smoothed, x })]
    }
    return {
      loss: [...one(metrics.batchLoss, 'train', ''), ...one(metrics.valLoss, 'validation', validationDash)],
      accuracy: [
        ...one(metrics.batchAccuracy, 'train', ''),
        ...one(metrics.valAccuracy, 'validation', validationDash),
      ],
      error: [
        ...one(metrics.batchError, 'train', ''),
        ...one(metrics.valError, 'validation', validationDash),
      ],
    }
  }, [series, smoothing, runId, x])

  const marks = useMemo(() => marksOf(detail?.events ?? []), [detail])
  const footMarks = useMemo(() => marks.map((mark) => ({ ...mark, foot: true })), [marks])
  const full = Math.max(storedStep, detail?.steps ?? 0)
  const waiting =
    runId === null
      ? 'Loss and accuracy of a run are drawn here while it trains.'
      : 'Waiting for the first steps…'
  const of = (...names: string[]): Series[] => series?.filter((s) => names.includes(s.metric)) ?? []

  return (
    <div className={classes.charts}>
      <Card
        title="Loss"
        note={
          runId === null
            ? lossName
            : `${lossName}${choices ? `, ${measure(Math.log(choices), 3)} by chance` : ''} · ${statePoints(of(metrics.batchLoss, metrics.valLoss))}`
        }
        controls={
          <>
            <SmoothingControl />
            <AxisControl zoomed={zoom !== null} onReset={() => onZoom(null)} />
            <Checkbox
              label="log y"
              checked={logLoss}
              onChange={(event) => setPreference({ logLoss: event.currentTarget.checked })}
            />
          </>
        }
      >
        <LineChart
          label="Loss by step"
          testId="loss-chart"
          traces={traces.loss}
          marks={marks}
          xQuantity={x}
          logX={logX}
          zoom={zoom}
          full={full}
          onZoom={onZoom}
          log={logLoss}
          format={measure}
          onWidth={onWidth}
          empty={waiting}
        />
      </Card>
      {regression ? (
        <Card
          title="Mean absolute error"
          note={`${unitName} · ${statePoints(of(metrics.batchError, metrics.valError))}`}
        >
          <LineChart
            label="Mean absolute error by step"
            testId="error-chart"
            traces={traces.error}
            marks={footMarks}
            xQuantity={x}
            logX={logX}
            zoom={zoom}
            full={full}
            onZoom={onZoom}
            log={false}
            format={measure}
            empty={waiting}
          />
        </Card>
      ) : (
        <Card
          title="Accuracy"
          note={
            runId === null
              ? 'share of samples named right'
              : `${dataset?.classes.length ? `${share(1 / dataset.classes.length)} by chance · ` : ''}${statePoints(of(metrics.batchAccuracy, metrics.valAccuracy))}`
          }
        >
          <LineChart
            label="Accuracy by step"
            testId="accuracy-chart"
            traces={traces.accuracy}
            marks={footMarks}
            xQuantity={x}
            logX={logX}
            zoom={zoom}
            full={full}
            onZoom={onZoom}
            log={false}
            bounds={unit}
            format={share}
            empty={runId === null ? '' : waiting}
          />
        </Card>
      )}
    </div>
  )
}
