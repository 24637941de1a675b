/**
 * Shape inference over a model document: pure, quick enough to run at every keystroke, and partial (what can
 * be known is known; a node behind a problem says what it waits for). The page and the worker run the same code.
 */
import type { ModelDocument, ModelNode, Wire } from './document.ts'
import { evaluate, formatShape, multiply, type Shape } from './dims.ts'
import {
  checkParameter,
  sampleShape,
  type Cost,
  type DataShape,
  type Layer,
  type Mend,
  type ShapeContext,
  type ShapeError,
} from './layer.ts'
import { layerOf } from './layers/catalogue.ts'

export interface NodeAnalysis {
  node: ModelNode
  /** Undefined where the kind is unknown. */
  layer: Layer | undefined
  /** See `titles`. */
  title: string
  inputs: Readonly<Record<string, Shape>>
  outputs: Readonly<Record<string, Shape>>
  cost: Cost | null
  /** The node's own error. */
  error: ShapeError | null
  /** Title of the node upstream that it waits for, when it cannot be checked yet. */
  waitsFor: string | null
}

export interface Problem {
  /** Null for a problem of the whole document. */
  node: string | null
  message: string
  mends: readonly Mend[]
}

export interface Analysis {
  nodes: ReadonlyMap<string, NodeAnalysis>
  /** Shape on each wire by wire id; absent while it is not known. */
  wires: ReadonlyMap<string, Shape>
  /** Node ids in an order in which they can run; nodes in a cycle are left out. */
  order: readonly string[]
  /** Empty when the document can be trained. */
  problems: readonly Problem[]
  parameters: number
  /** Forward FLOPs for one sample; null while unknown. */
  flops: number | null
  /** Bytes of float32 values kept for backward, for one sample. */
  savedBytes: number | null
}

export const unknownData: DataShape = { sample: null, classes: null }

export function analyse(document: ModelDocument, data: DataShape = unknownData): Analysis {
  const incoming = new Map<string, Wire[]>()
  const outgoing = new Map<string, Wire[]>()
  for (const wire of document.wires) {
    push(incoming, wire.to.node, wire)
    push(outgoing, wire.from.node, wire)
  }
  const order = runOrder(document, incoming, outgoing)
  const byId = new Map(document.nodes.map((node) => [node.id, node]))
  const nodes = new Map<string, NodeAnalysis>()
  const wires = new Map<string, Shape>()
  const widthSources = new Map<string, ShapeContext['widthSource']>()
  const named = titles(document)

  for (const id of order) {
    const node = byId.get(id) as ModelNode
    const analysed = analyseNode(node, named, incoming.get(id) ?? [], nodes, wires, widthSources, data)
    nodes.set(id, analysed)
    for (const wire of outgoing.get(id) ?? []) {
      const shape = analysed.outputs[wire.from.port]
      if (shape) wires.set(wire.id, shape)
    }
  }
  for (const node of document.nodes) {
    if (nodes.has(node.id)) continue
    const layer = layerOf(node.kind)
    const error = { message: 'is part of a cycle; remove one of its wires', mends: [] }
    nodes.set(node.id, { ...blank(node, layer, named), error })
  }

  const all = [...nodes.values()]
  const flops = all.map((n) => (n.cost ? evaluate(n.cost.flops, {}) : null))
  const saved = all.map((n) => (n.cost ? evaluate(n.cost.saved, {}) : null))
  return {
    nodes,
    wires,
    order,
    problems: [...documentProblems(document), ...all.flatMap(nodeProblems)],
    parameters: all.reduce((sum, n) => sum + (n.cost?.parameters ?? 0), 0),
    flops: total(flops),
    savedBytes: scale(total(saved), 4),
  }
}

function analyseNode(
  node: ModelNode,
  named: ReadonlyMap<string, string>,
  incoming: readonly Wire[],
  done: ReadonlyMap<string, NodeAnalysis>,
  wires: ReadonlyMap<string, Shape>,
  widthSources: Map<string, ShapeContext['widthSource']>,
  data: DataShape,
): NodeAnalysis {
  const layer = layerOf(node.kind)
  const result = blank(node, layer, named)
  if (!layer)
    return {
      ...result,
      error: { message: `is of a kind this Tapedeck does not know: ${node.kind}`, mends: [] },
    }

  for (const field of layer.fields) {
    const value = field.key in node.parameters ? node.parameters[field.key] : field.default
    const message = checkParameter(field, value)
    if (message === null) continue
    const mend: Mend = {
      kind: 'set-parameter',
      title:
        field.default === null
          ? `Leave ${field.title} empty`
          : `Set ${field.title} to ${String(field.default)}`,
      node: node.id,
      key: field.key,
      value: field.default,
    }
    return {
      ...result,
      error: { message: `has a wrong setting: ${message.replace(/\.$/, '')}`, mends: [mend] },
    }
  }

  const inputs: Record<string, Shape> = {}
  for (const port of layer.inputs) {
    const arriving = incoming.filter((wire) => wire.to.port === port)
    const [wire, second] = arriving
    if (!wire)
      return {
        ...result,
        error: { message: `has nothing connected to its ${port}`, mends: [], incomplete: true },
      }
    if (second)
      return {
        ...result,
        error: { message: `has ${arriving.length} wires on its ${port}; it takes one`, mends: [] },
      }
    const shape = wires.get(wire.id)
    const upstream = done.get(wire.from.node)
    if (!shape && (!upstream || (!upstream.error && !upstream.waitsFor))) {
      const missing = upstream ? `${upstream.title}'s ${wire.from.port}` : `a layer ${wire.from.node}`
      return {
        ...result,
        error: { message: `is wired to ${missing}, which is not there; remove the wire`, mends: [] },
      }
    }
    if (!shape) return { ...result, waitsFor: upstream?.waitsFor ?? upstream?.title ?? wire.from.node }
    inputs[port] = shape
  }

  const source = incoming[0] ? (widthSources.get(incoming[0].from.node) ?? null) : null
  const parameters = withDefaults(layer, node)
  const shaped = layer.shape(inputs, parameters, { node: node.id, data, widthSource: source })
  if ('error' in shaped) return { ...result, inputs, error: shaped.error }
  widthSources.set(
    node.id,
    layer.widthKey
      ? { node: node.id, title: result.title, key: layer.widthKey }
      : changesWidth(inputs, shaped.outputs)
        ? null
        : source,
  )
  return { ...result, inputs, outputs: shaped.outputs, cost: layer.cost(inputs, parameters) }
}

/** Parameters with the defaults of fields that the document leaves out. */
export function withDefaults(layer: Layer, node: ModelNode): Record<string, ModelNode['parameters'][string]> {
  return { ...Object.fromEntries(layer.fields.map((f) => [f.key, f.default])), ...node.parameters }
}

const changesWidth = (
  inputs: Readonly<Record<string, Shape>>,
  outputs: Readonly<Record<string, Shape>>,
): boolean => {
  const [before] = Object.values(inputs)
  const [after] = Object.values(outputs)
  if (!before || !after) return true
  return formatShape(before.slice(-1)) !== formatShape(after.slice(-1))
}

/**
 * What each node is called, by id: its name, or its layer's title, numbered from the second of a kind on
 * ("Linear", "Linear 2") so that a sentence about a node means one node.
 */
export function titles(document: ModelDocument): ReadonlyMap<string, string> {
  const counts = new Map<string, number>()
  const result = new Map<string, string>()
  for (const node of document.nodes) {
    const count = (counts.get(node.kind) ?? 0) + 1
    counts.set(node.kind, count)
    const title = layerOf(node.kind)?.title ?? node.kind
    result.set(node.id, node.name || (count > 1 ? `${title} ${count}` : title))
  }
  return result
}

const blank = (
  node: ModelNode,
  layer: Layer | undefined,
  named: ReadonlyMap<string, string>,
): NodeAnalysis => ({
  node,
  layer,
  title: named.get(node.id) ?? node.kind,
  inputs: {},
  outputs: {},
  cost: null,
  error: null,
  waitsFor: null,
})

/** Kahn's algorithm; ties in document order, so the order is stable. */
function runOrder(
  document: ModelDocument,
  incoming: ReadonlyMap<string, readonly Wire[]>,
  outgoing: ReadonlyMap<string, readonly Wire[]>,
): string[] {
  const known = new Set(document.nodes.map((node) => node.id))
  const waiting = new Map<string, number>()
  for (const id of known)
    waiting.set(id, (incoming.get(id) ?? []).filter((wire) => known.has(wire.from.node)).length)
  const ready = document.nodes.filter((node) => waiting.get(node.id) === 0).map((node) => node.id)
  const order: string[] = []
  for (let i = 0; i < ready.length; i++) {
    const id = ready[i] as string
    order.push(id)
    for (const wire of outgoing.get(id) ?? []) {
      const left = (waiting.get(wire.to.node) ?? 0) - 1
      waiting.set(wire.to.node, left)
      if (left === 0) ready.push(wire.to.node)
    }
  }
  return order
}

function documentProblems(document: ModelDocument): Problem[] {
  const problems: Problem[] = []
  const count = (kind: string): number => document.nodes.filter((node) => node.kind === kind).length
  const say = (message: string): void => void problems.push({ node: null, message, mends: [] })
  if (document.nodes.length === 0) say('The canvas is empty: drag an Input here, or start from a template.')
  else {
    if (count('input') === 0) say('There is no Input: data has nowhere to enter.')
    if (count('input') > 1) say(`There are ${count('input')} Inputs; a data set feeds one.`)
    if (count('output') === 0) say('There is no Output: nothing to train towards.')
    if (count('output') > 1) say(`There are ${count('output')} Outputs; training needs one.`)
  }
  const seen = new Set<string>()
  for (const { name } of document.nodes) {
    if (name && seen.has(name)) say(`Two layers are named "${name}"; names must differ.`)
    seen.add(name)
  }
  return problems
}

const nodeProblems = (analysis: NodeAnalysis): Problem[] =>
  analysis.error
    ? [
        {
          node: analysis.node.id,
          message: `${analysis.title} ${analysis.error.message}.`,
          mends: analysis.error.mends,
        },
      ]
    : []

const total = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value), 0)

const scale = (value: number | null, by: number): number | null => (value === null ? null : value * by)

function push(map: Map<string, Wire[]>, key: string, wire: Wire): void {
  const list = map.get(key)
  if (list) list.push(wire)
  else map.set(key, [wire])
}

/** Values in one sample of a shape `B x ...`; null while a size is symbolic. */
export const sampleSize = (shape: Shape): number | null => evaluate(multiply(...sampleShape(shape)), {})
