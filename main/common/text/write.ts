/** A document as text. */
import { blocksOf } from '../blockTree.ts'
import type { Block, ModelDocument, ModelNode, Parameter, Tie, Wire } from '../document.ts'
import { layerOf } from '../layers/catalogue.ts'
import { runOrder, wiresByNode, type WiresByNode } from '../order.ts'
import { nodePorts } from '../ports.ts'
import { kindWord, nameWord, valueWord } from './words.ts'

/**
 * One line for each node in running order, those of a block indented below its name:
 *
 *     model "Digits"
 *     input = Input()
 *     block body "Body" x3:
 *       hidden = Linear(input, outFeatures: 256) named "Hidden" bypassed
 *     scores = Linear(hidden, outFeatures: 10) shares weight with hidden.weight
 *
 * Settings that are as the layer has them by default are left out; positions are not in the text.
 */
export function toText(document: ModelDocument): string {
  const graph = wiresByNode(document.wires)
  const places = placesOf(document, graph)
  const byId = new Map(document.nodes.map((node) => [node.id, node]))
  const ties = new Map<string, Tie[]>()
  for (const tie of document.ties) ties.set(tie.node, [...(ties.get(tie.node) ?? []), tie])

  const first = new Map(
    blocksOf(document).map(({ block, nodes }) => {
      let place = Infinity
      for (const node of nodes) place = Math.min(place, places.get(node) ?? Infinity)
      return [block.id, place]
    }),
  )
  const homes = new Map(document.blocks.flatMap((block) => block.nodes.map((node) => [node, block.id])))
  const inside = new Map<string | null, (Block | ModelNode)[]>()
  for (const part of [...document.nodes, ...document.blocks]) {
    const home = 'repeat' in part ? part.parent : (homes.get(part.id) ?? null)
    const list = inside.get(home)
    if (list) list.push(part)
    else inside.set(home, [part])
  }
  const placeOf = (part: Block | ModelNode): number =>
    ('repeat' in part ? first.get(part.id) : places.get(part.id)) ?? Infinity

  const lines = [`model ${JSON.stringify(document.name)}`, '']
  const write = (home: string | null, depth: number): void => {
    const parts = (inside.get(home) ?? []).map((part) => ({ part, place: placeOf(part) }))
    // Empty blocks have no place: after everything else, in document order.
    parts.sort((a, b) => (a.place === b.place ? 0 : a.place - b.place))
    for (const { part } of parts) {
      const indent = '  '.repeat(depth)
      if ('repeat' in part) {
        lines.push(indent + blockLine(part))
        write(part.id, depth + 1)
      } else
        lines.push(indent + nodeLine(part, graph.incoming.get(part.id) ?? [], byId, ties.get(part.id) ?? []))
    }
  }
  write(null, 0)
  return `${lines.join('\n')}\n`
}

/** Running order; what is in a loop or behind one comes last, as the document has it. */
function placesOf(
  document: ModelDocument,
  graph: { incoming: WiresByNode; outgoing: WiresByNode },
): Map<string, number> {
  const places = new Map<string, number>()
  for (const id of runOrder(document.nodes, graph)) places.set(id, places.size)
  for (const { id } of document.nodes) if (!places.has(id)) places.set(id, places.size)
  return places
}

function blockLine({ id, name, repeat, collapsed }: Block): string {
  const words = ['block', id]
  if (name !== '') words.push(JSON.stringify(name))
  // An id that reads like what may follow it is told apart by what then does follow.
  if (repeat > 1 || /^(x\d+|collapsed)$/.test(id)) words.push(`x${repeat}`)
  if (collapsed) words.push('collapsed')
  return `${words.join(' ')}:`
}

function nodeLine(
  node: ModelNode,
  incoming: readonly Wire[],
  byId: ReadonlyMap<string, ModelNode>,
  ties: readonly Tie[],
): string {
  const words = [
    `${node.id} = ${kindWord(node.kind)}(${[...inputs(node, incoming, byId), ...settings(node)].join(', ')})`,
  ]
  if (node.name !== '') words.push(`named ${JSON.stringify(node.name)}`)
  if (node.bypass) words.push('bypassed')
  for (const { weight, source } of ties)
    words.push(`shares ${nameWord(weight)} with ${source.node}.${nameWord(source.weight)}`)
  return words.join(' ')
}

/** In the order of the ports while each has a wire; from the first that has none on, with their names. */
function inputs(node: ModelNode, incoming: readonly Wire[], byId: ReadonlyMap<string, ModelNode>): string[] {
  const rest = [...incoming]
  const words: string[] = []
  for (const port of nodePorts(node).inputs) {
    const i = rest.findIndex((wire) => wire.to.port === port)
    const [wire] = i < 0 ? [] : rest.splice(i, 1)
    if (!wire) break
    words.push(reference(wire.from, byId))
  }
  return [...words, ...rest.map(({ from, to }) => `${nameWord(to.port)} <- ${reference(from, byId)}`)]
}

function reference({ node, port }: Wire['from'], byId: ReadonlyMap<string, ModelNode>): string {
  const source = byId.get(node)
  return source && port === mainOutput(source) ? node : `${node}.${nameWord(port)}`
}

/** The output that is meant where none is named. */
export const mainOutput = (node: Pick<ModelNode, 'kind' | 'parameters'>): string =>
  nodePorts(node).outputs[0] ?? 'output'

function settings({ kind, parameters }: ModelNode): string[] {
  const defaults = new Map(layerOf(kind)?.fields.map((field) => [field.key, field.default]))
  return Object.entries(parameters).flatMap(([key, value]) => {
    const usual = defaults.get(key)
    return usual !== undefined && sameValue(value, usual) ? [] : [`${nameWord(key)}: ${valueWord(value)}`]
  })
}

const sameValue = (a: Parameter, b: Parameter): boolean =>
  Object.is(a, b) ||
  (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((n, i) => Object.is(n, b[i])))
