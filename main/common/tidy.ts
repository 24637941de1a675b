/** Lays a document out: every block for itself, then as one part of what it lies in. See layered.ts. */
import { blocksOf, pathOf } from './blockTree.ts'
import type { ModelDocument } from './document.ts'
import { moveNodes, nodeSize, pitch, type Position } from './edit.ts'
import { layered, type Edge, type Layout, type Part } from './layered.ts'

export interface TidyOptions {
  /** Drawn size of a node where known; an error strip makes a node taller. */
  sizes?: ReadonlyMap<string, { width: number; height: number }>
  /** Columns in a row before the next row begins. */
  columns?: number
}

/** Between the frame of a block and what stands in it. */
const padding = { side: 16, top: 32, bottom: 16 } as const

export function tidy(document: ModelDocument, { sizes, columns = 5 }: TidyOptions = {}): ModelDocument {
  if (document.nodes.length === 0) return document
  const spacing = {
    gap: pitch.x - nodeSize.width,
    pitch: pitch.x,
    rowGap: pitch.y - nodeSize.height,
    columns,
  }
  const { homes, edges } = graphs(document)
  const parts = new Map<string | null, Part[]>()
  const add = (home: string | null, part: Part): void => {
    const list = parts.get(home)
    if (list) list.push(part)
    else parts.set(home, [part])
  }
  // What stands higher now stays higher where nothing else decides.
  const byHeight = [...document.nodes].sort((a, b) => a.position.y - b.position.y)
  for (const { id } of byHeight) {
    const { width, height } = sizes?.get(id) ?? nodeSize
    add(homes.get(id) ?? null, { id, width, height, axis: height / 2, columns: 1, tall: false })
  }
  const layouts = new Map<string | null, Layout>()
  const outerFirst = blocksOf(document)
  for (const { block, nodes } of [...outerFirst].reverse()) {
    if (nodes.size === 0) continue
    const layout = layered(parts.get(block.id) ?? [], edges.get(block.id) ?? [], spacing)
    layouts.set(block.id, layout)
    if (block.collapsed) {
      // Drawn as one box in the middle of its layers.
      add(block.parent, {
        id: blockPart(block.id),
        ...nodeSize,
        axis: nodeSize.height / 2,
        columns: 1,
        tall: false,
      })
      continue
    }
    add(block.parent, {
      id: blockPart(block.id),
      width: layout.width + 2 * padding.side,
      height: layout.height + padding.top + padding.bottom,
      axis: padding.top + layout.height / 2,
      columns: layout.columns,
      tall: true,
    })
  }
  layouts.set(null, layered(parts.get(null) ?? [], edges.get(null) ?? [], spacing))

  const folded = new Set(document.blocks.flatMap(({ id, collapsed }) => (collapsed ? [id] : [])))
  /** Where the layers of a block begin whose frame, or box, has its corner at `at`. */
  const originIn = (id: string, { x, y }: Position): Position => {
    if (!folded.has(id)) return { x: x + padding.side, y: y + padding.top }
    const { width, height } = layouts.get(id) ?? nodeSize
    const eighths = (value: number): number => Math.round(value / 8) * 8
    return { x: x + eighths((nodeSize.width - width) / 2), y: y + eighths((nodeSize.height - height) / 2) }
  }
  const positions = new Map<string, Position>()
  const origins = new Map<string | null, Position>([[null, { x: 0, y: 0 }]])
  for (const home of [null, ...outerFirst.map(({ block }) => block.id)]) {
    const origin = origins.get(home)
    if (!origin) continue
    for (const [id, place] of layouts.get(home)?.places ?? []) {
      const at = { x: origin.x + place.x, y: origin.y + place.y }
      if (id.startsWith(mark)) origins.set(id.slice(mark.length), originIn(id.slice(mark.length), at))
      else positions.set(id, at)
    }
  }
  return moveNodes(document, positions)
}

/** No id of a node begins so. */
const mark = 'block '
const blockPart = (id: string): string => mark + id

/** The block of each node, and the wires of each block between its own nodes and the blocks in it as wholes. */
function graphs(document: ModelDocument): {
  homes: ReadonlyMap<string, string>
  edges: ReadonlyMap<string | null, Edge[]>
} {
  const byId = new Map(document.blocks.map((block) => [block.id, block]))
  const homes = new Map(
    document.blocks.flatMap((block) => block.nodes.map((node) => [node, block.id] as const)),
  )
  const known = new Set(document.nodes.map((node) => node.id))
  const edges = new Map<string | null, Edge[]>()
  const ways = new Map<string, readonly string[]>()
  /** The parts that the nodes of a block lie in, from the block out. */
  const wayOut = (home: string | undefined): readonly string[] => {
    if (home === undefined) return []
    const way = ways.get(home) ?? pathOf(byId, home).map(blockPart)
    ways.set(home, way)
    return way
  }
  for (const { from, to } of document.wires) {
    if (!known.has(from.node) || !known.has(to.node)) continue
    const source = [from.node, ...wayOut(homes.get(from.node))]
    const target = [to.node, ...wayOut(homes.get(to.node))]
    // Outermost blocks that both lie in are no part of the way between them.
    let shared = 0
    while (source.length > shared + 1 && target.length > shared + 1) {
      if (source.at(-1 - shared) !== target.at(-1 - shared)) break
      shared++
    }
    const container = shared === 0 ? null : (source.at(-shared) ?? '').slice(mark.length)
    const edge = { from: source.at(-1 - shared) ?? '', to: target.at(-1 - shared) ?? '' }
    const list = edges.get(container)
    if (list) list.push(edge)
    else edges.set(container, [edge])
  }
  return { homes, edges }
}
