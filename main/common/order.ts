/** Running order of a graph, and its loops. Nothing here recurses: a chain may be thousands of nodes long. */
import type { ModelNode, Wire } from './document.ts'

export type WiresByNode = ReadonlyMap<string, readonly Wire[]>

/** Wires by the node that they enter, and by the node that they leave. */
export function wiresByNode(wires: readonly Wire[]): { incoming: WiresByNode; outgoing: WiresByNode } {
  const incoming = new Map<string, Wire[]>()
  const outgoing = new Map<string, Wire[]>()
  for (const wire of wires) {
    push(incoming, wire.to.node, wire)
    push(outgoing, wire.from.node, wire)
  }
  return { incoming, outgoing }
}

/**
 * Kahn's algorithm; ties in document order, so the order is stable. Nodes in a loop or behind one are left out; wires
 * from nodes that are not among those given are not waited for.
 */
export function runOrder(
  nodes: readonly Pick<ModelNode, 'id'>[],
  { incoming, outgoing }: { incoming: WiresByNode; outgoing: WiresByNode },
): string[] {
  const known = new Set(nodes.map((node) => node.id))
  const waiting = new Map<string, number>()
  for (const id of known)
    waiting.set(id, (incoming.get(id) ?? []).filter((wire) => known.has(wire.from.node)).length)
  const ready = nodes.filter((node) => waiting.get(node.id) === 0).map((node) => node.id)
  // An array hands out what is added while it is walked.
  for (const id of ready)
    for (const wire of outgoing.get(id) ?? []) {
      const left = (waiting.get(wire.to.node) ?? 0) - 1
      waiting.set(wire.to.node, left)
      if (left === 0) ready.push(wire.to.node)
    }
  return ready
}

/**
 * The loops among nodes: sets of nodes that each lead to all others of the set (strongly connected components, after
 * Kosaraju and Sharir 1981), single nodes only where they feed themselves.
 */
export function loopsAmong(
  ids: readonly string[],
  { incoming, outgoing }: { incoming: WiresByNode; outgoing: WiresByNode },
): string[][] {
  const known = new Set(ids)
  const finished: string[] = []
  const seen = new Set<string>()
  for (const start of ids) {
    if (seen.has(start)) continue
    seen.add(start)
    const path = [{ id: start, next: 0 }]
    for (let at = path.at(-1); at; at = path.at(-1)) {
      const to = outgoing.get(at.id)?.[at.next++]?.to.node
      if (to === undefined) {
        finished.push(at.id)
        path.pop()
      } else if (known.has(to) && !seen.has(to)) {
        seen.add(to)
        path.push({ id: to, next: 0 })
      }
    }
  }
  const taken = new Set<string>()
  const loops: string[][] = []
  for (const start of finished.reverse()) {
    if (taken.has(start)) continue
    taken.add(start)
    const members = [start]
    for (const id of members)
      for (const { from } of incoming.get(id) ?? [])
        if (known.has(from.node) && !taken.has(from.node)) {
          taken.add(from.node)
          members.push(from.node)
        }
    const feedsItself = outgoing.get(start)?.some(({ to }) => to.node === start)
    if (members.length > 1 || feedsItself) loops.push(members)
  }
  return loops
}

/** One way around a loop, from node to node until the first is met again; the first is not repeated at the end. */
export function wayAround(members: readonly string[], outgoing: WiresByNode): string[] {
  const inside = new Set(members)
  const way: string[] = []
  const met = new Map<string, number>()
  let at = members[0]
  while (at !== undefined && !met.has(at)) {
    met.set(at, way.length)
    way.push(at)
    at = outgoing.get(at)?.find(({ to }) => inside.has(to.node))?.to.node
  }
  return at === undefined ? way : way.slice(met.get(at))
}

function push(map: Map<string, Wire[]>, key: string, wire: Wire): void {
  const list = map.get(key)
  if (list) list.push(wire)
  else map.set(key, [wire])
}
