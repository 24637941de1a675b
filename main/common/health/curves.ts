/** What the rules look at beside the layers: the curves of a run. */
import { metrics, type Series } from '../schemas.ts'
import type { Measured } from './rule.ts'

/** The curves that `curvesOf` reads. */
export const ruleMetrics = [metrics.batchLoss, metrics.learningRate] as const

export function curvesOf(series: readonly Series[]): Pick<Measured, 'loss' | 'rateLowered'> {
  const buckets = (metric: string) => series.find((one) => one.metric === metric)?.buckets ?? []
  const rates = buckets(metrics.learningRate)
  const highest = Math.max(0, ...rates.map(({ max }) => max))
  const now = rates.at(-1)?.last ?? highest
  return {
    loss: buckets(metrics.batchLoss).map(({ lastStep, mean }) => ({ step: lastStep, mean })),
    rateLowered: highest > 0 ? Math.log10(highest / now) : 0,
  }
}
