/** Ports, parameters and titles of a document's nodes, as the layer catalogue has them. */
import type { ModelDocument, ModelNode } from './document.ts'
import { inputPorts, outputPorts, type Layer } from './layer.ts'
import { layerOf } from './layers/catalogue.ts'

/** Parameters with the defaults of fields that the document leaves out. */
export function withDefaults(
  layer: Layer,
  node: Pick<ModelNode, 'parameters'>,
): Record<string, ModelNode['parameters'][string]> {
  return { ...Object.fromEntries(layer.fields.map((f) => [f.key, f.default])), ...node.parameters }
}

/** Ports of a node as its parameters stand; none for a kind that is not known. */
export function nodePorts(node: Pick<ModelNode, 'kind' | 'parameters'>): {
  inputs: readonly string[]
  outputs: readonly string[]
} {
  const layer = layerOf(node.kind)
  if (!layer) return { inputs: [], outputs: [] }
  const parameters = withDefaults(layer, node)
  return { inputs: inputPorts(layer, parameters), outputs: outputPorts(layer, parameters) }
}

/** Whether a node can sit on a wire: something enters it and something leaves. */
export function passesOn(node: Pick<ModelNode, 'kind' | 'parameters'>): boolean {
  const { inputs, outputs } = nodePorts(node)
  return inputs.length > 0 && outputs.length > 0
}

/**
 * What each node is called, by id: its name, or its layer's title, numbered from the second of a kind on
 * ("Linear", "Linear 2") so that a sentence about a node means one node.
 */
export function titles(document: Pick<ModelDocument, 'nodes'>): ReadonlyMap<string, string> {
  const counts = new Map<string, number>()
  const result = new Map<string, string>()
  for (const node of document.nodes) {
    const count = (counts.get(node.kind) ?? 0) + 1
    counts.set(node.kind, count)
    const title = layerOf(node.kind)?.title ?? node.kind
    result.set(node.id, node.name.trim() || (count > 1 ? `${title} ${count}` : title))
  }
  return result
}
