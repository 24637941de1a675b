/** Where nodes go that came by text. */
import type { ModelDocument, ModelNode } from '../document.ts'
import { freePlace, pitch } from '../edit.ts'
import { tidy } from '../tidy.ts'

/**
 * New nodes stand right of what feeds them; one that is an old one under a new id takes its place. A document that is
 * new altogether is laid out.
 */
export function placeNew(document: ModelDocument, previous: ModelDocument): ModelDocument {
  const before = new Set(previous.nodes.map((node) => node.id))
  const fresh = document.nodes.filter(({ id }) => !before.has(id))
  if (fresh.length === 0) return document
  if (fresh.length === document.nodes.length && previous.nodes.length === 0) return tidy(document)
  const kept = new Set(document.nodes.map((node) => node.id))
  const gone = previous.nodes.filter(({ id }) => !kept.has(id))
  const only = (nodes: readonly ModelNode[], kind: string): ModelNode | undefined => {
    const [one, second] = nodes.filter((node) => node.kind === kind)
    return second ? undefined : one
  }
  const placed = new Map(document.nodes.filter(({ id }) => before.has(id)).map((node) => [node.id, node]))
  for (const node of fresh) {
    const renamed = only(fresh, node.kind) ? only(gone, node.kind) : undefined
    const source = document.wires.find(({ to, from }) => to.node === node.id && placed.has(from.node))
    const beside = source && placed.get(source.from.node)?.position
    const wanted = beside ? { x: beside.x + pitch.x, y: beside.y } : { x: 0, y: 0 }
    const position = renamed?.position ?? freePlace({ ...document, nodes: [...placed.values()] }, wanted)
    placed.set(node.id, { ...node, position })
  }
  return { ...document, nodes: document.nodes.map((node) => placed.get(node.id) ?? node) }
}
