/** Gradient health per layer: norms taken natively around one update. */
import type { LayerHealth } from '../common/schemas.ts'
import { noGrad, norms, scope, type Tensor } from '../engine/index.ts'
import type { Model } from './model.ts'

/** Steps between two probes: at this spacing they cost about one percent of a small model's step. */
export const probeInterval = 20

interface Probe {
  before: readonly Tensor[]
  gradientNorms: readonly number[]
}

export class HealthProbe {
  readonly #layers: readonly { id: string; title: string; weights: readonly Tensor[] }[]
  #probe: Probe | null = null

  constructor(model: Model) {
    this.#layers = model.layers
      .map(({ id, title, weights }) => ({ id, title, weights: Object.values(weights) }))
      .filter(({ weights }) => weights.length > 0)
  }

  /** After backward, before the update: gradient norms and a copy of the weights. */
  beforeUpdate(): void {
    const weights = this.#layers.flatMap((layer) => layer.weights)
    const gradients = weights.flatMap((weight) => (weight.grad ? [weight.grad] : []))
    if (gradients.length < weights.length) return
    const values = norms(gradients)
    const before = noGrad(() => weights.map((weight) => weight.clone()))
    this.#probe = { before, gradientNorms: [...values] }
  }

  /** After the update: health of every layer with weights, or null when `beforeUpdate` was not called. */
  afterUpdate(): LayerHealth[] | null {
    const probe = this.#probe
    this.#probe = null
    if (!probe) return null
    return scope(() =>
      noGrad(() => {
        const weights = this.#layers.flatMap((layer) => layer.weights)
        const weightNorms = norms(probe.before)
        const updateNorms = norms(weights.map((weight, i) => weight.sub(probe.before[i] as Tensor)))
        for (const copy of probe.before) copy.dispose()
        let next = 0
        return this.#layers.map(({ id, title, weights }) => {
          const from = next
          next += weights.length
          const norm = (of: ArrayLike<number>): number =>
            Math.hypot(...Array.prototype.slice.call(of, from, next))
          const weightNorm = norm(weightNorms)
          const ratio = Math.log10(norm(updateNorms) / weightNorm)
          return {
            nodeId: id,
            title,
            gradientNorm: norm(probe.gradientNorms),
            weightNorm,
            updateRatio: Number.isFinite(ratio) ? ratio : null,
          }
        })
      }),
    )
  }
}
