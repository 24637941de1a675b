/** A model document made runnable: weights in the engine, and a forward pass that follows the wires. */
import type { ModelDocument } from '../common/document.ts'
import type { Layer, Parameters, WeightSpec } from '../common/layer.ts'
import { withDefaults } from '../common/shapes.ts'
import { checkedAnalysis } from '../common/trainable.ts'
import type { Dataset } from '../common/schemas.ts'
import { F, keep, ones, zeros, type Tensor } from '../engine/index.ts'

export interface ModelLayer {
  id: string
  title: string
  layer: Layer
  parameters: Parameters
  /** Port name to the id of the node whose output arrives there. */
  sources: Readonly<Record<string, string>>
  weights: Readonly<Record<string, Tensor>>
}

export class Model {
  /** In running order; only what leads to the Output. */
  readonly layers: readonly ModelLayer[]

  /** Draws initial weights from the engine's generator: seed it first. */
  constructor(document: ModelDocument, dataset: Dataset) {
    const analysis = checkedAnalysis(document, dataset)
    const needed = ancestorsOfOutput(document)
    this.layers = analysis.order.flatMap((id) => {
      const analysed = analysis.nodes.get(id)
      if (!needed.has(id) || !analysed?.layer) return []
      const { layer, node, title, inputs } = analysed
      const parameters = withDefaults(layer, node)
      const weights: Record<string, Tensor> = {}
      for (const spec of layer.weights(inputs, parameters)) weights[spec.name] = initialise(spec)
      const sources = Object.fromEntries(
        document.wires.filter((wire) => wire.to.node === id).map((wire) => [wire.to.port, wire.from.node]),
      )
      return [{ id, title, layer, parameters, sources, weights }]
    })
  }

  /** Weights by `<node id>.<name>`, in running order. */
  get namedWeights(): ReadonlyMap<string, Tensor> {
    return new Map(
      this.layers.flatMap(({ id, weights }) =>
        Object.entries(weights).map(([name, weight]) => [`${id}.${name}`, weight] as const),
      ),
    )
  }

  /** Logits `[B, classes]` of a batch of inputs `[B, ...sample]`. Intermediate results belong to the caller's scope. */
  forward(input: Tensor, training: boolean): Tensor {
    const outputs = new Map<string, Tensor>()
    let last = input
    for (const { id, layer, parameters, sources, weights } of this.layers) {
      const inputs: Record<string, Tensor> = {}
      for (const [port, source] of Object.entries(sources)) inputs[port] = outputs.get(source) ?? input
      if (layer.inputs.length === 0) inputs.input = input
      last = layer.forward<Tensor>({ ops: F, inputs, weights, parameters, training })
      outputs.set(id, last)
    }
    return last
  }

  dispose(): void {
    for (const weight of this.namedWeights.values()) weight.dispose()
  }
}

function initialise({ shape, initial }: WeightSpec): Tensor {
  const weight = keep(initial.kind === 'ones' ? ones(shape) : zeros(shape))
  if (initial.kind === 'uniform') weight.uniform_(-initial.bound, initial.bound)
  weight.requiresGrad = true
  return weight
}

function ancestorsOfOutput(document: ModelDocument): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = (id: string): void => {
    if (found.has(id)) return
    found.add(id)
    for (const wire of document.wires) if (wire.to.node === id) visit(wire.from.node)
  }
  for (const node of document.nodes) if (node.kind === 'output') visit(node.id)
  return found
}
