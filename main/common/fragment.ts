/** A piece of a model that is copied, pasted or duplicated: nodes and the wires among them. */
import { z } from 'zod'
import { nodeSchema, wireSchema, type ModelDocument } from './document.ts'
import { freeId, newWire, type Position } from './edit.ts'

export const fragmentSchema = z.object({
  format: z.literal('tapedeck-fragment'),
  nodes: z.array(nodeSchema).min(1).max(5000),
  wires: z.array(wireSchema).max(20000),
})
export type Fragment = z.infer<typeof fragmentSchema>

/** The nodes named, with the wires that have both ends among them; null when there is none. */
export function copy(document: ModelDocument, ids: Iterable<string>): Fragment | null {
  const wanted = new Set(ids)
  const nodes = document.nodes.filter((node) => wanted.has(node.id))
  if (nodes.length === 0) return null
  const wires = document.wires.filter((wire) => wanted.has(wire.from.node) && wanted.has(wire.to.node))
  return { format: 'tapedeck-fragment', nodes, wires }
}

/** The fragment in text that came from a clipboard; null for anything else. */
export function readFragment(text: string): Fragment | null {
  if (!text.includes('tapedeck-fragment')) return null
  try {
    return fragmentSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** Adds a fragment under new ids, moved by `offset`. A name that is taken gets a number, as names must differ. */
export function paste(
  document: ModelDocument,
  fragment: Fragment,
  offset: Position,
): { document: ModelDocument; ids: string[] } {
  const taken = new Set(document.nodes.map((node) => node.id))
  const names = new Set(document.nodes.map((node) => node.name))
  const renamed = new Map<string, string>()
  const nodes = fragment.nodes.map((node) => {
    const id = freeId(node.kind, taken)
    taken.add(id)
    renamed.set(node.id, id)
    const name = node.name && freeName(node.name, names)
    names.add(name)
    const position = {
      x: Math.round(node.position.x + offset.x),
      y: Math.round(node.position.y + offset.y),
    }
    return { ...node, id, name, position }
  })
  const wires = [...document.wires]
  for (const { from, to } of fragment.wires) {
    const source = renamed.get(from.node)
    const target = renamed.get(to.node)
    if (source && target)
      wires.push(newWire(wires, { node: source, port: from.port }, { node: target, port: to.port }))
  }
  return {
    document: { ...document, nodes: [...document.nodes, ...nodes], wires },
    ids: [...renamed.values()],
  }
}

/** Copies nodes beside themselves. */
export function duplicate(
  document: ModelDocument,
  ids: Iterable<string>,
): { document: ModelDocument; ids: string[] } {
  const fragment = copy(document, ids)
  return fragment ? paste(document, fragment, { x: 32, y: 88 }) : { document, ids: [] }
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name
  const stem = name.replace(/ \d+$/, '').slice(0, 74)
  let count = 2
  while (taken.has(`${stem} ${count}`)) count++
  return `${stem} ${count}`
}
