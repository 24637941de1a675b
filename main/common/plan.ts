/**
 * What runs: the layers of a document that lead to its Output, in running order, with their wires resolved and
 * their weights named. Rewrites turn one plan into another; `main/training/model.ts` runs it on the engine.
 */
import type { Shape } from './dims.ts'
import type { Layer, Parameters, WeightSpec } from './layer.ts'
import type { Analysis } from './shapes.ts'

export interface Step {
  /** Id of the node in the written-out document; see expand.ts. */
  id: string
  /** Ids of the nodes in the document that this step does the work of; the first gives it its title. */
  nodes: readonly string[]
  title: string
  layer: Layer
  parameters: Parameters
  /** Input port to where its tensor comes from. */
  inputs: Readonly<Record<string, { step: string; port: string }>>
  /** Shapes at the input ports; lengths along an axis are found from them. */
  shapes: Readonly<Record<string, Shape>>
  /** Shapes of its results. */
  outputs: Readonly<Record<string, Shape>>
  /** Weight name to its key in `Plan.weights`; tied weights have one key. */
  weights: Readonly<Record<string, string>>
}

export interface Plan {
  steps: readonly Step[]
  /** By `<node>.<name>`, in running order. */
  weights: ReadonlyMap<string, WeightSpec>
  /** Where the data enters and where the result is read. */
  input: string
  output: string
}

/** The plan of an analysis without problems. */
export function planOf(analysis: Analysis): Plan {
  const { flat, order, sourceTitles } = analysis
  const incoming = new Map<string, { port: string; step: string; from: string }[]>()
  for (const { from, to } of flat.wires) {
    const list = incoming.get(to.node) ?? []
    list.push({ port: to.port, step: from.node, from: from.port })
    incoming.set(to.node, list)
  }
  const ends = (kind: string): string => {
    const node = flat.nodes.find((candidate) => candidate.kind === kind)
    if (!node) throw new Error(`[plan] the document has no ${kind}`)
    return node.id
  }
  const input = ends('input')
  const output = ends('output')
  const needed = new Set([output])
  for (const id of needed) for (const { step } of incoming.get(id) ?? []) needed.add(step)

  const tied = new Map(
    flat.ties.map((tie) => [`${tie.node}.${tie.weight}`, `${tie.source.node}.${tie.source.weight}`]),
  )
  const key = (own: string): string => {
    let at = own
    for (let hops = 0; hops <= tied.size; hops++) {
      const next = tied.get(at)
      if (next === undefined) return at
      at = next
    }
    return own
  }
  const weights = new Map<string, WeightSpec>()
  const steps: Step[] = []
  for (const id of order) {
    const analysed = analysis.flatNodes.get(id)
    if (!needed.has(id) || !analysed?.layer) continue
    const { layer, parameters, inputs, outputs } = analysed
    const names: Record<string, string> = {}
    for (const spec of layer.weights(inputs, parameters)) {
      const at = key(`${id}.${spec.name}`)
      names[spec.name] = at
      // The first use draws the values; a tie to a node further on is the same tensor all the same.
      if (!weights.has(at)) weights.set(at, spec)
    }
    steps.push({
      id,
      nodes: [flat.originals.get(id) ?? id],
      title: sourceTitles.get(id) ?? id,
      layer,
      parameters,
      inputs: Object.fromEntries(
        (incoming.get(id) ?? []).map(({ port, step, from }) => [port, { step, port: from }]),
      ),
      shapes: inputs,
      outputs,
      weights: names,
    })
  }
  return { steps, weights, input, output }
}
