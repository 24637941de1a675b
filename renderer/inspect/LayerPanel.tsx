/** One layer in depth: how its values are spread, over time. */
import { SegmentedControl } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useMemo } from 'react'
import { parts, type Histogram, type Part, type ProbedLayer } from '../../main/common/health/figures.ts'
import { usePreferences } from '../state/preferences.ts'
import { Card } from '../ui/Card.tsx'
import { count, counted, measure } from '../ui/format.ts'
import { useHistograms } from './inspect.ts'
import classes from './Inspect.module.css'
import { commonRange, rebin, ridges } from './ridge.ts'

/** Histograms drawn one below the other, and side by side. */
const inRidge = 14
const inTime = 120

interface LayerPanelProps {
  runId: number
  layer: ProbedLayer | null
  revision: number
}

export function LayerPanel({ runId, layer, revision }: LayerPanelProps) {
  const wanted = usePreferences((s) => s.inspectPart)
  const view = usePreferences((s) => s.inspectView)
  const set = usePreferences((s) => s.set)
  const offered: readonly Part[] = layer && layer.weights === 0 ? ['activations'] : parts
  const part = offered.includes(wanted) ? wanted : (offered[0] ?? 'activations')
  const time = view === 'time'
  const found = useHistograms(runId, layer?.nodeId ?? null, part, inTime, revision)
  const histograms = found?.histograms ?? []
  const recent = histograms.slice(-inRidge)
  const drawn = time ? histograms : recent
  return (
    <Card
      className={classes.panel}
      title={layer?.title ?? 'Layer'}
      note={
        drawn.length > 0
          ? `${counted(drawn.length, 'histogram')}${found && found.total > drawn.length ? ` of ${count(found.total)}` : ''}, steps ${count(drawn[0]?.step ?? 0)} to ${count(drawn.at(-1)?.step ?? 0)}`
          : ''
      }
      controls={
        <SegmentedControl
          aria-label="How histograms are drawn"
          value={time ? 'time' : 'ridge'}
          data={[
            { value: 'ridge', label: 'recent' },
            { value: 'time', label: 'over time' },
          ]}
          onChange={(value) => set({ inspectView: value === 'time' ? 'time' : 'ridge' })}
        />
      }
    >
      <SegmentedControl
        aria-label="Part of the layer"
        fullWidth
        value={part}
        data={offered.map((value) => ({ value, label: value }))}
        onChange={(value) => set({ inspectPart: value as Part })}
      />
      {drawn.length === 0 ? (
        <p className={classes.faint} style={{ marginTop: 12 }}>
          {found === null
            ? ''
            : part === 'activations'
              ? 'What this layer gives out runs together with the layer behind it in one pass, so it is not made: look there.'
              : 'No histograms yet: they are taken each 100 steps, or with Probe now.'}
        </p>
      ) : time ? (
        <OverTime histograms={drawn} />
      ) : (
        <RidgePlot histograms={drawn} />
      )}
      {drawn.length > 0 && <Outside histogram={drawn.at(-1)} />}
    </Card>
  )
}

function RidgePlot({ histograms }: { histograms: readonly Histogram[] }) {
  const { ref, width, height } = useElementSize()
  const plot = useMemo(
    () => (width > 0 && height > 60 ? ridges(histograms, Math.floor(width), Math.floor(height) - 22) : null),
    [histograms, width, height],
  )
  return (
    <div ref={ref} className={classes.plot} data-testid="ridge">
      {plot && (
        <svg
          width={Math.floor(width)}
          height={Math.floor(height)}
          role="img"
          aria-label="Histograms, the newest in front"
        >
          {plot.ridges.map(({ step, path }, i) => (
            <path
              key={step}
              d={path}
              fill="var(--td-ridge)"
              stroke="var(--td-series-0)"
              strokeWidth={i === plot.ridges.length - 1 ? 1.8 : 1}
              strokeOpacity={0.45 + (0.55 * (i + 1)) / plot.ridges.length}
            >
              <title>step {count(step)}</title>
            </path>
          ))}
          <Ends range={plot.range} width={Math.floor(width)} y={Math.floor(height) - 6} />
        </svg>
      )}
    </div>
  )
}

const shades = [0, 1, 2, 3, 4, 5].map((i) => `var(--td-heat-one-${i})`)
const bins = 48

/** Steps across, values up, stronger where more values are. */
function OverTime({ histograms }: { histograms: readonly Histogram[] }) {
  const { ref, width, height } = useElementSize()
  const plot = useMemo(() => {
    const range = commonRange(histograms)
    const w = Math.floor(width) - 52
    const h = Math.floor(height) - 22
    if (w < 20 || h < 40) return null
    const paths = shades.map(() => '')
    histograms.forEach((histogram, i) => {
      const x = ((i / histograms.length) * w).toFixed(1)
      const wide = (w / histograms.length + 0.3).toFixed(1)
      const density = rebin(histogram, range, bins)
      const most = Math.max(...density) || 1
      density.forEach((share, bin) => {
        if (share <= 0) return
        // By its square root: the tails of a distribution are what one looks for.
        const shade = Math.min(5, Math.floor(Math.sqrt(share / most) * 5.999))
        const y = (h - ((bin + 1) / bins) * h).toFixed(1)
        paths[shade] += `M${x} ${y}h${wide}v${(h / bins + 0.3).toFixed(1)}h-${wide}z`
      })
    })
    return { range, paths, w, h }
  }, [histograms, width, height])
  return (
    <div ref={ref} className={classes.plot} data-testid="over-time">
      {plot && (
        <svg
          width={Math.floor(width)}
          height={Math.floor(height)}
          role="img"
          aria-label="Histograms over time"
        >
          <g transform="translate(52 0)">
            {plot.paths.map((path, i) => path !== '' && <path key={i} d={path} fill={shades[i]} />)}
          </g>
          <g fill="var(--td-faint)" fontSize="11">
            <text x="46" y="10" textAnchor="end">
              {measure(plot.range[1], 2)}
            </text>
            <text x="46" y={plot.h} textAnchor="end">
              {measure(plot.range[0], 2)}
            </text>
            <text x="52" y={plot.h + 16}>
              step {count(histograms[0]?.step ?? 0)}
            </text>
            <text x={52 + plot.w} y={plot.h + 16} textAnchor="end">
              {count(histograms.at(-1)?.step ?? 0)}
            </text>
          </g>
        </svg>
      )}
    </div>
  )
}

function Ends({ range, width, y }: { range: readonly [number, number]; width: number; y: number }) {
  const [low, high] = range
  const zero = low < 0 && high > 0 ? (-low / (high - low)) * width : null
  return (
    <g fill="var(--td-faint)" fontSize="11">
      <text x="0" y={y}>
        {measure(low, 2)}
      </text>
      {zero !== null && zero > 60 && zero < width - 60 && (
        <text x={zero} y={y} textAnchor="middle">
          0
        </text>
      )}
      <text x={width} y={y} textAnchor="end">
        {measure(high, 2)}
      </text>
    </g>
  )
}

/** What the last histogram leaves out of its range is said, not hidden. */
function Outside({ histogram }: { histogram: Histogram | undefined }) {
  if (!histogram) return null
  const { below, above, notFinite, counts } = histogram
  const total = counts.reduce((a, b) => a + b, 0) + below + above
  return (
    <p className={classes.outside}>
      {counted(total, 'value')} at step {count(histogram.step)}
      {below + above > 0 && `, ${count(below + above)} beyond the range`}
      {notFinite > 0 && <b>, {count(notFinite)} NaN or infinite</b>}
    </p>
  )
}
