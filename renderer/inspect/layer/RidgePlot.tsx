/** Histograms one before the other, the newest in front. */
import { useElementSize } from '@mantine/hooks'
import { useMemo } from 'react'
import type { Histogram } from '../../../main/common/health/figures.ts'
import { count, measure } from '../../ui/format.ts'
import classes from './Layer.module.css'
import { ridges } from './ridge.ts'

export function RidgePlot({ histograms }: { histograms: readonly Histogram[] }) {
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
