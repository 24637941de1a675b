/**
 * Edits of a model document: pure functions, document in, document out. Nothing here knows of a canvas, so the
 * page, the command line and tests make the same edits. An edit that changes nothing returns the document it got,
 * which is how the caller knows that there is nothing to undo.
 */
import type { ModelDocument, ModelNode, Parameter, Wire } from './document.ts'
import { defaultParameters, type Mend, type Parameters } from './layer.ts'
import { blockOf, commonBlock, withoutEmpty } from './blockTree.ts'
import { place } from './blocks.ts'
import { freeId } from './ids.ts'
import { layerOf } from './layers/catalogue.ts'
import { nodePorts, passesOn, titles } from './ports.ts'
import { untie } from './sharing.ts'

export type Position = ModelNode['position']
export type Port = Wire['from']

/** An edit that may be refused, with the reason as one sentence for a person. */
export type Attempt = { document: ModelDocument } | { refused: string }

export interface Added {
  document: ModelDocument
  /** Id of the new node. */
  id: string
}

/** Width and height that a node is taken to have, in canvas units, where its drawn size is not known. */
export const nodeSize = { width: 160, height: 56 } as const
/** Distance between the left edges of neighbours, and between the tops of rows. */
export const pitch = { x: 280, y: 136 } as const

/** Adds a layer with its default parameters, or those given on top of them. */
export function addNode(
  document: ModelDocument,
  kind: string,
  position: Position,
  parameters: Parameters = {},
): Added {
  const layer = layerOf(kind)
  const id = freeId(
    kind,
    document.nodes.map((node) => node.id),
  )
  const node: ModelNode = {
    id,
    kind,
    name: '',
    parameters: { ...(layer ? defaultParameters(layer) : {}), ...parameters },
    position: { x: Math.round(position.x), y: Math.round(position.y) },
  }
  return { document: { ...document, nodes: [...document.nodes, node] }, id }
}

/**
 * Removes nodes with their wires. Where a removed node had one wire in, whatever it fed is joined to what fed it,
 * so that taking a layer out of a chain leaves a chain.
 */
export function removeNodes(document: ModelDocument, ids: Iterable<string>): ModelDocument {
  const gone = new Set(ids)
  if (!document.nodes.some((node) => gone.has(node.id))) return document
  let wires = document.wires
  for (const id of gone) {
    const [source, second] = wires.filter((wire) => wire.to.node === id)
    const fed = wires.filter((wire) => wire.from.node === id)
    wires = wires.filter((wire) => wire.to.node !== id && wire.from.node !== id)
    if (!source || second) continue
    for (const { to } of fed)
      if (to.node !== source.from.node) wires = [...wires, newWire(wireIds(wires), source.from, to)]
  }
  const left = document.blocks.map((block) =>
    block.nodes.some((id) => gone.has(id))
      ? { ...block, nodes: block.nodes.filter((id) => !gone.has(id)) }
      : block,
  )
  return {
    ...document,
    nodes: document.nodes.filter((node) => !gone.has(node.id)),
    wires,
    blocks: withoutEmpty(left),
    ties: document.ties.filter(({ node, source }) => !gone.has(node) && !gone.has(source.node)),
  }
}

/** Why an output may not feed an input, as a sentence; null when it may. */
export function connectRefusal(document: ModelDocument, from: Port, to: Port): string | null {
  const named = titles(document)
  for (const [port, side] of [
    [from, 'outputs'],
    [to, 'inputs'],
  ] as const) {
    const node = document.nodes.find((candidate) => candidate.id === port.node)
    if (!node) return `There is no layer ${port.node} to connect.`
    const layer = layerOf(node.kind)
    if (layer && !nodePorts(node)[side].includes(port.port))
      return `${named.get(node.id)} has no ${side === 'outputs' ? 'output' : 'input'} named ${port.port}.`
  }
  if (from.node === to.node) return `${named.get(from.node)} cannot feed itself.`
  if (reachable(document, to.node).has(from.node))
    return `${named.get(to.node)} already leads to ${named.get(from.node)}: that wire would close a loop, and data flows one way.`
  return null
}

/** Wires an output to an input; the wire that the input had is replaced. */
export function connect(document: ModelDocument, from: Port, to: Port): Attempt {
  const refused = connectRefusal(document, from, to)
  if (refused) return { refused }
  if (document.wires.some((wire) => samePort(wire.from, from) && samePort(wire.to, to))) return { document }
  const kept = document.wires.filter((wire) => !samePort(wire.to, to))
  return { document: { ...document, wires: [...kept, newWire(wireIds(kept), from, to)] } }
}

export function disconnect(document: ModelDocument, wireIds: Iterable<string>): ModelDocument {
  const gone = new Set(wireIds)
  const wires = document.wires.filter((wire) => !gone.has(wire.id))
  return wires.length === document.wires.length ? document : { ...document, wires }
}

export function moveNodes(document: ModelDocument, positions: ReadonlyMap<string, Position>): ModelDocument {
  return changeNodes(document, (node) => {
    const to = positions.get(node.id)
    if (!to || (to.x === node.position.x && to.y === node.position.y)) return node
    return { ...node, position: { x: to.x, y: to.y } }
  })
}

/** Any value may be set, wrong ones too: the form keeps what was typed, and analysis names what is wrong with it. */
export function setParameter(
  document: ModelDocument,
  id: string,
  key: string,
  value: Parameter,
): ModelDocument {
  return changeNodes(document, (node) =>
    node.id !== id || (key in node.parameters && sameParameter(node.parameters[key], value))
      ? node
      : { ...node, parameters: { ...node.parameters, [key]: value } },
  )
}

export function rename(document: ModelDocument, id: string, name: string): ModelDocument {
  const short = name.slice(0, 80)
  return changeNodes(document, (node) =>
    node.id !== id || node.name === short ? node : { ...node, name: short },
  )
}

/**
 * Leaves nodes out of the computation, or takes them back in. Of several, those that something enters and leaves;
 * refused where that is none of them.
 */
export function setBypass(document: ModelDocument, ids: Iterable<string>, bypass: boolean): Attempt {
  const wanted = new Set(ids)
  const chosen = new Set(document.nodes.filter((node) => wanted.has(node.id) && (!bypass || passesOn(node))))
  const [first] = document.nodes.filter((node) => wanted.has(node.id))
  if (chosen.size === 0 && first)
    return {
      refused: `${titles(document).get(first.id)} cannot be bypassed: a layer needs an input and an output for that.`,
    }
  return {
    document: changeNodes(document, (node) => {
      if (!chosen.has(node) || (node.bypass ?? false) === bypass) return node
      const { bypass: _before, ...rest } = node
      return bypass ? { ...rest, bypass } : rest
    }),
  }
}

export function renameDocument(document: ModelDocument, name: string): ModelDocument {
  const short = name.slice(0, 120)
  return document.name === short ? document : { ...document, name: short }
}

/**
 * Puts a node that is already in the document on a wire: what fed the wire feeds it, and it feeds what the wire fed.
 * Where it would not fit between the two in a row, it takes its place there and what follows moves to the right.
 * On a wire inside a block it joins the block.
 */
export function splice(document: ModelDocument, wireId: string, id: string): Attempt {
  const wire = document.wires.find((candidate) => candidate.id === wireId)
  const node = document.nodes.find((candidate) => candidate.id === id)
  if (!wire || !node) return { refused: wireGone }
  const {
    inputs: [input],
    outputs: [output],
  } = nodePorts(node)
  if (input === undefined || output === undefined)
    return {
      refused: `${titles(document).get(id)} cannot sit on a wire: it has no ${input === undefined ? 'input' : 'output'}.`,
    }
  const open = disconnect(document, [wireId])
  const entered = connect(open, wire.from, { node: id, port: input })
  if ('refused' in entered) return entered
  const left = connect(entered.document, { node: id, port: output }, wire.to)
  return 'refused' in left ? left : { document: settle(joinBlock(left.document, wire, id), wire, id) }
}

/** Lists a node in the block that both ends of a wire lie in, unless it lies in the block of one of them. */
function joinBlock(document: ModelDocument, { from, to }: Wire, id: string): ModelDocument {
  if (document.blocks.length === 0) return document
  const target = commonBlock(document, from.node, to.node)
  const own = blockOf(document, id)?.id ?? null
  const beside = [from, to].some(({ node }) => own !== null && commonBlock(document, node, id) === own)
  return own === target || beside ? document : place(document, [{ node: id, container: own }], target)
}

/** Adds a layer on a wire, at a place or midway. */
export function insertOnWire(
  document: ModelDocument,
  wireId: string,
  kind: string,
  parameters: Parameters = {},
  at?: Position,
): Added | { refused: string } {
  const wire = document.wires.find((candidate) => candidate.id === wireId)
  const from = document.nodes.find((node) => node.id === wire?.from.node)
  const to = document.nodes.find((node) => node.id === wire?.to.node)
  if (!from || !to) return { refused: wireGone }
  const middle = { x: (from.position.x + to.position.x) / 2, y: (from.position.y + to.position.y) / 2 }
  const place = inRow(from.position, to.position) ? (at ?? middle) : freePlace(document, at ?? middle)
  const added = addNode(document, kind, place, parameters)
  const spliced = splice(added.document, wireId, added.id)
  return 'refused' in spliced ? spliced : { document: spliced.document, id: added.id }
}

const wireGone = 'That wire is no longer there.'

const inRow = (from: Position, to: Position): boolean =>
  Math.abs(to.y - from.y) < pitch.y / 2 && to.x > from.x

/** Lines a spliced node up with its neighbours when they stand in a row too close for it. */
function settle(document: ModelDocument, wire: Wire, id: string): ModelDocument {
  const place = (node: string): Position | undefined =>
    document.nodes.find((candidate) => candidate.id === node)?.position
  const from = place(wire.from.node)
  const to = place(wire.to.node)
  if (!from || !to || !inRow(from, to) || to.x - from.x >= 1.6 * pitch.x) return document
  const roomy = makeRoom(document, to, from.x + 2 * pitch.x, id)
  return moveNodes(roomy, new Map([[id, { x: from.x + pitch.x, y: from.y }]]))
}

/** Moves everything in the row of `first`, from its left edge on, so far right that it starts at `left`. */
function makeRoom(document: ModelDocument, first: Position, left: number, except: string): ModelDocument {
  const by = left - first.x
  if (by <= 0) return document
  return changeNodes(document, (node) =>
    node.id !== except && Math.abs(node.position.y - first.y) < pitch.y / 2 && node.position.x >= first.x
      ? { ...node, position: { x: node.position.x + by, y: node.position.y } }
      : node,
  )
}

/** The wanted place, or the nearest below it that covers no other node. */
export function freePlace(document: ModelDocument, wanted: Position): Position {
  const covers = (y: number): boolean =>
    document.nodes.some(
      ({ position }) =>
        Math.abs(position.x - wanted.x) < nodeSize.width && Math.abs(position.y - y) < nodeSize.height + 8,
    )
  let y = wanted.y
  while (covers(y)) y += pitch.y / 4
  return { x: wanted.x, y }
}

/**
 * Adds a layer behind a node: spliced into the node's one wire, else wired to its output. A layer that cannot be
 * fed from there is only placed.
 */
export function addAfter(document: ModelDocument, after: string, kind: string): Added {
  const node = document.nodes.find((candidate) => candidate.id === after)
  const origin = node?.position ?? { x: 0, y: 0 }
  const next = { x: origin.x + pitch.x, y: origin.y }
  const [output] = node ? nodePorts(node).outputs : []
  const [input] = nodePorts({ kind, parameters: {} }).inputs
  const leaving = document.wires.filter((wire) => wire.from.node === after)
  if (leaving.length === 1 && leaving[0]) {
    const inserted = insertOnWire(document, leaving[0].id, kind)
    if ('document' in inserted) return inserted
  }
  const added = addNode(document, kind, freePlace(document, next))
  if (output === undefined || input === undefined) return added
  const wired = connect(added.document, { node: after, port: output }, { node: added.id, port: input })
  if ('refused' in wired) return added
  // Behind a layer whose wires all stay in its block, the new one is inside too.
  const block = blockOf(document, after)?.id
  const inside =
    block !== undefined &&
    leaving.length > 0 &&
    leaving.every(({ to }) => commonBlock(document, after, to.node) === block)
  const { id } = added
  return {
    document: inside ? place(wired.document, [{ node: id, container: null }], block) : wired.document,
    id,
  }
}

/** Does a repair that analysis offered. */
export function applyMend(document: ModelDocument, mend: Mend): Attempt {
  switch (mend.kind) {
    case 'set-parameter':
      return { document: setParameter(document, mend.node, mend.key, mend.value) }
    case 'set-bypass':
      return setBypass(document, [mend.node], mend.bypass)
    case 'rename':
      return { document: rename(document, mend.node, mend.name) }
    case 'remove-wires':
      return { document: disconnect(document, mend.wires) }
    case 'untie':
      return { document: untie(document, mend) }
    case 'insert-before': {
      const wire = document.wires.find(({ to }) => to.node === mend.node && to.port === mend.port)
      if (!wire) return { refused: wireGone }
      return insertOnWire(document, wire.id, mend.layer, mend.parameters)
    }
  }
}

function changeNodes(document: ModelDocument, change: (node: ModelNode) => ModelNode): ModelDocument {
  const nodes = document.nodes.map(change)
  return nodes.every((node, i) => node === document.nodes[i]) ? document : { ...document, nodes }
}

/** A node and everything that its output reaches. */
export function reachable(document: ModelDocument, start: string): ReadonlySet<string> {
  const next = new Map<string, string[]>()
  for (const { from, to } of document.wires) next.set(from.node, [...(next.get(from.node) ?? []), to.node])
  const seen = new Set([start])
  // A set hands out what is added while it is walked: this is breadth-first search.
  for (const id of seen) for (const node of next.get(id) ?? []) seen.add(node)
  return seen
}

/** A wire under an id that is not taken. */
export const newWire = (taken: Iterable<string>, from: Port, to: Port): Wire => ({
  id: freeId(`${from.node}-${to.node}`, taken),
  from,
  to,
})

const wireIds = (wires: readonly Wire[]): Iterable<string> => wires.map((wire) => wire.id)

const samePort = (a: Port, b: Port): boolean => a.node === b.node && a.port === b.port

const sameParameter = (a: Parameter | undefined, b: Parameter): boolean =>
  a === b || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((n, i) => n === b[i]))
