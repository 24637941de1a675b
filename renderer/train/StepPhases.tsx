/** Where the time of a step goes, as one bar with figures; at the cursor where there is one. */
import { metrics, type Series } from '../../main/common/schemas.ts'
import { useCursor } from '../charts/sharedCursor.ts'
import { nearest } from '../charts/trace.ts'
import { Card } from '../ui/Card.tsx'
import { milliseconds } from '../ui/format.ts'
import classes from './SmallCharts.module.css'

const phases = [
  { metric: metrics.timeData, label: 'data', colour: 'var(--td-faint)' },
  { metric: metrics.timeForward, label: 'forward', colour: 'var(--td-series-0)' },
  { metric: metrics.timeBackward, label: 'backward', colour: 'var(--td-series-5)' },
  { metric: metrics.timeUpdate, label: 'update', colour: 'var(--td-series-1)' },
  { metric: metrics.timeRecorded, label: 'recorded step', colour: 'var(--td-series-3)' },
] as const

export function StepPhases({ series }: { series: readonly Series[] | null }) {
  const step = useCursor((s) => s.step)
  const times = phases.map(({ metric }) => {
    const buckets = series?.find((one) => one.metric === metric)?.buckets ?? []
    const at =
      step === null
        ? buckets.length - 1
        : nearest(
            buckets.map(({ lastStep }) => lastStep),
            step,
          )
    return buckets[at]?.mean ?? 0
  })
  const total = times.reduce((a, b) => a + b, 0)
  return (
    <Card title="Where a step goes" note={total > 0 ? milliseconds(total) : ''} className={classes.card}>
      {total > 0 && (
        <div
          className={classes.phases}
          role="img"
          aria-label={phases.map(({ label }, i) => `${label} ${percent(times[i], total)}`).join(', ')}
        >
          <div className={classes.bar}>
            {phases.map(({ label, colour }, i) => (
              <div
                key={label}
                style={{ width: `${(100 * (times[i] ?? 0)) / total}%`, background: colour }}
                title={`${label}: ${milliseconds(times[i] ?? 0)}`}
              />
            ))}
          </div>
          <ul className={classes.keys}>
            {phases.map(({ label, colour }, i) => (
              <li key={label}>
                <span style={{ background: colour }} aria-hidden />
                {label} <b>{percent(times[i], total)}</b>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Card>
  )
}

const percent = (value = 0, total: number): string => `${Math.round((100 * value) / total)} %`
