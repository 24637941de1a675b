/**
 * A document without its conveniences: repeated blocks written out, bypassed nodes wired past. What is left is nodes
 * and wires. A copy of a node is called `id@block.2`, inside nested blocks `id@inner.2@outer.3`; the first keeps its id.
 */
import { blocksOf } from './blockTree.ts'
import type { Block, ModelDocument, ModelNode, Tie, Wire } from './document.ts'
import { nodePorts, passesOn } from './ports.ts'

export interface Expanded {
  nodes: readonly ModelNode[]
  wires: readonly Wire[]
  ties: readonly Tie[]
  /** Id in the document by id here, of copies only. */
  originals: ReadonlyMap<string, string>
  /** Bypassed nodes that a wire goes past, by its id, from its source on. */
  passed: ReadonlyMap<string, readonly ModelNode[]>
  problems: readonly { block: string; message: string }[]
}

/** More nodes than this are refused: 1,000 repeats inside 1,000 repeats would fill the memory. */
export const mostNodes = 20_000

interface Graph {
  nodes: ModelNode[]
  wires: Wire[]
  ties: Tie[]
  originals: Map<string, string>
  passed: Map<string, readonly ModelNode[]>
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
    passed: new Map(),
    problems: [],
  }
  // Inner blocks first, so that an outer one repeats what its inner ones became.
  if (repeated)
    for (const { block, nodes } of [...blocksOf(document)].reverse())
      if (block.repeat > 1 && !unroll(graph, block, nodes)) break
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

/** Wires of a block: those that enter it, those that leave it, and those inside. */
function wiresOf(wires: readonly Wire[], inside: ReadonlySet<string>) {
  const sorted = { entering: [] as Wire[], leaving: [] as Wire[], inner: [] as Wire[], outer: [] as Wire[] }
  for (const wire of wires) {
    if (inside.has(wire.from.node)) sorted[inside.has(wire.to.node) ? 'inner' : 'leaving'].push(wire)
    else sorted[inside.has(wire.to.node) ? 'entering' : 'outer'].push(wire)
  }
  return sorted
}

/** The one output that leaves a block, given that one output feeds it; a sentence where it is not so. */
function exitOf(entering: readonly Wire[], leaving: readonly Wire[]): Wire['from'] | { problem: string } {
  const [entry] = entering
  const [exit] = leaving
  if (!entry || !exit)
    return { problem: `needs a wire that ${entry ? 'leaves' : 'enters'} it before it can be repeated` }
  if (entering.some(({ from }) => from.node !== entry.from.node || from.port !== entry.from.port))
    return { problem: 'is fed by more than one output, and only one can feed its next copy' }
  if (leaving.some(({ from }) => from.node !== exit.from.node || from.port !== exit.from.port))
    return { problem: 'leaves by more than one output, and only one can feed its next copy' }
  return exit.from
}

/** Writes one block out where it can be; false when there is no room for more. */
function unroll(graph: Graph, block: Block, members: ReadonlySet<string>): boolean {
  const within = graph.nodes.filter(({ id }) => members.has(graph.originals.get(id) ?? id))
  if (within.length === 0) return true
  const refuse = (message: string): void => void graph.problems.push({ block: block.id, message })
  const end = within.find(({ kind }) => kind === 'input' || kind === 'output')
  if (end) {
    refuse(
      `holds an ${end.kind === 'input' ? 'Input' : 'Output'}, which cannot be repeated; take it out of the block`,
    )
    return true
  }
  const inside = new Set(within.map(({ id }) => id))
  const { entering, leaving, inner, outer } = wiresOf(graph.wires, inside)
  const exit = exitOf(entering, leaving)
  if ('problem' in exit) {
    refuse(exit.problem)
    return true
  }
  if (graph.nodes.length + inside.size * (block.repeat - 1) > mostNodes) {
    refuse(
      `repeated ${block.repeat} times makes more than ${mostNodes.toLocaleString('en-US')} layers; repeat it less often`,
    )
    return false
  }
  const ties = graph.ties.filter(({ node }) => inside.has(node))
  const copy: Pick<Graph, 'nodes' | 'wires' | 'ties'> = { nodes: [], wires: [], ties: [] }
  let last = exit
  for (let count = 2; count <= block.repeat; count++) {
    const renamed = (id: string): string => `${id}@${block.id}.${count}`
    const moved = ({ node, port }: Wire['from']): Wire['from'] => ({ node: renamed(node), port })
    for (const node of within) {
      const id = renamed(node.id)
      copy.nodes.push({ ...node, id })
      graph.originals.set(id, graph.originals.get(node.id) ?? node.id)
    }
    for (const { id, from, to } of inner)
      copy.wires.push({ id: renamed(id), from: moved(from), to: moved(to) })
    for (const { id, to } of entering) copy.wires.push({ id: renamed(id), from: last, to: moved(to) })
    for (const { node, weight, source } of ties)
      copy.ties.push({
        node: renamed(node),
        weight,
        // A weight from outside the block is the same in every copy.
        source: inside.has(source.node) ? { ...source, node: renamed(source.node) } : source,
      })
    last = moved(exit)
  }
  graph.nodes = [...graph.nodes, ...copy.nodes]
  const onward = leaving.map((wire) => ({ ...wire, from: last }))
  graph.wires = [...outer, ...entering, ...inner, ...copy.wires, ...onward]
  graph.ties = [...graph.ties, ...copy.ties]
  return true
}

/** Takes bypassed nodes out; whatever they fed is fed by what fed their first input that has a wire. */
function passBy(graph: Graph): void {
  const bypassed = new Map(
    graph.nodes.flatMap((node) => (node.bypass && passesOn(node) ? [[node.id, node]] : [])),
  )
  const feeding = new Map<string, Wire>()
  for (const wire of graph.wires) {
    const node = bypassed.get(wire.to.node)
    if (!node) continue
    const place = ({ to }: Wire): number => nodePorts(node).inputs.indexOf(to.port)
    const before = feeding.get(node.id)
    if (place(wire) >= 0 && (!before || place(wire) < place(before))) feeding.set(node.id, wire)
  }
  graph.wires = graph.wires.flatMap((wire) => {
    if (bypassed.has(wire.to.node)) return []
    const past = new Set<ModelNode>()
    let { from } = wire
    for (let node = bypassed.get(from.node); node; node = bypassed.get(from.node)) {
      const source = feeding.get(node.id)
      // Nothing feeds it, or bypassed nodes feed each other in a ring.
      if (!source || past.has(node)) return []
      past.add(node)
      ;({ from } = source)
    }
    if (past.size === 0) return [wire]
    graph.passed.set(wire.id, [...past].reverse())
    return [{ ...wire, from }]
  })
  graph.nodes = graph.nodes.filter((node) => !bypassed.has(node.id))
}
