/**
 * Shape inference over a model document: pure, quick enough to run at every keystroke, and partial (what can
 * be known is known; a node behind a problem says what it waits for). The page and the worker run the same code.
 */
import type { ModelDocument, ModelNode, Tie, Wire } from './document.ts'
import { evaluate, formatShape, multiply, sameShape, type Shape } from './dims.ts'
import { copyNumber, expand, type Expanded } from './expand.ts'
import {
  checkParameter,
  inputPorts,
  outputPorts,
  sampleShape,
  trainedValues,
  type Content,
  type Cost,
  type DataShape,
  type Layer,
  type Mend,
  type Parameters,
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
  /** With the defaults of what the document leaves out, and the data's values of what is left to the data. */
  parameters: Parameters
  inputs: Readonly<Record<string, Shape>>
  outputs: Readonly<Record<string, Shape>>
  /** What its outputs hold. */
  content: Content
  /** Trained values, those of a repeated node's copies too. */
  weights: number
  cost: Cost | null
  /** How often it runs: more than once inside a repeated block. */
  copies: number
  /** The node's own error. */
  error: ShapeError | null
  /** Title of the node upstream that it waits for, when it cannot be checked yet. */
  waitsFor: string | null
}

export interface Problem {
  /** Null for a problem of the whole document. */
  node: string | null
  /** The block it is about, if it is about one. */
  block?: string
  message: string
  mends: readonly Mend[]
}

export interface Analysis {
  nodes: ReadonlyMap<string, NodeAnalysis>
  /** Shape on each wire by wire id; absent while it is not known. */
  wires: ReadonlyMap<string, Shape>
  /** The document written out: what runs. See expand.ts. */
  flat: Expanded
  /** By id in `flat`. */
  flatNodes: ReadonlyMap<string, NodeAnalysis>
  /** What a node of `flat` is called. */
  sourceTitles: ReadonlyMap<string, string>
  /** Ids in `flat` in an order in which they can run; nodes in a cycle are left out. */
  order: readonly string[]
  /** Empty when the document can be trained. */
  problems: readonly Problem[]
  /** Trained values; tied ones once. */
  parameters: number
}

export const unknownData: DataShape = {
  sample: null,
  content: 'values',
  task: 'classify',
  classes: null,
  vocabulary: null,
  sizes: {},
}

/** Data of samples with one class each, for what needs no more than that. */
export const classData = (sample: Shape | null, classes: number | null): DataShape => ({
  ...unknownData,
  sample,
  classes,
})

export function analyse(document: ModelDocument, data: DataShape = unknownData): Analysis {
  const flat = expand(document)
  const incoming = new Map<string, Wire[]>()
  const outgoing = new Map<string, Wire[]>()
  for (const wire of flat.wires) {
    push(incoming, wire.to.node, wire)
    push(outgoing, wire.from.node, wire)
  }
  const order = runOrder(flat.nodes, incoming, outgoing)
  const byId = new Map(flat.nodes.map((node) => [node.id, node]))
  const named = titles(document)
  const sourceTitles = new Map(
    flat.nodes.map(({ id }) => {
      const original = flat.originals.get(id)
      return [
        id,
        original === undefined ? (named.get(id) ?? id) : copyTitle(named.get(original) ?? original, id),
      ]
    }),
  )
  const pass: Pass = { named: sourceTitles, done: new Map(), wires: new Map(), widthSources: new Map(), data }
  for (const id of order) {
    const analysed = analyseNode(byId.get(id) as ModelNode, incoming.get(id) ?? [], pass)
    pass.done.set(id, analysed)
    for (const wire of outgoing.get(id) ?? []) {
      const shape = analysed.outputs[wire.from.port]
      if (shape) pass.wires.set(wire.id, shape)
    }
  }
  for (const node of flat.nodes) {
    if (pass.done.has(node.id)) continue
    const error = { message: 'is part of a cycle; remove one of its wires', mends: [] }
    pass.done.set(node.id, { ...blank(node, layerOf(node.kind), sourceTitles), error })
  }
  const nodes = gather(document, flat, pass.done)
  const all = [...nodes.values()]
  return {
    nodes,
    wires: pass.wires,
    flat,
    flatNodes: pass.done,
    sourceTitles,
    order,
    problems: [
      ...documentProblems(document),
      ...flat.problems.map(({ block, message }) => blockProblem(document, block, message)),
      ...tieProblems(document.ties, pass.done),
      ...all.flatMap(nodeProblems),
    ],
    parameters: all.reduce((sum, n) => sum + n.weights, 0) - tiedValues(flat.ties, pass.done),
  }
}

/** What one walk over the nodes has found so far. */
interface Pass {
  named: ReadonlyMap<string, string>
  done: Map<string, NodeAnalysis>
  wires: Map<string, Shape>
  widthSources: Map<string, ShapeContext['widthSource']>
  data: DataShape
}

/** `Conv` of the third copy of a block is "Conv (copy 3)". */
const copyTitle = (title: string, id: string): string => `${title} (copy ${copyNumber(id)})`

/** The document's own nodes: a repeated one stands for its copies, and says what is wrong with the first that is. */
function gather(
  document: ModelDocument,
  flat: Expanded,
  done: ReadonlyMap<string, NodeAnalysis>,
): ReadonlyMap<string, NodeAnalysis> {
  const nodes = new Map<string, NodeAnalysis>()
  for (const node of document.nodes) {
    const analysed = done.get(node.id)
    nodes.set(node.id, analysed ?? { ...blank(node, layerOf(node.kind), titles(document)), copies: 0 })
  }
  for (const [id, original] of flat.originals) {
    const copy = done.get(id)
    const first = nodes.get(original)
    if (!copy || !first) continue
    const error =
      first.error ??
      (copy.error && {
        ...copy.error,
        message: `${copy.error.message} (in copy ${copyNumber(id)})`,
      })
    nodes.set(original, { ...first, error, weights: first.weights + copy.weights, copies: first.copies + 1 })
  }
  return nodes
}

function blockProblem(document: ModelDocument, block: string, message: string): Problem {
  const name = document.blocks.find(({ id }) => id === block)?.name || 'A block'
  return { node: null, block, message: `${name} ${message}.`, mends: [] }
}

const weightOf = (
  nodes: ReadonlyMap<string, NodeAnalysis>,
  id: string,
  name: string,
): readonly number[] | null => {
  const node = nodes.get(id)
  if (!node?.layer || !node.cost) return null
  return node.layer.weights(node.inputs, node.parameters).find((spec) => spec.name === name)?.shape ?? null
}

function tieProblems(ties: readonly Tie[], nodes: ReadonlyMap<string, NodeAnalysis>): Problem[] {
  return ties.flatMap(({ node, weight, source }): Problem[] => {
    const title = nodes.get(node)?.title ?? node
    const from = nodes.get(source.node)?.title ?? source.node
    const say = (message: string): Problem[] => [{ node, message, mends: [] }]
    if (!nodes.has(node) || !nodes.has(source.node))
      return [
        {
          node: null,
          message: `A shared weight names a layer that is not there: ${title} uses ${from}'s.`,
          mends: [],
        },
      ]
    if (!nodes.get(node)?.cost || !nodes.get(source.node)?.cost) return []
    const [own, theirs] = [weightOf(nodes, node, weight), weightOf(nodes, source.node, source.weight)]
    if (!own) return say(`${title} has no weight "${weight}" to share.`)
    if (!theirs) return say(`${from} has no weight "${source.weight}" to share.`)
    if (!sameShape(own, theirs))
      return say(
        `${title} shares ${from}'s ${source.weight} of ${formatShape(theirs)}, but its own ${weight} is ${formatShape(own)}.`,
      )
    return []
  })
}

const tiedValues = (ties: readonly Tie[], nodes: ReadonlyMap<string, NodeAnalysis>): number =>
  ties.reduce(
    (sum, { node, weight }) => sum + (weightOf(nodes, node, weight)?.reduce((a, b) => a * b, 1) ?? 0),
    0,
  )

function analyseNode(node: ModelNode, incoming: readonly Wire[], pass: Pass): NodeAnalysis {
  const { named, done, wires, widthSources, data } = pass
  const layer = layerOf(node.kind)
  const result = blank(node, layer, named)
  if (layer?.withData) result.parameters = layer.withData(result.parameters, data)
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
  const { parameters } = result
  let content: Content = node.kind === 'input' ? data.content : 'values'
  for (const port of inputPorts(layer, parameters)) {
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
    const arrives = upstream?.content ?? 'values'
    const takes = layer.takes ?? 'values'
    if (takes === 'either') content = arrives
    else if (takes !== arrives) return { ...result, inputs, error: contentError(node.id, port, takes) }
  }
  const stray = incoming.find((wire) => !(wire.to.port in inputs))
  if (stray)
    return {
      ...result,
      inputs,
      error: {
        message: `has a wire at "${stray.to.port}", a port it does not have; remove the wire`,
        mends: [],
      },
    }

  const source = incoming[0] ? (widthSources.get(incoming[0].from.node) ?? null) : null
  const shaped = layer.shape(inputs, parameters, { node: node.id, data, widthSource: source })
  if ('error' in shaped) return { ...result, inputs, error: shaped.error }
  const key = typeof layer.widthKey === 'function' ? layer.widthKey(parameters) : layer.widthKey
  const kept = key === undefined && !changesWidth(inputs, shaped.outputs)
  widthSources.set(node.id, key ? { node: node.id, title: result.title, key } : kept ? source : null)
  return {
    ...result,
    inputs,
    outputs: shaped.outputs,
    content,
    weights: trainedValues(layer.weights(inputs, parameters)),
    cost: layer.cost(inputs, parameters),
  }
}

function contentError(node: string, port: string, takes: Content): ShapeError {
  if (takes === 'tokens')
    return { message: 'reads token ids, and gets values; wire it to the Input of a text', mends: [] }
  const mend: Mend = {
    kind: 'insert-before',
    title: 'Insert Embedding',
    node,
    port,
    layer: 'embedding',
    parameters: {},
  }
  return {
    message: 'computes with values, and gets token ids; an Embedding makes vectors of them',
    mends: layerOf('embedding') ? [mend] : [],
  }
}

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
  parameters: layer ? withDefaults(layer, node) : node.parameters,
  inputs: {},
  outputs: {},
  content: 'values',
  weights: 0,
  copies: 1,
  cost: null,
  error: null,
  waitsFor: null,
})

/** Kahn's algorithm; ties in document order, so the order is stable. */
function runOrder(
  nodes: readonly ModelNode[],
  incoming: ReadonlyMap<string, readonly Wire[]>,
  outgoing: ReadonlyMap<string, readonly Wire[]>,
): string[] {
  const known = new Set(nodes.map((node) => node.id))
  const waiting = new Map<string, number>()
  for (const id of known)
    waiting.set(id, (incoming.get(id) ?? []).filter((wire) => known.has(wire.from.node)).length)
  const ready = nodes.filter((node) => waiting.get(node.id) === 0).map((node) => node.id)
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

function push(map: Map<string, Wire[]>, key: string, wire: Wire): void {
  const list = map.get(key)
  if (list) list.push(wire)
  else map.set(key, [wire])
}

/** Values in one sample of a shape `B x ...`; null while a size is symbolic. */
export const sampleSize = (shape: Shape): number | null => evaluate(multiply(...sampleShape(shape)), {})
