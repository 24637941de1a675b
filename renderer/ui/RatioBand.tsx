/** Where log10(update : weight) stands: a point on a line from 1e-6 to 1, the healthy band in green. */
import { healthyBand } from '../../main/common/health/band.ts'
import type { RatioHealth } from '../../main/common/health/ratio.ts'

export const ratioColours: Record<RatioHealth, string> = {
  healthy: 'var(--td-ok)',
  watch: 'var(--td-warn)',
  bad: 'var(--td-bad)',
  unknown: 'var(--td-faint)',
}

const low = -6
const high = 0
const place = (ratio: number): number => Math.min(1, Math.max(0, (ratio - low) / (high - low)))

interface RatioBandProps {
  /** Beyond either end it stands at the end; null: no point. */
  ratio: number | null
  health: RatioHealth
  width: number
}

export function RatioBand({ ratio, health, width }: RatioBandProps) {
  const begin = width * place(healthyBand.low)
  return (
    <svg width={width} height="12" aria-hidden style={{ verticalAlign: 'middle' }}>
      <line x1="0" x2={width} y1="6" y2="6" stroke="var(--td-line)" />
      <rect
        x={begin}
        width={width * place(healthyBand.high) - begin}
        height="12"
        rx="2"
        fill="var(--td-ok-soft)"
      />
      {ratio !== null && (
        <circle cx={4 + (width - 8) * place(ratio)} cy="6" r="4" fill={ratioColours[health]} />
      )}
    </svg>
  )
}

/** The ratio as tables write it. */
export const ratioText = (ratio: number | null): string =>
  ratio === null ? '–' : ratio < -30 ? 'none' : ratio.toFixed(1).replace('-', '−')
