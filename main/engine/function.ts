import { native } from './addon.ts'
import type { Handle } from './addon.ts'
import { isGradEnabled, noGrad } from './autograd.ts'
import { engineError } from './error.ts'
import { kindOf } from './guard.ts'
import { scope } from './scope.ts'
import { Tensor } from './tensor.ts'

/** What forward leaves for backward. */
export class FunctionContext {
  /** For each argument of forward: is it a tensor whose gradient is wanted. */
  readonly needsInputGrad: readonly boolean[]
  /** Anything but tensors that backward needs: numbers, shapes, options. */
  readonly values: Record<string, unknown> = {}
  #toSave: readonly Tensor[] = []
  #saved: readonly Tensor[] | null = null
  #materialize = true
  readonly #nonDifferentiable = new Set<Tensor>()
  readonly #dirty = new Set<Tensor>()

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
      throw engineError(
        'TAPE_GRADIENT',
        '[Function] savedTensors can be read inside backward only, use your own variables in forward',
      )
    return this.#saved
  }
  /** Outputs without a gradient: indices, masks. */
  markNonDifferentiable(...outputs: readonly Tensor[]): void {
    for (const output of outputs) this.#nonDifferentiable.add(output)
  }
  /** Inputs that forward has changed in place; it must return them. */
  markDirty(...inputs: readonly Tensor[]): void {
    for (const input of inputs) this.#dirty.add(input)
  }
  /** false: backward gets null, not zeros, for an output that nothing depended on. */
  setMaterializeGrads(value: boolean): void {
    this.#materialize = value
  }

  /** @internal Hands over what forward left, and lets go of it. */
  take(): {
    saved: readonly Tensor[]
    nonDifferentiable: ReadonlySet<Tensor>
    dirty: ReadonlySet<Tensor>
    materialize: boolean
  } {
    const left = {
      saved: this.#toSave,
      nonDifferentiable: new Set(this.#nonDifferentiable),
      dirty: new Set(this.#dirty),
      materialize: this.#materialize,
    }
    this.#toSave = []
    this.#nonDifferentiable.clear()
    this.#dirty.clear()
    return left
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
  readonly onceDifferentiable?: boolean
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
 * forward runs without recording and returns a tensor or an array of them; its arguments may be anything.
 * backward gets one gradient for each output and returns one gradient (or null) for each argument of forward,
 * in the argument's shape and dtype. It can be differentiated in turn when it is made of differentiable ops;
 * `static readonly onceDifferentiable = true` says that it is not, and createGraph is refused.
 */
export abstract class Function {
  static apply<Inputs extends readonly unknown[], Outputs extends Tensor | readonly Tensor[]>(
    this: FunctionClass<Inputs, Outputs>,
    ...inputs: Inputs
  ): Outputs {
    const recording = isGradEnabled()
    const needs = inputs.map((input) => recording && input instanceof Tensor && input.requiresGrad)
    const ctx = new FunctionContext(needs)
    const made = noGrad(() => this.forward(ctx, ...inputs))
    const results: readonly unknown[] = Array.isArray(made) ? made : [made]
    for (const result of results)
      if (!(result instanceof Tensor))
        throw engineError(
          'TAPE_VALUE',
          `[${this.name}] forward must return a Tensor or an array of Tensors, got ${kindOf(result)}`,
        )
    const { saved, nonDifferentiable, dirty, materialize } = ctx.take()
    if (!needs.includes(true)) return made

    // An input that comes out as it went in, or an output named twice, gets an identity of its own.
    const seen = new Set<unknown>(inputs)
    const outputs = (results as readonly Tensor[]).map((result) => {
      if (seen.has(result) && !dirty.has(result)) return result.detach()
      seen.add(result)
      return result
    })
    const places = inputs.flatMap((input, index) => (input instanceof Tensor ? [index] : []))
    native.recordFunction(
      this.name,
      places.map((place) => (inputs[place] as Tensor).id),
      places,
      outputs.map((output) => output.id),
      results.map((result) => (nonDifferentiable.has(result as Tensor) ? 0 : 1)),
      [...dirty].map((tensor) => tensor.id),
      saved.map((tensor) => tensor.id),
      (materialize ? 1 : 0) | (this.onceDifferentiable ? 2 : 0),
      (savedHandles, gradHandles) => runBackward(this, ctx, inputs.length, places, savedHandles, gradHandles),
    )
    return (Array.isArray(made) ? outputs : outputs[0]) as Outputs
  }
}

/** Calls backward; answers one fresh handle (or 0) for each tensor argument, which the engine disposes. */
function runBackward<Inputs extends readonly unknown[], Outputs>(
  owner: FunctionClass<Inputs, Outputs>,
  ctx: FunctionContext,
  count: number,
  places: readonly number[],
  savedHandles: readonly Handle[],
  gradHandles: readonly Handle[],
): Handle[] {
  return scope(() => {
    const saved = savedHandles.map((id) => new Tensor(id))
    // null only when forward asked for that with setMaterializeGrads(false).
    const grads = gradHandles.map((id) => (id === 0 ? null : new Tensor(id))) as Tensor[]
    const returned = ctx.withSaved(saved, () => owner.backward(ctx, ...grads))
    const list = Array.isArray(returned) ? (returned as readonly unknown[]) : [returned]
    if (list.length !== count)
      throw engineError(
        'TAPE_GRADIENT',
        `[${owner.name}] backward must return one gradient for each of the ${count} inputs, got ${list.length}`,
      )
    const gradients = places.map((place) => list[place] ?? null)
    gradients.forEach((gradient, index) => {
      if (gradient !== null && !(gradient instanceof Tensor))
        throw engineError(
          'TAPE_GRADIENT',
          `[${owner.name}] gradient of input ${places[index]} must be a Tensor or null, got ${kindOf(gradient)}`,
        )
    })
    return (gradients as (Tensor | null)[]).map((gradient) => (gradient ? native.duplicate(gradient.id) : 0))
  })
}
