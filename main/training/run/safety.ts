/**
 * What keeps numbers that are not finite out of the weights: a look at gradients before every update, and a way back to
 * the start of a step.
 */
import {
  F,
  keep,
  noGrad,
  optim,
  rngState,
  scope,
  setRngState,
  type RngState,
  type Tensor,
} from '../../engine/index.ts'
import type { Model } from '../model.ts'

/** A gradient or a loss beyond this may hide a product that overflows: then every gradient is looked at. */
const suspicious = 1e10

/**
 * The gradients that are looked at before every update. What is not finite is made by one derivative and carried to the
 * gradients of every layer before it; the gradient of a bias is the sum of what reaches its layer. So a layer's vectors
 * (biases, scales and shifts) stand for it, and a layer without any is looked at whole. What they cannot show is a product
 * of finite numbers that overflows in a matrix alone: numbers that large are seen by `suspicious`. Looking at all
 * gradients instead costs a pass over memory at each step.
 */
export function guardsOf(model: Model): Tensor[] {
  const guards = new Set<Tensor>()
  const weights = model.namedWeights
  for (const step of model.plan.steps) {
    const own = Object.values(step.weights).flatMap((key) => weights.get(key) ?? [])
    const vectors = own.filter((weight) => weight.rank <= 1)
    for (const weight of vectors.length > 0 ? vectors : own) guards.add(weight)
  }
  return [...guards]
}

/** Whether an update with the gradients at hand may write what is not finite. Leaves gradients as they are when not. */
export function gradientsFinite(guards: readonly Tensor[], weights: Iterable<Tensor>, loss: number): boolean {
  const norm = optim.clipGradNorm(guards, Infinity)
  if (!Number.isFinite(norm)) return false
  if (norm < suspicious && Math.abs(loss) < suspicious) return true
  return Number.isFinite(optim.clipGradNorm([...weights], Infinity))
}

/** What a step changes before its update: the generator, running statistics, and what was counted. */
export class StepStart {
  readonly #buffers: readonly { now: Tensor; before: Tensor }[]
  #generator: RngState = rngState()

  /** @param counts what a step adds to, beside the model's own */
  constructor(model: Model, counts: readonly Tensor[]) {
    const own = [...model.tensors].filter(([key]) => model.plan.weights.get(key)?.buffer)
    this.#buffers = [...own.map(([, buffer]) => buffer), ...counts].map((now) => ({
      now,
      before: scope(() => keep(now.detach().clone())),
    }))
  }

  /** Before a step. */
  mark(): void {
    this.generator = rngState()
    this.markBuffers()
  }

  /** Where the generator goes back to. */
  set generator(state: RngState) {
    this.#generator = state
  }

  /** @param unless a bool on the device: where it is true, what was marked before stays */
  markBuffers(unless?: Tensor): void {
    noGrad(() =>
      this.#buffers.forEach(({ now, before }) => before.copy_(unless ? F.where(unless, before, now) : now)),
    )
  }

  /** Back to where the step began; weights were not touched by it. */
  goBack(): void {
    setRngState(this.#generator)
    noGrad(() => this.#buffers.forEach(({ now, before }) => now.copy_(before)))
  }

  dispose(): void {
    for (const { before } of this.#buffers) before.dispose()
  }
}
