/** A model document made runnable: weights in the engine, and a forward pass that follows the plan. */
import type { ModelDocument } from '../common/document.ts'
import { evaluate, formatDim, isSymbolic } from '../common/dims.ts'
import { UserError } from '../common/errors.ts'
import type { WeightSpec } from '../common/layer.ts'
import { frozenWeights } from '../common/frozen.ts'
import { planOf, type Plan, type Step } from '../common/plan.ts'
import { enabledRewrites, rewrite } from '../common/rewrites/index.ts'
import { checkedAnalysis } from '../common/trainable.ts'
import type { Dataset } from '../common/data/dataset.ts'
import { keep, ones, scope, tensor, zeros, type Device, type Tensor } from '../engine/index.ts'
import { opsOn } from './ops.ts'

/** True sizes of the samples of a batch by symbol; a symbol that is not here is the same for all of them. */
export type Extents = Readonly<Record<string, readonly number[]>>

/** Called after each step of a forward pass with its results by port, and the batch's extents. */
export type Watcher = (step: Step, results: Readonly<Record<string, Tensor>>, extents: Extents) => void

export class Model {
  readonly plan: Plan
  /** Where its tensors lie, and what it is given. */
  readonly device: Device
  readonly #ops: ReturnType<typeof opsOn>
  /** By key: `<node>.<name>`, in running order; running statistics too. */
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly #whole: Runnable
  readonly #training: Runnable
  readonly #inference: Runnable
  readonly #frozen: ReadonlySet<string>

  /**
   * Draws initial weights from the engine's generator: seed it first. They are the same on every device.
   * @param disabledRewrites rules that are not applied; see common/rewrites
   * @param frozen nodes whose weights are not trained, and whose batch norms keep their statistics
   */
  constructor(
    document: ModelDocument,
    dataset: Dataset,
    disabledRewrites: readonly string[] = [],
    frozen: readonly string[] = [],
    device: Device = 'cpu',
  ) {
    this.device = device
    this.#ops = opsOn(device)
    this.#frozen = new Set(frozen)
    this.plan = planOf(checkedAnalysis(document, dataset))
    const enabled = enabledRewrites(disabledRewrites)
    this.#whole = runnable(this.plan)
    this.#training = runnable(rewrite(this.plan, enabled, 'training').plan)
    this.#inference = runnable(rewrite(this.plan, enabled, 'inference').plan)
    this.tensors = new Map([...this.plan.weights].map(([key, spec]) => [key, initialise(spec, device)]))
    for (const key of frozenWeights(this.plan, this.#frozen))
      (this.tensors.get(key) as Tensor).requiresGrad = false
  }

  /** What runs while training when nobody watches. */
  get trainingPlan(): Plan {
    return this.#training.plan
  }

  /** What is trained, by key, in running order. */
  get namedWeights(): ReadonlyMap<string, Tensor> {
    return new Map([...this.tensors].filter(([, tensor]) => tensor.requiresGrad))
  }

  /**
   * The Output's tensor for a batch `[B, ...sample]`: logits `[B, classes]`, `[B, T, vocabulary]` of a language model,
   * or numbers `[B, targets]`. It belongs to the caller's scope. A result is let go as soon as its
   * last reader has run, unless somebody watches: what backward needs the tape keeps, and lets go in its turn.
   * Who watches sees every layer, so no rewrite is applied then; who observes sees the results of the plan that runs
   * anyway, before they are let go, and changes nothing about it.
   */
  forward(
    input: Tensor,
    training: boolean,
    extents: Extents = {},
    watch?: Watcher,
    observe?: Watcher,
  ): Tensor {
    const lengths = new Lengths(extents)
    const release = watch ? null : new Release([input, ...this.tensors.values()])
    const results = new Map<string, Readonly<Record<string, Tensor>>>()
    let last = input
    const { plan, done } = watch ? this.#whole : training ? this.#training : this.#inference
    for (const [index, step] of plan.steps.entries()) {
      const { id, layer, parameters, shapes } = step
      const inputs: Record<string, Tensor> = {}
      for (const [port, from] of Object.entries(step.inputs)) {
        const value = results.get(from.step)?.[from.port]
        if (!value) throw new Error(`[model] ${id} runs before ${from.step}, which feeds it`)
        inputs[port] = value
      }
      if (id === plan.input) inputs['input'] = input
      const weights: Record<string, Tensor> = {}
      for (const [name, key] of Object.entries(step.weights)) weights[name] = this.tensors.get(key) as Tensor
      const made = scope(() =>
        layer.forward<Tensor>({
          ops: this.#ops,
          inputs,
          weights,
          parameters,
          training: training && !(keepsStatistics(step) && step.nodes.some((node) => this.#frozen.has(node))),
          lengths: (port, axis) => lengths.along(shapes[port]?.[axis]),
        }),
      )
      results.set(id, made)
      watch?.(step, made, extents)
      observe?.(step, made, extents)
      if (id === plan.output) last = made['output'] ?? last
      if (!release) continue
      release.hold(made)
      for (const read of done[index] ?? []) release.drop(results.get(read) ?? {})
    }
    lengths.dispose()
    return last
  }

  dispose(): void {
    for (const held of this.tensors.values()) held.dispose()
  }
}

const keepsStatistics = ({ weights }: Step): boolean => 'running_mean' in weights

interface Runnable {
  plan: Plan
  /** For each step, the steps whose results nobody reads after it. */
  done: readonly (readonly string[])[]
}

const runnable = (plan: Plan): Runnable => ({ plan, done: lastReads(plan) })

/** Which results have had their last reader, by step; the Output's stays. */
function lastReads({ steps, output }: Plan): string[][] {
  const last = new Map<string, number>()
  steps.forEach((step, index) => {
    last.set(step.id, index)
    for (const { step: read } of Object.values(step.inputs)) last.set(read, index)
  })
  const done: string[][] = steps.map(() => [])
  for (const [id, index] of last) if (id !== output) done[index]?.push(id)
  return done
}

/** Frees results that are no longer read. A layer may pass its input on, so one tensor can be the result of several. */
class Release {
  readonly #held = new Map<Tensor, number>()

  /** @param others tensors that are not results, and are never freed here */
  constructor(others: readonly Tensor[]) {
    for (const tensor of others) this.#held.set(tensor, Infinity)
  }

  hold(results: Readonly<Record<string, Tensor>>): void {
    for (const result of Object.values(results)) this.#held.set(result, (this.#held.get(result) ?? 0) + 1)
  }

  drop(results: Readonly<Record<string, Tensor>>): void {
    for (const result of Object.values(results)) {
      const left = (this.#held.get(result) ?? 0) - 1
      this.#held.set(result, left)
      if (left === 0) result.dispose()
    }
  }
}

/**
 * Lengths of a batch's samples along an axis, from the axis's arithmetic; each made once for a forward pass. On the
 * processor, where ops check them; they take what they make of them to their device.
 */
class Lengths {
  readonly #extents: Extents
  readonly #made = new Map<string, Tensor | null>()

  constructor(extents: Extents) {
    this.#extents = extents
  }

  along(dim: Parameters<typeof formatDim>[0] | undefined): Tensor | null {
    if (dim === undefined || !isSymbolic(dim)) return null
    const key = formatDim(dim)
    const known = this.#made.get(key)
    if (known !== undefined) return known
    const names = Object.keys(this.#extents)
    const count = names.length > 0 ? (this.#extents[names[0] as string]?.length ?? 0) : 0
    const values = Array.from({ length: count }, (_, sample) =>
      evaluate(dim, Object.fromEntries(names.map((name) => [name, this.#extents[name]?.[sample] ?? 0]))),
    )
    const short = values.findIndex((value) => value !== null && value < 1)
    if (short >= 0) throw tooShort(key, names, (name) => this.#extents[name]?.[short] ?? 0)
    const whole = values.length > 0 && values.every((value) => value !== null)
    const lengths = whole ? keep(tensor(values, { dtype: 'int64' })) : null
    this.#made.set(key, lengths)
    return lengths
  }

  dispose(): void {
    for (const lengths of this.#made.values()) lengths?.dispose()
  }
}

function tooShort(dim: string, names: readonly string[], sizeOf: (name: string) => number): UserError {
  const size = names.map((name) => `${name} = ${sizeOf(name)}`).join(', ')
  return new UserError({
    code: 'model/too-short',
    what: `A sample of ${size} is too short for this model: a layer would have ${dim} steps of it, less than one.`,
    mend: 'Pad its convolutions to the same size, use smaller windows, or leave samples that short out of the data.',
  })
}

function initialise(spec: WeightSpec, device: Device): Tensor {
  const weight = scope(() => keep(drawn(spec).to(device)))
  weight.requiresGrad = spec.buffer !== true
  return weight
}

function drawn({ shape, initial }: WeightSpec): Tensor {
  const weight = initial.kind === 'ones' ? ones(shape) : zeros(shape)
  if (initial.kind === 'uniform') weight.uniform_(-initial.bound, initial.bound)
  if (initial.kind === 'normal') {
    weight.normal_(0, initial.std)
    if (initial.zeroRow !== undefined) weight.select(0, initial.zeroRow).zero_()
  }
  if (initial.kind === 'values') weight.copy_(tensor(Float32Array.from(initial.values), { shape }))
  return weight
}
