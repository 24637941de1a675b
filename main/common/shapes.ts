/**
 * Shape inference over a model document: pure, quick enough to run at every keystroke, and partial (what can
 * be known is known; a node behind a problem says what it waits for). The page and the worker run the same code.
 */
import type { ModelDocument, ModelNode, Wire } from './document.ts'
import { evaluate, formatShape, multiply, sameShape, type Shape } from './dims.ts'
import { copyNumber, expand, type Expanded } from './expand.ts'
import {
  checkParameter,
  inputPorts,
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
import { loopsAmong, runOrder, wayAround, wiresByNode } from './order.ts'
import { titles, withDefaults } from './ports.ts'
import {
  blockProblems,
  documentProblems,
  looseEnds,
  nodeProblems,
  tieProblems,
  weightOf,
  type Problem,
} from './problems.ts'

export { nodePorts, passesOn, titles, withDefaults } from './ports.ts'
export type { Problem } from './problems.ts'

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
  /** Errors only: empty when the document can be trained. */
  problems: readonly Problem[]
  /** What has no effect: layers that take no part. They stop nothing. */
  remarks: readonly Problem[]
  /** Ids in `flat` of the nodes that lead to an Output; of all nodes while there is none. */
  used: ReadonlySet<string>
  /** Trained values of the nodes that are used; tied ones once. */
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
  const graph = wiresByNode(flat.wires)
  const order = runOrder(flat.nodes, graph)
  const named = titles(document)
  const sourceTitles = titlesOf(flat, named)
  const pass: Pass = {
    named: sourceTitles,
    done: new Map(),
    wires: new Map(),
    widthSources: new Map(),
    bypasses: new Map(),
    flat,
    data,
  }
  const byId = new Map(flat.nodes.map((node) => [node.id, node]))
  const walk = (ids: readonly string[]): void => {
    for (const id of ids) {
      const analysed = analyseNode(byId.get(id) as ModelNode, graph.incoming.get(id) ?? [], pass)
      pass.done.set(id, analysed)
      for (const wire of graph.outgoing.get(id) ?? []) {
        if (!Object.hasOwn(analysed.outputs, wire.from.port)) continue
        const shape = analysed.outputs[wire.from.port]
        if (shape) pass.wires.set(wire.id, shape)
      }
    }
  }
  walk(order)
  if (order.length < flat.nodes.length) {
    const rest = flat.nodes.filter(({ id }) => !pass.done.has(id))
    for (const members of loopsAmong(
      rest.map(({ id }) => id),
      graph,
    ))
      closeLoop(members, graph.outgoing, byId, pass)
    walk(
      runOrder(
        rest.filter(({ id }) => !pass.done.has(id)),
        graph,
      ),
    )
  }
  const nodes = gather(document, flat, pass.done, named)
  const leading = leadingTo('output', flat, graph.incoming)
  const used = leading.size > 0 ? leading : new Set(byId.keys())
  const listed = [
    ...documentProblems(document, named),
    ...blockProblems(document.blocks, flat),
    ...tieProblems(flat.ties, pass.done),
    ...nodeProblems(nodes.values(), used),
    ...(leading.size > 0 ? looseEnds(flat, pass.done) : []),
  ]
  let parameters = 0
  for (const id of used) parameters += pass.done.get(id)?.weights ?? 0
  for (const { node, weight, source } of flat.ties)
    if (used.has(node) && used.has(source.node))
      parameters -= weightOf(pass.done.get(node), weight)?.reduce((a, b) => a * b, 1) ?? 0
  return {
    nodes,
    wires: pass.wires,
    flat,
    flatNodes: pass.done,
    sourceTitles,
    order,
    problems: listed.filter(({ level }) => level === 'error'),
    remarks: listed.filter(({ level }) => level === 'remark'),
    used,
    parameters,
  }
}

/** What one walk over the nodes has found so far. */
interface Pass {
  named: ReadonlyMap<string, string>
  done: Map<string, NodeAnalysis>
  wires: Map<string, Shape>
  widthSources: Map<string, ShapeContext['widthSource']>
  /** The nearest bypassed node upstream that would have changed the shape. */
  bypasses: Map<string, Bypassed | null>
  flat: Expanded
  data: DataShape
}

interface Bypassed {
  node: ModelNode
  /** What would come out of it. */
  shape: Shape
}

/** `Conv` of the third copy of a block is "Conv (copy 3)". */
const copyTitle = (title: string, id: string): string => `${title} (copy ${copyNumber(id)})`

const titlesOf = (flat: Expanded, named: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  flat.originals.size === 0
    ? named
    : new Map(
        flat.nodes.map(({ id }) => {
          const original = flat.originals.get(id)
          return [
            id,
            original === undefined ? (named.get(id) ?? id) : copyTitle(named.get(original) ?? original, id),
          ]
        }),
      )

/** Nodes of a kind and all that lead to them. */
function leadingTo(
  kind: string,
  flat: Expanded,
  incoming: ReadonlyMap<string, readonly Wire[]>,
): ReadonlySet<string> {
  const found = new Set(flat.nodes.filter((node) => node.kind === kind).map((node) => node.id))
  // A set hands out what is added while it is walked: this is breadth-first search.
  for (const id of found) for (const { from } of incoming.get(id) ?? []) found.add(from.node)
  return found
}

/** Gives the members of a loop their error; the first member's is listed and names the way around. */
function closeLoop(
  members: readonly string[],
  outgoing: ReadonlyMap<string, readonly Wire[]>,
  byId: ReadonlyMap<string, ModelNode>,
  pass: Pass,
): void {
  const way = wayAround(members, outgoing)
  const [first = ''] = way
  const shown = way.slice(0, 6).map((id) => pass.named.get(id) ?? id)
  const more = way.length > shown.length ? ` → ${way.length - shown.length} more` : ''
  const message = `is part of a loop, and data flows one way: ${shown.join(' → ')}${more} → ${shown[0]}`
  const last = way.at(-1)
  const closing = outgoing.get(last ?? '')?.filter(({ to }) => to.node === first) ?? []
  const mend: Mend = {
    kind: 'remove-wires',
    title: `Remove the wire from ${pass.named.get(last ?? '')} to ${pass.named.get(first)}`,
    wires: closing.map((wire) => wire.id),
  }
  for (const id of [first, ...members]) {
    const node = byId.get(id)
    if (!node || pass.done.has(id)) continue
    const error: ShapeError = { message, mends: [mend], ...(id === first ? {} : { toldBy: first }) }
    pass.done.set(id, { ...blank(node, layerOf(node.kind), pass.named), error })
  }
}

/** The document's own nodes: a repeated one stands for its copies, and says what is wrong with the first that is. */
function gather(
  document: ModelDocument,
  flat: Expanded,
  done: ReadonlyMap<string, NodeAnalysis>,
  named: ReadonlyMap<string, string>,
): ReadonlyMap<string, NodeAnalysis> {
  const nodes = new Map<string, NodeAnalysis>()
  for (const node of document.nodes)
    nodes.set(node.id, done.get(node.id) ?? { ...blank(node, layerOf(node.kind), named), copies: 0 })
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

/** The node's analysis; an error behind a bypassed layer that would have changed the shape names that layer. */
function analyseNode(node: ModelNode, incoming: readonly Wire[], pass: Pass): NodeAnalysis {
  const analysed = checkNode(node, incoming, pass)
  const bypassed = pass.flat.passed.size === 0 ? null : bypassBefore(incoming, pass)
  pass.bypasses.set(node.id, bypassed)
  const { error } = analysed
  if (!bypassed || !error || error.incomplete) return analysed
  const title = pass.named.get(bypassed.node.id) ?? bypassed.node.id
  const mend: Mend = {
    kind: 'set-bypass',
    title: `Switch ${title} back on`,
    node: pass.flat.originals.get(bypassed.node.id) ?? bypassed.node.id,
    bypass: false,
  }
  const message = `${error.message}; ${title}, which would make it ${formatShape(bypassed.shape)}, is bypassed`
  return { ...analysed, error: { ...error, message, mends: [mend, ...error.mends] } }
}

function bypassBefore(incoming: readonly Wire[], pass: Pass): Bypassed | null {
  for (const wire of incoming) {
    const arriving = pass.wires.get(wire.id)
    let nearest = pass.bypasses.get(wire.from.node) ?? null
    for (const node of arriving ? (pass.flat.passed.get(wire.id) ?? []) : []) {
      const shape = shapeAfter(node, arriving as Shape, pass.data)
      if (shape && !sameShape(shape, arriving as Shape)) nearest = { node, shape }
    }
    if (nearest) return nearest
  }
  return null
}

/** What a layer of one input would make of a shape; null where that cannot be said. */
function shapeAfter(node: ModelNode, shape: Shape, data: DataShape): Shape | null {
  const layer = layerOf(node.kind)
  if (!layer || settingError(layer, node)) return null
  const own = withDefaults(layer, node)
  const parameters = layer.withData?.(own, data) ?? own
  const [port, second] = inputPorts(layer, parameters)
  if (port === undefined || second !== undefined) return null
  const result = layer.shape({ [port]: shape }, parameters, { node: node.id, data, widthSource: null })
  return 'error' in result ? null : (Object.values(result.outputs)[0] ?? null)
}

/** What is wrong with the first wrong parameter. */
function settingError(layer: Layer, node: ModelNode): ShapeError | null {
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
    return { message: `has a wrong setting: ${message.replace(/\.$/, '')}`, mends: [mend] }
  }
  return null
}

function checkNode(node: ModelNode, incoming: readonly Wire[], pass: Pass): NodeAnalysis {
  const { named, done, wires, widthSources, data } = pass
  const layer = layerOf(node.kind)
  const result = blank(node, layer, named)
  if (layer?.withData) result.parameters = layer.withData(result.parameters, data)
  if (!layer)
    return {
      ...result,
      error: { message: `is of a kind this Tapedeck does not know: ${node.kind}`, mends: [] },
    }

  const wrong = settingError(layer, node)
  if (wrong) return { ...result, error: wrong }

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
        error: {
          message: `has ${arriving.length} wires on its ${port}; it takes one`,
          mends: [removing(arriving.slice(0, -1), 'Keep the last one')],
        },
      }
    const shape = wires.get(wire.id)
    const upstream = done.get(wire.from.node)
    if (!shape && (!upstream || (!upstream.error && !upstream.waitsFor))) {
      const missing = upstream ? `${upstream.title}'s ${wire.from.port}` : `a layer ${wire.from.node}`
      return {
        ...result,
        error: {
          message: `is wired to ${missing}, which is not there; remove the wire`,
          mends: [removing([wire], 'Remove the wire')],
        },
      }
    }
    if (!shape) return { ...result, waitsFor: upstream?.waitsFor ?? upstream?.title ?? wire.from.node }
    inputs[port] = shape
    const arrives = upstream?.content ?? 'values'
    const takes = layer.takes ?? 'values'
    if (takes === 'either') content = arrives
    else if (takes !== arrives) return { ...result, inputs, error: contentError(node.id, port, takes) }
  }
  const stray = incoming.find((wire) => !Object.hasOwn(inputs, wire.to.port))
  if (stray)
    return {
      ...result,
      inputs,
      error: {
        message: `has a wire at "${stray.to.port}", a port it does not have; remove the wire`,
        mends: [removing([stray], 'Remove the wire')],
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

const removing = (wires: readonly Wire[], title: string): Mend => ({
  kind: 'remove-wires',
  title,
  wires: wires.map((wire) => wire.id),
})

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

const changesWidth = (
  inputs: Readonly<Record<string, Shape>>,
  outputs: Readonly<Record<string, Shape>>,
): boolean => {
  const [before] = Object.values(inputs)
  const [after] = Object.values(outputs)
  if (!before || !after) return true
  return formatShape(before.slice(-1)) !== formatShape(after.slice(-1))
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

/** Values in one sample of a shape `B x ...`; null while a size is symbolic. */
export const sampleSize = (shape: Shape): number | null => evaluate(multiply(...sampleShape(shape)), {})
