/** How the values of a part of a layer were spread: the last histograms, or all of the run. */
import type { Histogram, Part, ProbedLayer } from '../../../main/common/health/figures.ts'
import { count, counted } from '../../ui/format.ts'
import { useHistograms } from '../inspect.ts'
import classes from './Layer.module.css'
import { OverTime } from './OverTime.tsx'
import { RidgePlot } from './RidgePlot.tsx'

/** Histograms drawn one before the other, and side by side. */
const inRidge = 14
const inTime = 120

export type SpreadView = 'ridge' | 'time'

export interface Spread {
  /** What is drawn, oldest first. */
  drawn: readonly Histogram[]
  /** Histograms in the store; null until they were read. */
  total: number | null
}

export function useSpread(
  runId: number,
  layer: ProbedLayer | null,
  part: Part,
  view: SpreadView,
  revision: number,
): Spread {
  const found = useHistograms(runId, layer?.nodeId ?? null, part, inTime, revision)
  const histograms = found?.histograms ?? []
  return { drawn: view === 'time' ? histograms : histograms.slice(-inRidge), total: found?.total ?? null }
}

/** "14 histograms of 120, steps 1,001 to 2,301". */
export function spreadNote({ drawn, total }: Spread): string {
  if (drawn.length === 0) return ''
  const of = total !== null && total > drawn.length ? ` of ${count(total)}` : ''
  return `${counted(drawn.length, 'histogram')}${of}, steps ${count(drawn[0]?.step ?? 0)} to ${count(drawn.at(-1)?.step ?? 0)}`
}

export function PartPlot({ spread, part, view }: { spread: Spread; part: Part; view: SpreadView }) {
  const { drawn, total } = spread
  if (drawn.length === 0)
    return (
      <p className={classes.none}>
        {total === null
          ? ''
          : part === 'activations'
            ? 'What this layer gives out runs together with the layer behind it in one pass, so it is not made: look there.'
            : 'No histograms yet: they are taken at every fifth look at the layers, and with Probe now.'}
      </p>
    )
  return (
    <>
      {view === 'time' ? <OverTime histograms={drawn} /> : <RidgePlot histograms={drawn} />}
      <Outside histogram={drawn.at(-1)} />
    </>
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
