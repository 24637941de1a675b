/** How a layer's update : weight ratio is judged: one band for every table, map and rule. Pure. */
import { healthyBand } from './band.ts'
import { thresholdOf, type Thresholds } from './rules/index.ts'
import { updatesLarge, updatesSmall } from './rules/updates.ts'

export type RatioHealth = 'healthy' | 'watch' | 'bad' | 'unknown'

/**
 * `bad` where the rules say something of it, `watch` between that and the healthy band.
 * @param ratio log10 of update : weight
 * @param rateLowered powers of ten that the learning rate has been lowered by: what a schedule makes small is not too small
 */
export function judgeRatio(ratio: number | null, thresholds: Thresholds = {}, rateLowered = 0): RatioHealth {
  if (ratio === null || Number.isNaN(ratio)) return 'unknown'
  const least = thresholdOf(updatesSmall, thresholds) - rateLowered
  if (ratio < least || ratio > thresholdOf(updatesLarge, thresholds)) return 'bad'
  return ratio >= healthyBand.low - rateLowered && ratio <= healthyBand.high ? 'healthy' : 'watch'
}
