/** Reading the blocks of a document: who lies in what. A node is listed in its innermost block only. */
import type { Block } from './document.ts'

/** A document, or as much of one as is needed here. */
interface Blocks {
  blocks: readonly Block[]
}

export interface PlacedBlock {
  block: Block
  /** 0 for a block that lies in no other. */
  depth: number
  /** Ids of its nodes, those of blocks inside it too; its frame goes around them. */
  nodes: ReadonlySet<string>
}

/** Every block with what lies in it, outer ones before the inner ones that are drawn over them. */
export function blocksOf(document: Blocks): readonly PlacedBlock[] {
  const { blocks } = document
  if (blocks.length === 0) return []
  const byId = new Map(blocks.map((block) => [block.id, block]))
  const placed = new Map<string, PlacedBlock & { nodes: Set<string> }>()
  for (const block of blocks)
    placed.set(block.id, { block, depth: pathOf(byId, block.id).length - 1, nodes: new Set(block.nodes) })
  const outerFirst = [...placed.values()].sort((a, b) => a.depth - b.depth)
  for (const { block, nodes } of [...outerFirst].reverse()) {
    const parent = block.parent === null ? undefined : placed.get(block.parent)
    if (parent) for (const node of nodes) parent.nodes.add(node)
  }
  return outerFirst
}

/** Ids of a block's nodes, those of blocks inside it too. */
export const nodesOf = (document: Blocks, id: string): ReadonlySet<string> =>
  blocksOf(document).find(({ block }) => block.id === id)?.nodes ?? new Set()

/** The innermost block that a node lies in. */
export const blockOf = (document: Blocks, node: string): Block | null =>
  document.blocks.find((block) => block.nodes.includes(node)) ?? null

/** The block itself, what it lies in, what that lies in. Ends at a parent that is missing or was seen before. */
export function pathOf(byId: ReadonlyMap<string, Block>, id: string | null | undefined): string[] {
  const path = new Set<string>()
  let at = id == null ? undefined : byId.get(id)
  while (at && !path.has(at.id)) {
    path.add(at.id)
    at = at.parent === null ? undefined : byId.get(at.parent)
  }
  return [...path]
}

/** The innermost block that holds both nodes; null where none does. */
export function commonBlock(document: Blocks, a: string, b: string): string | null {
  const byId = new Map(document.blocks.map((block) => [block.id, block]))
  const around = new Set(pathOf(byId, blockOf(document, b)?.id))
  return pathOf(byId, blockOf(document, a)?.id).find((id) => around.has(id)) ?? null
}

export interface Unit {
  /** A node, or a block that is chosen with all it holds. */
  node?: string
  block?: string
  /** The block it lies in. */
  container: string | null
}

/** A choice of nodes as whole blocks and the nodes beside them: what moves, groups and copies as one. */
export function unitsOf(document: Blocks, ids: ReadonlySet<string>): Unit[] {
  const whole = new Map<string, Block>()
  for (const { block, nodes } of blocksOf(document))
    if (nodes.size > 0 && [...nodes].every((node) => ids.has(node))) whole.set(block.id, block)
  const home = new Map(document.blocks.flatMap((block) => block.nodes.map((node) => [node, block.id])))
  const units: Unit[] = []
  for (const node of ids) {
    const container = home.get(node) ?? null
    if (container === null || !whole.has(container)) units.push({ node, container })
  }
  for (const block of whole.values())
    if (block.parent === null || !whole.has(block.parent))
      units.push({ block: block.id, container: block.parent })
  return units
}

/** Blocks without those that hold no node any more, inside and out. */
export function withoutEmpty(blocks: readonly Block[]): Block[] {
  const filled = new Set(
    blocksOf({ blocks }).flatMap(({ block, nodes }) => (nodes.size > 0 ? [block.id] : [])),
  )
  return blocks.filter((block) => filled.has(block.id))
}
