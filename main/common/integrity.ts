/**
 * What a document's parts say of each other: ids are unique, and whatever is named is there. Everything else that may
 * be wrong with a model (a loop, a port that no layer has) can be drawn and mended, and is analysis's to name.
 */
import type { Block, ModelDocument } from './document.ts'

export interface Damage {
  path: (string | number)[]
  message: string
}

/** The first damage found, or null. */
export function damageOf(document: Omit<ModelDocument, 'format' | 'version' | 'name'>): Damage | null {
  const { nodes, wires, blocks, ties } = document
  const known = new Set<string>()
  for (const [i, { id }] of nodes.entries()) {
    if (known.has(id)) return { path: ['nodes', i, 'id'], message: `another node has the id "${id}" too` }
    known.add(id)
  }
  const missing = (path: Damage['path'], id: string): Damage | null =>
    known.has(id) ? null : { path, message: `there is no node "${id}"` }

  const wireIds = new Set<string>()
  for (const [i, { id, from, to }] of wires.entries()) {
    if (wireIds.has(id)) return { path: ['wires', i, 'id'], message: `another wire has the id "${id}" too` }
    wireIds.add(id)
    const damage =
      missing(['wires', i, 'from', 'node'], from.node) ?? missing(['wires', i, 'to', 'node'], to.node)
    if (damage) return damage
  }

  const shared = new Map<string, string>()
  for (const [i, { node, weight, source }] of ties.entries()) {
    const damage = missing(['ties', i, 'node'], node) ?? missing(['ties', i, 'source', 'node'], source.node)
    if (damage) return damage
    const use = `${node}.${weight}`
    if (shared.has(use)) return { path: ['ties', i, 'weight'], message: `${use} is shared with two others` }
    shared.set(use, `${source.node}.${source.weight}`)
  }
  const ring = ringAmong(shared)
  if (ring !== null)
    return { path: ['ties', ring], message: 'the weights are shared in a ring, and one must be its own' }
  return blockDamage(blocks, missing)
}

function blockDamage(
  blocks: readonly Block[],
  missing: (path: Damage['path'], id: string) => Damage | null,
): Damage | null {
  const parents = new Map<string, string | null>()
  const home = new Map<string, string>()
  for (const [i, { id, nodes, parent }] of blocks.entries()) {
    if (parents.has(id)) return { path: ['blocks', i, 'id'], message: `another block has the id "${id}" too` }
    parents.set(id, parent)
    for (const [j, node] of nodes.entries()) {
      const path = ['blocks', i, 'nodes', j]
      const damage = missing(path, node)
      if (damage) return damage
      const other = home.get(node)
      if (other !== undefined) return { path, message: `node "${node}" lies in block "${other}" already` }
      home.set(node, id)
    }
  }
  for (const [i, { parent }] of blocks.entries())
    if (parent !== null && !parents.has(parent))
      return { path: ['blocks', i, 'parent'], message: `there is no block "${parent}"` }
  const ring = ringAmong(parents)
  if (ring !== null) return { path: ['blocks', ring, 'parent'], message: 'the block lies inside itself' }
  return null
}

/** Place of an entry that leads back to itself, each entry naming the next; null where none does. */
function ringAmong(next: ReadonlyMap<string, string | null>): number | null {
  const sound = new Set<string>()
  for (const [i, start] of [...next.keys()].entries()) {
    const path = new Set<string>()
    for (let at: string | null = start; at !== null && !sound.has(at); at = next.get(at) ?? null) {
      if (path.has(at)) return i
      path.add(at)
    }
    for (const id of path) sound.add(id)
  }
  return null
}
