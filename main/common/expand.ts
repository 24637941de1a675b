/**
 * A document without its conveniences: repeated blocks written out, bypassed nodes wired past. What is left is nodes
 * and wires. A copy of a node is called `id@block.2`, inside nested blocks `id@inner.2@outer.3`; the first keeps its id.
 */
import { blocksOf } from './blockTree.ts'
import type { Block, ModelDocument, ModelNode, Tie, Wire } from './document.ts'

export interface Expanded {
  nodes: readonly ModelNode[]
  wires: readonly Wire[]
  ties: readonly Tie[]
  /** Id in the document by id here, of copies only. */
  originals: ReadonlyMap<string, string>
  problems: readonly { block: string; message: string }[]
}

/** More nodes than this are refused: 1,000 repeats inside 1,000 repeats would fill the memory. */
export const mostNodes = 20_000

interface Graph {
  nodes: ModelNode[]
  wires: Wire[]
  ties: Tie[]
  originals: Map<string, string>
  problems: { block: string; message: string }[]
}

export function expand(document: ModelDocument): Expanded {
  const repeated = document.blocks.some((block) => block.repeat > 1)
  const bypassed = document.nodes.some((node) => node.bypass)
  const graph: Graph = {
    nodes: document.nodes,
    wires: document.wires,
    ties: document.ties,
    originals: new Map(),
    problems: [],
  }
  // Inner blocks first, so that an outer one repeats what its inner ones became.
  if (repeated)
    for (const { block, nodes } of [...blocksOf(document)].reverse())
      if (block.repeat > 1) unroll(graph, block, nodes)
  if (bypassed) passBy(graph)
  return graph
}

/** Which copy a written-out node is: "2", or "3.2" for the second inside the third; null for the first. */
export function copyNumber(id: string): string | null {
  const parts = id.split('@').slice(1)
  return parts.length === 0
    ? null
    : parts
        .map((part) => part.slice(part.lastIndexOf('.') + 1))
        .reverse()
        .join('.')
}

/** The one port that feeds a block and the one that leaves it; a sentence where it is not so. */
export function blockEnds(
  wires: readonly Wire[],
  inside: ReadonlySet<string>,
): { entry: Wire['from']; exit: Wire['from'] } | { problem: string } {
  const entering = wires.filter((wire) => inside.has(wire.to.node) && !inside.has(wire.from.node))
  const leaving = wires.filter((wire) => inside.has(wire.from.node) && !inside.has(wire.to.node))
  const [entry] = entering
  const [exit] = leaving
  if (!entry || !exit)
    return { problem: `needs a wire that ${entry ? 'leaves' : 'enters'} it before it can be repeated` }
  if (entering.some(({ from }) => from.node !== entry.from.node || from.port !== entry.from.port))
    return { problem: 'is fed by more than one output, and only one can feed its next copy' }
  if (leaving.some(({ from }) => from.node !== exit.from.node || from.port !== exit.from.port))
    return { problem: 'leaves by more than one output, and only one can feed its next copy' }
  return { entry: entry.from, exit: exit.from }
}

function unroll(graph: Graph, block: Block, members: ReadonlySet<string>): void {
  const inside = new Set(
    graph.nodes.map(({ id }) => id).filter((id) => members.has(graph.originals.get(id) ?? id)),
  )
  if (inside.size === 0) return
  const ends = blockEnds(graph.wires, inside)
  if ('problem' in ends) {
    graph.problems.push({ block: block.id, message: ends.problem })
    return
  }
  if (graph.nodes.length + inside.size * (block.repeat - 1) > mostNodes) {
    graph.problems.push({
      block: block.id,
      message: `repeated ${block.repeat} times makes more than ${mostNodes.toLocaleString('en-US')} layers; repeat it less often`,
    })
    return
  }
  const within = graph.nodes.filter(({ id }) => inside.has(id))
  const inner = graph.wires.filter(({ from, to }) => inside.has(from.node) && inside.has(to.node))
  const entering = graph.wires.filter(({ from, to }) => !inside.has(from.node) && inside.has(to.node))
  const ties = graph.ties.filter(({ node, source }) => inside.has(node) && inside.has(source.node))
  const nodes = [...graph.nodes]
  const wires = graph.wires.filter(({ from, to }) => !(inside.has(from.node) && !inside.has(to.node)))
  const leaving = graph.wires.filter(({ from, to }) => inside.has(from.node) && !inside.has(to.node))
  const allTies = [...graph.ties]
  let last = ends.exit
  for (let copy = 2; copy <= block.repeat; copy++) {
    const renamed = (id: string): string => `${id}@${block.id}.${copy}`
    for (const node of within) {
      const id = renamed(node.id)
      nodes.push({ ...node, id })
      graph.originals.set(id, graph.originals.get(node.id) ?? node.id)
    }
    for (const { id, from, to } of inner)
      wires.push({
        id: renamed(id),
        from: { node: renamed(from.node), port: from.port },
        to: { node: renamed(to.node), port: to.port },
      })
    for (const { id, to } of entering)
      wires.push({ id: renamed(id), from: last, to: { node: renamed(to.node), port: to.port } })
    for (const { node, weight, source } of ties)
      allTies.push({
        node: renamed(node),
        weight,
        source: { node: renamed(source.node), weight: source.weight },
      })
    last = { node: renamed(ends.exit.node), port: ends.exit.port }
  }
  for (const wire of leaving) wires.push({ ...wire, from: last })
  graph.nodes = nodes
  graph.wires = wires
  graph.ties = allTies
}

/** Takes bypassed nodes out; whatever they fed is fed by what fed their first wire. */
function passBy(graph: Graph): void {
  for (const { id, bypass } of graph.nodes) {
    if (!bypass) continue
    const [source] = graph.wires.filter((wire) => wire.to.node === id)
    graph.wires = graph.wires.flatMap((wire) => {
      if (wire.to.node === id) return []
      if (wire.from.node !== id) return [wire]
      return source ? [{ ...wire, from: source.from }] : []
    })
  }
  graph.nodes = graph.nodes.filter((node) => !node.bypass)
}
