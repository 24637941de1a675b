/** How a layer's update : weight ratio is judged: one band for every table, map and rule. Pure. */
import { healthyBand } from './band.ts'
import { thresholdOf, type Thresholds } from './rules/index.ts'
import { updatesLarge, updatesSmall } from './rules/updates.ts'

export type RatioHealth = 'healthy' | 'watch' | 'bad' | 'unknown'

/** `bad` where the rules say something of it, `watch` between that and the healthy band. */
export function judgeRatio(ratio: number | null, thresholds: Thresholds = {}): RatioHealth {
  if (ratio === null || Number.isNaN(ratio)) return 'unknown'
  if (ratio < thresholdOf(updatesSmall, thresholds) || ratio > thresholdOf(updatesLarge, thresholds))
    return 'bad'
  return ratio >= healthyBand.low && ratio <= healthyBand.high ? 'healthy' : 'watch'
}
