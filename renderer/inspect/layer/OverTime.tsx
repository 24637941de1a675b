/** All histograms of a run side by side. */
import { useElementSize } from '@mantine/hooks'
import { useMemo } from 'react'
import type { Histogram } from '../../../main/common/health/figures.ts'
import { count, measure } from '../../ui/format.ts'
import classes from './Layer.module.css'
import { commonRange, rebin } from './ridge.ts'

const shades = [0, 1, 2, 3, 4, 5].map((i) => `var(--td-heat-one-${i})`)
const bins = 48

/** Steps across, values up, stronger where more values are. */
export function OverTime({ histograms }: { histograms: readonly Histogram[] }) {
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
