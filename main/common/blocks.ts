/** Edits of the blocks of a document: named groups of layers that nest, repeat and fold into one box. */
import type { Block, ModelDocument } from './document.ts'
import { nodesOf, pathOf, unitsOf, withoutEmpty, type Unit } from './blockTree.ts'
import type { Added, Attempt } from './edit.ts'
import { freeId } from './ids.ts'

export { blockOf, blocksOf, nodesOf, type PlacedBlock } from './blockTree.ts'

export const mostRepeats = 1000

/**
 * Makes a block of the nodes named. They must lie side by side, all in the same block or all in none; blocks that are
 * chosen with all they hold go along as they are.
 */
export function groupNodes(
  document: ModelDocument,
  ids: Iterable<string>,
  name = 'Block',
): Added | { refused: string } {
  const units = unitsOf(document, present(document, ids))
  const [first] = units
  if (!first) return { refused: 'Choose the layers to group first.' }
  if (units.some(({ container }) => container !== first.container)) return { refused: apart(document, units) }
  const id = freeId(
    'block',
    document.blocks.map((block) => block.id),
  )
  const block: Block = {
    id,
    name: name.slice(0, 80),
    nodes: [],
    parent: first.container,
    repeat: 1,
    collapsed: false,
  }
  return { document: place({ ...document, blocks: [...document.blocks, block] }, units, id), id }
}

function apart(document: ModelDocument, units: readonly Unit[]): string {
  const names = new Set(
    units.map(({ container }) => {
      const block = document.blocks.find(({ id }) => id === container)
      return block ? `in ${block.name || 'a block without a name'}` : 'in no block'
    }),
  )
  const where = names.size > 1 ? ` (${[...names].join(', ')})` : ''
  return `These layers do not lie in the same block${where}; choose layers of one block, or whole blocks.`
}

/** Takes a block away and leaves what it held where it was. */
export function ungroup(document: ModelDocument, blockId: string): ModelDocument {
  const gone = document.blocks.find(({ id }) => id === blockId)
  if (!gone) return document
  const blocks = document.blocks
    .filter((block) => block !== gone)
    .map((block) => {
      if (block.parent === blockId) return { ...block, parent: gone.parent }
      if (block.id === gone.parent) return { ...block, nodes: [...block.nodes, ...gone.nodes] }
      return block
    })
  return { ...document, blocks }
}

export const renameBlock = (document: ModelDocument, blockId: string, name: string): ModelDocument =>
  changeBlock(document, blockId, { name: name.slice(0, 80) })

/** How often the block runs, each time with weights of its own: a whole number from 1 to 1,000, else the nearest. */
export function setRepeat(document: ModelDocument, blockId: string, repeat: number): ModelDocument {
  if (Number.isNaN(repeat)) return document
  return changeBlock(document, blockId, { repeat: Math.min(mostRepeats, Math.max(1, Math.round(repeat))) })
}

export const setCollapsed = (document: ModelDocument, blockId: string, collapsed: boolean): ModelDocument =>
  changeBlock(document, blockId, { collapsed })

/** Nodes leave the blocks they lie in and join this one; whole blocks among them stay blocks, inside it. */
export function moveIntoBlock(document: ModelDocument, ids: Iterable<string>, blockId: string): Attempt {
  if (!document.blocks.some(({ id }) => id === blockId)) return { refused: 'That block is no longer there.' }
  const inside = nodesOf(document, blockId)
  const moving = new Set([...present(document, ids)].filter((id) => !inside.has(id)))
  if (moving.size === 0) return { document }
  return { document: place(document, unitsOf(document, moving), blockId) }
}

/** Nodes leave the block they lie in for what is around it; whole blocks among them leave as blocks. */
export function takeOutOfBlock(document: ModelDocument, ids: Iterable<string>): ModelDocument {
  const parents = new Map(document.blocks.map((block) => [block.id, block.parent]))
  let result = document
  for (const unit of unitsOf(document, present(document, ids)))
    if (unit.container !== null) result = place(result, [unit], parents.get(unit.container) ?? null)
  return result
}

/** Lists each unit in `target` (null: in no block) and nowhere else; blocks that this empties go. */
export function place(document: ModelDocument, units: readonly Unit[], target: string | null): ModelDocument {
  const byId = new Map(document.blocks.map((block) => [block.id, block]))
  const around = new Set(pathOf(byId, target))
  const nodes = units.flatMap(({ node }) => (node === undefined ? [] : [node]))
  const moved = new Set(
    units.flatMap(({ block }) => (block === undefined || around.has(block) ? [] : [block])),
  )
  const leaving = new Set(nodes)
  const blocks = document.blocks.map((block) => {
    const kept = block.nodes.filter((id) => !leaving.has(id))
    const own = block.id === target ? [...kept, ...nodes] : kept
    return {
      ...block,
      nodes: own.length === block.nodes.length && block.id !== target ? block.nodes : own,
      parent: moved.has(block.id) ? target : block.parent,
    }
  })
  return { ...document, blocks: withoutEmpty(blocks) }
}

const present = (document: ModelDocument, ids: Iterable<string>): ReadonlySet<string> => {
  const wanted = new Set(ids)
  return new Set(document.nodes.flatMap(({ id }) => (wanted.has(id) ? [id] : [])))
}

function changeBlock(document: ModelDocument, blockId: string, change: Partial<Block>): ModelDocument {
  const block = document.blocks.find(({ id }) => id === blockId)
  if (!block) return document
  const next = { ...block, ...change }
  if (next.name === block.name && next.repeat === block.repeat && next.collapsed === block.collapsed)
    return document
  return { ...document, blocks: document.blocks.map((at) => (at === block ? next : at)) }
}
