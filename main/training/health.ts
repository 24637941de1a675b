/** Gradient health per layer, from what an update measured on its way. */
import type { LayerHealth } from '../common/schemas.ts'
import type { optim } from '../engine/index.ts'
import type { Model } from './model.ts'

/** Steps between two measured ones. Measuring adds no pass over memory; the page needs no more points. */
export const probeInterval = 20

/** Health of every layer with weights. `stats` are of an optimizer over all of the model's weights, in order. */
export function layerHealth(model: Model, stats: optim.StepStats): LayerHealth[] {
  let next = 0
  return model.layers
    .map(({ id, title, weights }) => ({ id, title, count: Object.keys(weights).length }))
    .filter(({ count }) => count > 0)
    .map(({ id, title, count }) => {
      const from = next
      next += count
      const norm = (squares: Float64Array): number =>
        Math.sqrt(squares.subarray(from, from + count).reduce((sum, square) => sum + square, 0))
      const weightNorm = norm(stats.weights)
      const ratio = Math.log10(norm(stats.updates) / weightNorm)
      return {
        nodeId: id,
        title,
        gradientNorm: norm(stats.gradients),
        weightNorm,
        updateRatio: Number.isFinite(ratio) ? ratio : null,
      }
    })
}
