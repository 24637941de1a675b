/** Gradient health per layer, from what an update measured on its way. */
import type { LayerHealth } from '../common/schemas.ts'
import type { optim } from '../engine/index.ts'
import type { Model } from './model.ts'

/** Steps between two measured ones. Measuring adds no pass over memory; the page needs no more points. */
export const probeInterval = 20

/** Health of every layer with weights of its own. `stats` are of a step of this optimizer. */
export function layerHealth(model: Model, optimizer: optim.Optimizer, stats: optim.StepStats): LayerHealth[] {
  const positions = new Map(optimizer.params.map((tensor, index) => [tensor, index]))
  const keys = [...model.namedWeights]
  return model.plan.steps.flatMap(({ id, title, weights }) => {
    // Names of weights may have dots in them; those of another layer that this one shares are not its own.
    const names = new Set(Object.keys(weights).map((name) => `${id}.${name}`))
    const own = keys.flatMap(([key, tensor]) => (names.has(key) ? (positions.get(tensor) ?? []) : []))
    if (own.length === 0) return []
    const norm = (squares: Float64Array): number =>
      Math.sqrt(own.reduce((sum, index) => sum + (squares[index] ?? 0), 0))
    const weightNorm = norm(stats.weights)
    const ratio = Math.log10(norm(stats.updates) / weightNorm)
    return [
      {
        nodeId: id,
        title,
        gradientNorm: norm(stats.gradients),
        weightNorm,
        updateRatio: Number.isFinite(ratio) ? ratio : null,
      },
    ]
  })
}
