/** Learning rate, gradient norm, speed, where a step goes and memory: a row of small charts under the large ones. */
import { useDebouncedValue } from '@mantine/hooks'
import { useMemo, type ReactNode } from 'react'
import { measured } from '../../main/common/settings.ts'
import { metrics } from '../../main/common/schemas.ts'
import { MiniChart } from '../charts/MiniChart.tsx'
import { trace, type Trace } from '../charts/trace.ts'
import { useSeries } from '../charts/useSeries.ts'
import { useLive } from '../state/live.ts'
import { usePreferences } from '../state/preferences.ts'
import { Card } from '../ui/Card.tsx'
import { bytes, measure, short } from '../ui/format.ts'
import { StepPhases } from './StepPhases.tsx'
import classes from './SmallCharts.module.css'
import { settled, useTrainZoom } from './zoom.ts'

const drawn = [
  metrics.learningRate,
  metrics.gradientNorm,
  metrics.samplesPerSecond,
  metrics.memoryActive,
  metrics.memoryPeak,
  metrics.timeData,
  metrics.timeForward,
  metrics.timeBackward,
  metrics.timeUpdate,
  metrics.timeRecorded,
] as const
/** A small chart has about so many pixels. */
const buckets = 200
/** Small charts are glanced at: milliseconds between two drawings. */
const pause = 1000

export function SmallCharts({ runId }: { runId: number }) {
  const storedStep = useLive((s) => s.live?.storedStep ?? 0)
  const status = useLive((s) => s.live?.status)
  const x = usePreferences((s) => s.trainX)
  const logX = usePreferences((s) => s.trainLogX)
  const { zoom, onZoom } = useTrainZoom(runId)
  const [range] = useDebouncedValue(zoom, settled)
  const query = useMemo(
    () => ({ runIds: [runId], metrics: drawn, maxBuckets: buckets, zoom: range }),
    [runId, range],
  )
  const series = useSeries(query, storedStep + (status === 'running' ? 0 : 0.5), pause)
  const traces = useMemo(() => {
    const of = (metric: string, label: string, colour: number, dash = ''): Trace[] => {
      const found = series?.find((one) => one.metric === metric)
      if (!found || found.buckets.length === 0) return []
      return [trace(found, { label, colour: `var(--td-series-${colour})`, dash, smoothing: 0, x })]
    }
    return {
      rate: of(metrics.learningRate, 'learning rate', 1),
      gradient: of(metrics.gradientNorm, 'gradient norm', 2),
      speed: of(metrics.samplesPerSecond, 'samples/s', 3),
      memory: [...of(metrics.memoryActive, 'held', 0), ...of(metrics.memoryPeak, 'peak', 0, '4 3')],
    }
  }, [series, x])

  const chart = (
    title: string,
    note: ReactNode,
    lines: readonly Trace[],
    format: (value: number) => string,
    log = false,
  ) => (
    <Card title={title} note={note} className={classes.card}>
      <MiniChart
        label={`${title} over the run`}
        traces={lines}
        zoom={zoom}
        logX={logX}
        log={log}
        format={format}
        onZoom={onZoom}
      />
    </Card>
  )
  const last = (metric: string): number | undefined =>
    series?.find((one) => one.metric === metric)?.buckets.at(-1)?.last
  const written = (metric: string, format: (value: number) => string): string => {
    const value = last(metric)
    return value === undefined ? '' : format(value)
  }
  const gradient = traces.gradient
  return (
    <div className={classes.row} aria-label="How the run goes">
      {chart('Learning rate', written(metrics.learningRate, measured), traces.rate, measured)}
      {chart(
        'Gradient norm',
        written(metrics.gradientNorm, (value) => measure(value, 3)),
        gradient,
        (value) => measure(value, 3),
        spreadsWide(gradient),
      )}
      {chart('Samples / s', written(metrics.samplesPerSecond, short), traces.speed, short)}
      <StepPhases series={series} />
      {chart('Memory', `${written(metrics.memoryActive, bytes)}, peak dashed`, traces.memory, bytes)}
    </div>
  )
}

/** Gradients that differ by powers of ten are seen on a logarithmic axis only. */
function spreadsWide([one]: readonly Trace[]): boolean {
  const positive = one?.buckets.filter(({ min }) => min > 0) ?? []
  if (positive.length < 2) return false
  return Math.max(...positive.map(({ max }) => max)) > 100 * Math.min(...positive.map(({ min }) => min))
}
