/** How long the texts are, and where they are cut: what is lost and what is padding, at every move of the slider. */
import { Slider } from '@mantine/core'
import { effectOf, quantile, type LengthCounts } from '../../../main/common/lengths.ts'
import { counted, percent } from '../../ui/format.ts'
import { Histogram } from '../Histogram.tsx'
import { limits } from '../options/limits.ts'
import { barsOf, lastShown } from './lengthBars.ts'
import classes from './Preview.module.css'

interface LengthPreviewProps {
  lengths: LengthCounts
  maximum: number
  batchSize: number
  busy: boolean
  onChange: (maximum: number) => void
}

export function LengthPreview({ lengths, maximum, batchSize, busy, onChange }: LengthPreviewProps) {
  const end = lastShown(lengths)
  const longest = lengths.at(-1)?.[0] ?? 0
  const beyond = lengths.reduce((sum, [length, times]) => sum + (length > end ? times : 0), 0)
  const { textsCut, tokensLost, padding } = effectOf(lengths, maximum, batchSize)
  return (
    <>
      <Histogram
        label="Lengths of texts"
        bars={barsOf(lengths, end)}
        end={end}
        unit="tokens"
        things="texts"
        limit={maximum}
        marks={[
          { label: 'p50', value: quantile(lengths, 0.5) },
          { label: 'p90', value: quantile(lengths, 0.9) },
          { label: 'p99', value: quantile(lengths, 0.99) },
        ]}
      />
      <Slider
        className={classes.slider}
        value={Math.min(maximum, end)}
        min={limits['text.maximumLength'][0]}
        max={Math.max(2, end)}
        label={(value) => counted(value, 'token')}
        thumbLabel="Longest text, in tokens"
        disabled={busy}
        // At the right end nothing is to be cut, not even the few that are beyond it.
        onChange={(value) =>
          onChange(value === end ? Math.min(limits['text.maximumLength'][1], Math.max(longest, end)) : value)
        }
      />
      <div className={classes.effect} role="status" aria-label="Effect of the longest text">
        <b>{percent(textsCut)}</b> of texts are cut ({percent(tokensLost)} of all tokens) ·{' '}
        <b>{percent(padding)}</b> of the work is padding, in batches of {batchSize}
      </div>
      {beyond > 0 && (
        <div className={classes.imageSize}>
          {counted(beyond, 'text is', 'texts are')} longer than is drawn; the longest has{' '}
          {counted(longest, 'token')}.
        </div>
      )}
    </>
  )
}
