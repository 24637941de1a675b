/** A piece of a model that is copied, pasted or duplicated: nodes, the wires and shared weights among them, whole blocks. */
import { z } from 'zod'
import { unitsOf, withoutEmpty, type Unit } from './blockTree.ts'
import { place } from './blocks.ts'
import {
  blockSchema,
  most,
  nodeSchema,
  tieSchema,
  wireSchema,
  type Block,
  type ModelDocument,
} from './document.ts'
import { newWire, type Position } from './edit.ts'
import { freeId, freeName } from './ids.ts'
import { damageOf } from './integrity.ts'

const fragmentSchema = z
  .object({
    format: z.literal('tapedeck-fragment'),
    nodes: z.array(nodeSchema).min(1).max(most.nodes),
    wires: z.array(wireSchema).max(most.wires),
    blocks: z.array(blockSchema).max(most.blocks).default([]),
    ties: z.array(tieSchema).max(most.ties).default([]),
  })
  .refine((fragment) => damageOf(fragment) === null)
export type Fragment = z.infer<typeof fragmentSchema>

/**
 * The nodes named, with the wires and ties that have both ends among them and the blocks that are among them with
 * all they hold; null when there is none.
 */
export function copy(document: ModelDocument, ids: Iterable<string>): Fragment | null {
  const asked = new Set(ids)
  const nodes = document.nodes.filter((node) => asked.has(node.id))
  if (nodes.length === 0) return null
  const wanted = new Set(nodes.map((node) => node.id))
  return {
    format: 'tapedeck-fragment',
    nodes,
    wires: document.wires.filter((wire) => wanted.has(wire.from.node) && wanted.has(wire.to.node)),
    blocks: wholeBlocks(document.blocks, unitsOf(document, wanted)),
    ties: document.ties.filter(({ node, source }) => wanted.has(node) && wanted.has(source.node)),
  }
}

/** The blocks among the units and those inside them; an outermost one loses its parent. */
function wholeBlocks(blocks: readonly Block[], units: readonly Unit[]): Block[] {
  const taken = new Set(units.map(({ block }) => block))
  const outermost = new Set(taken)
  // Children may be listed before their parents: look until nothing more is found.
  for (let before = -1; before !== taken.size;) {
    before = taken.size
    for (const { id, parent } of blocks) if (parent !== null && taken.has(parent)) taken.add(id)
  }
  return blocks
    .filter(({ id }) => taken.has(id))
    .map((block) => (outermost.has(block.id) ? { ...block, parent: null } : block))
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

export interface Pasted {
  document: ModelDocument
  /** Ids of the new nodes. */
  ids: string[]
}

/**
 * Adds a fragment under new ids, moved by `offset`. A name that is taken gets a number, as names must differ.
 * `into` is the block that it goes to.
 */
export function paste(
  document: ModelDocument,
  fragment: Fragment,
  offset: Position,
  into: string | null = null,
): Pasted {
  const { document: pasted, ids } = add(document, fragment, offset)
  const target = document.blocks.some(({ id }) => id === into) ? into : null
  if (target === null) return { document: pasted, ids: [...ids.values()] }
  const units = unitsOf(pasted, new Set(ids.values()))
  return { document: place(pasted, units, target), ids: [...ids.values()] }
}

/** Copies nodes beside themselves, into the blocks they lie in; with `keepInputs` fed by what feeds the originals. */
export function duplicate(
  document: ModelDocument,
  ids: Iterable<string>,
  { keepInputs = false }: { keepInputs?: boolean } = {},
): Pasted {
  const wanted = new Set(ids)
  const fragment = copy(document, wanted)
  if (!fragment) return { document, ids: [] }
  const added = add(document, fragment, { x: 32, y: 88 })
  let result = added.document
  for (const { node, block, container } of unitsOf(document, new Set(added.ids.keys()))) {
    if (container === null) continue
    const unit = node === undefined ? { block: added.blocks.get(block ?? '') } : { node: added.ids.get(node) }
    result = place(result, [{ ...unit, container: null } as Unit], container)
  }
  if (!keepInputs) return { document: result, ids: [...added.ids.values()] }
  const wires = [...result.wires]
  const taken = new Set(wires.map((wire) => wire.id))
  for (const { from, to } of document.wires) {
    const target = added.ids.get(to.node)
    if (target === undefined || added.ids.has(from.node)) continue
    const wire = newWire(taken, from, { node: target, port: to.port })
    taken.add(wire.id)
    wires.push(wire)
  }
  return { document: { ...result, wires }, ids: [...added.ids.values()] }
}

/** The fragment in the document, in no block; ids by those in the fragment. */
function add(
  document: ModelDocument,
  fragment: Fragment,
  offset: Position,
): { document: ModelDocument; ids: Map<string, string>; blocks: Map<string, string> } {
  const taken = new Set(document.nodes.map((node) => node.id))
  const names = new Set(document.nodes.map((node) => node.name))
  const ids = new Map<string, string>()
  const nodes = fragment.nodes.map((node) => {
    const id = freeId(node.kind, taken)
    taken.add(id)
    ids.set(node.id, id)
    const name = node.name && freeName(node.name, names)
    names.add(name)
    const position = {
      x: Math.round(node.position.x + offset.x),
      y: Math.round(node.position.y + offset.y),
    }
    return { ...node, id, name, position }
  })
  const wires = [...document.wires]
  const takenWires = new Set(wires.map((wire) => wire.id))
  for (const { from, to } of fragment.wires) {
    const source = ids.get(from.node)
    const target = ids.get(to.node)
    if (!source || !target) continue
    const wire = newWire(takenWires, { node: source, port: from.port }, { node: target, port: to.port })
    takenWires.add(wire.id)
    wires.push(wire)
  }
  const takenBlocks = new Set(document.blocks.map((block) => block.id))
  const blocks = new Map<string, string>()
  for (const { id } of fragment.blocks) {
    const fresh = freeId('block', takenBlocks)
    takenBlocks.add(fresh)
    blocks.set(id, fresh)
  }
  const added = fragment.blocks.map((block) => ({
    ...block,
    id: blocks.get(block.id) ?? block.id,
    nodes: block.nodes.flatMap((node) => ids.get(node) ?? []),
    parent: (block.parent !== null && blocks.get(block.parent)) || null,
  }))
  const ties = fragment.ties.flatMap(({ node, weight, source }) => {
    const [use, from] = [ids.get(node), ids.get(source.node)]
    return use && from ? [{ node: use, weight, source: { node: from, weight: source.weight } }] : []
  })
  return {
    document: {
      ...document,
      nodes: [...document.nodes, ...nodes],
      wires,
      blocks: [...document.blocks, ...withoutEmpty(added)],
      ties: [...document.ties, ...ties],
    },
    ids,
    blocks,
  }
}
