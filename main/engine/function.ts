import { native } from './addon.ts'
import type { Handle } from './addon.ts'
import { isGradEnabled, noGrad } from './autograd.ts'
import { scope } from './scope.ts'
import { Tensor } from './tensor.ts'

/** What forward leaves for backward. */
export class FunctionContext {
  /** For each argument of forward: is it a tensor whose gradient is wanted. */
  readonly needsInputGrad: readonly boolean[]
  #toSave: readonly Tensor[] = []
  #saved: readonly Tensor[] | null = null
  readonly #nonDifferentiable = new Set<Tensor>()

  constructor(needsInputGrad: readonly boolean[]) {
    this.needsInputGrad = needsInputGrad
  }
  /** Keeps inputs or outputs for backward; a later in-place change of them is an error there. */
  saveForBackward(...tensors: readonly Tensor[]): void {
    this.#toSave = tensors
  }
  /** What saveForBackward was given; inside backward only. */
  get savedTensors(): readonly Tensor[] {
    if (!this.#saved)
      throw new Error(
        '[Function] savedTensors can be read inside backward only, use your own variables in forward',
      )
    return this.#saved
  }
  markNonDifferentiable(...outputs: readonly Tensor[]): void {
    for (const output of outputs) this.#nonDifferentiable.add(output)
  }

  /** @internal Hands over what forward left, and lets go of it. */
  takeSaved(): { saved: readonly Tensor[]; nonDifferentiable: ReadonlySet<Tensor> } {
    const saved = this.#toSave
    this.#toSave = []
    return { saved, nonDifferentiable: this.#nonDifferentiable }
  }
  /** @internal */
  withSaved<T>(saved: readonly Tensor[], body: () => T): T {
    this.#saved = saved
    try {
      return body()
    } finally {
      this.#saved = null
    }
  }
}

export type Gradients = Tensor | null | undefined | readonly (Tensor | null | undefined)[]

/** The static side of a custom function. */
export interface FunctionClass<Inputs extends readonly unknown[], Outputs> {
  readonly name: string
  forward(ctx: FunctionContext, ...inputs: Inputs): Outputs
  backward(ctx: FunctionContext, ...grads: Tensor[]): Gradients
}

/**
 * A differentiable op written in JavaScript:
 *
 *     class Multiply extends Function {
 *       static forward(ctx: FunctionContext, x: Tensor, y: Tensor) { ctx.saveForBackward(x, y); return x.mul(y) }
 *       static backward(ctx: FunctionContext, grad: Tensor) {
 *         const [x, y] = ctx.savedTensors
 *         return [grad.mul(y), grad.mul(x)]
 *       }
 *     }
 *     const z = Multiply.apply(x, y)
 *
 * backward returns one gradient (or null) for each argument of forward.
 */
export abstract class Function {
  static apply<Inputs extends readonly unknown[], Outputs extends Tensor | readonly Tensor[]>(
    this: FunctionClass<Inputs, Outputs>,
    ...inputs: Inputs
  ): Outputs {
    const recording = isGradEnabled()
    const needs = inputs.map((input) => recording && input instanceof Tensor && input.requiresGrad)
    const ctx = new FunctionContext(needs)
    const outputs = noGrad(() => this.forward(ctx, ...inputs))
    const { saved, nonDifferentiable } = ctx.takeSaved()
    if (!needs.includes(true)) return outputs

    const results: readonly Tensor[] = outputs instanceof Tensor ? [outputs] : outputs
    const tensorAt = inputs.map((input) => input instanceof Tensor)
    native.recordFunction(
      this.name,
      inputs.filter((input) => input instanceof Tensor).map((input) => input.id),
      results.map((result) => result.id),
      results.map((result) => (nonDifferentiable.has(result) ? 0 : 1)),
      saved.map((tensor) => tensor.id),
      (savedHandles, gradHandles) => runBackward(this, ctx, tensorAt, savedHandles, gradHandles),
    )
    return outputs
  }
}

/** Calls backward; answers one fresh handle (or 0) for each tensor argument, which the engine disposes. */
function runBackward<Inputs extends readonly unknown[], Outputs>(
  owner: FunctionClass<Inputs, Outputs>,
  ctx: FunctionContext,
  tensorAt: readonly boolean[],
  savedHandles: readonly Handle[],
  gradHandles: readonly Handle[],
): Handle[] {
  return scope(() => {
    const saved = savedHandles.map((id) => new Tensor(id))
    const grads = gradHandles.map((id) => new Tensor(id))
    const returned = ctx.withSaved(saved, () => owner.backward(ctx, ...grads))
    const list = returned instanceof Tensor || !returned ? [returned] : returned
    if (list.length !== tensorAt.length)
      throw new Error(
        `[${owner.name}] backward must return one gradient for each of the ${tensorAt.length} inputs, got ${list.length}`,
      )
    return list
      .filter((_, index) => tensorAt[index])
      .map((gradient) => (gradient ? native.duplicate(gradient.id) : 0))
  })
}
