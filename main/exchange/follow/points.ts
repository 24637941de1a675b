/** Values of a step made into what they say. Pure. */
import type { Point } from '../../store/index.ts'
import type { TakenRow } from '../tables/take.ts'
import type { Position } from './position.ts'
import type { News } from './report.ts'

/**
 * Finite values become points; of a metric that is not finite it is said once.
 * @returns how many points that are
 */
export function tellPoints(said: TakenRow, run: Position['runs'][string], key: string, into: News[]): number {
  const points: Point[] = []
  for (const [metric, value] of said.values) {
    if (!Number.isFinite(value)) {
      if (run.told.includes(metric)) continue
      run.told.push(metric)
      const what = Number.isNaN(value) ? 'NaN' : 'infinite'
      into.push({
        kind: 'remark',
        key,
        step: said.step,
        note: `${metric} is ${what}; a curve cannot show that.`,
      })
      continue
    }
    const seconds = Math.max(0, said.time - (run.began ?? 0))
    points.push({ metric, step: said.step, value, epoch: said.epoch, seconds })
  }
  const last = into.at(-1)
  if (last?.kind === 'points' && last.key === key) last.points.push(...points)
  else into.push({ kind: 'points', key, points, began: run.began })
  return points.length
}
