/** Where blocks are drawn, and which wires a folded one shows; pure, so that it is tested without a page. */
import { blocksOf, type PlacedBlock } from '../../main/common/blockTree.ts'
import type { Block, ModelDocument } from '../../main/common/document.ts'
import { nodeSize, type Port, type Position } from '../../main/common/edit.ts'
import { nodePorts } from '../../main/common/shapes.ts'

export interface Rectangle extends Position {
  width: number
  height: number
}

/** Canvas units between a frame and what stands in it; multiples of the grid, so that frames snap with their layers. */
export const framePadding = { side: 16, top: 32, bottom: 16 } as const

export interface DrawnBlock extends PlacedBlock {
  rectangle: Rectangle
}

/**
 * Blocks that are drawn (not those inside a folded one), outer ones first, each around what stands in it. A folded one
 * is a box in the middle of the place that its layers take.
 * @param rectangles of the layers, by id
 * @param boxHeight of a folded block
 */
export function drawnBlocks(
  document: Pick<ModelDocument, 'blocks'>,
  rectangles: ReadonlyMap<string, Rectangle>,
  boxHeight: (block: Block) => number,
): DrawnBlock[] {
  if (document.blocks.length === 0) return []
  const placed = blocksOf(document)
  const found = new Map<string, Rectangle>()
  for (const { block } of [...placed].reverse()) {
    const inside = [
      ...block.nodes.flatMap((id) => rectangles.get(id) ?? []),
      ...document.blocks.flatMap(({ id, parent }) => (parent === block.id ? (found.get(id) ?? []) : [])),
    ]
    if (inside.length > 0)
      found.set(block.id, block.collapsed ? box(inside, boxHeight(block)) : frame(inside))
  }
  const folded = foldedBlocks(document)
  return placed.flatMap((one) => {
    const rectangle = found.get(one.block.id)
    const hidden = one.block.parent !== null && folded.has(one.block.parent)
    return rectangle && !hidden ? [{ ...one, rectangle }] : []
  })
}

function bounds(inside: readonly Rectangle[]): Rectangle {
  const x = Math.min(...inside.map((one) => one.x))
  const y = Math.min(...inside.map((one) => one.y))
  return {
    x,
    y,
    width: Math.max(...inside.map((one) => one.x + one.width)) - x,
    height: Math.max(...inside.map((one) => one.y + one.height)) - y,
  }
}

function frame(inside: readonly Rectangle[]): Rectangle {
  const { x, y, width, height } = bounds(inside)
  const { side, top, bottom } = framePadding
  return { x: x - side, y: y - top, width: width + 2 * side, height: height + top + bottom }
}

function box(inside: readonly Rectangle[], height: number): Rectangle {
  const around = bounds(inside)
  const eighths = (value: number): number => Math.round(value / 8) * 8
  return {
    x: eighths(around.x + (around.width - nodeSize.width) / 2),
    y: eighths(around.y + (around.height - height) / 2),
    width: nodeSize.width,
    height,
  }
}

/** Folded blocks by id, and every block inside one, each with the outermost folded one that is drawn for it. */
export function foldedBlocks({ blocks }: Pick<ModelDocument, 'blocks'>): ReadonlyMap<string, string> {
  const folded = new Map<string, string>()
  if (!blocks.some((block) => block.collapsed)) return folded
  for (const { block } of blocksOf({ blocks })) {
    const around = block.parent === null ? undefined : folded.get(block.parent)
    if (around !== undefined) folded.set(block.id, around)
    else if (block.collapsed) folded.set(block.id, block.id)
  }
  return folded
}

/** The folded block that is drawn in place of a node, by node id. */
export function hiddenNodes(document: Pick<ModelDocument, 'blocks'>): ReadonlyMap<string, string> {
  const folded = foldedBlocks(document)
  if (folded.size === 0) return new Map()
  return new Map(
    document.blocks.flatMap((block) => {
      const drawn = folded.get(block.id)
      return drawn === undefined ? [] : block.nodes.map((node): [string, string] => [node, drawn])
    }),
  )
}

/** A port of a folded block: an input stands for all the ports inside that one output feeds. */
export interface BoxPort {
  id: string
  /** The layer inside that it belongs to. */
  node: string
  ends: readonly Port[]
}

/** The ports of a folded block: where wires cross its border, and what inside has no wire yet. */
export function boxPorts(
  document: Pick<ModelDocument, 'nodes' | 'wires'>,
  inside: ReadonlySet<string>,
): { inputs: BoxPort[]; outputs: BoxPort[] } {
  const inputs = new Map<string, Port[]>()
  const outputs = new Map<string, Port[]>()
  const taken = new Set<string>()
  for (const { from, to } of document.wires) {
    if (inside.has(from.node)) taken.add(portId(from, 'output'))
    if (inside.has(to.node)) taken.add(portId(to, 'input'))
    if (inside.has(to.node) && !inside.has(from.node))
      inputs.set(portId(from, 'output'), [...(inputs.get(portId(from, 'output')) ?? []), to])
    if (inside.has(from.node) && !inside.has(to.node)) outputs.set(portId(from, 'output'), [from])
  }
  const open = { inputs: [] as BoxPort[], outputs: [] as BoxPort[] }
  for (const node of document.nodes) {
    if (!inside.has(node.id)) continue
    const ports = nodePorts(node)
    for (const port of ports.inputs)
      if (!taken.has(portId({ node: node.id, port }, 'input')))
        open.inputs.push(boxPort([{ node: node.id, port }], 'input'))
    for (const port of ports.outputs)
      if (!taken.has(portId({ node: node.id, port }, 'output')))
        open.outputs.push(boxPort([{ node: node.id, port }], 'output'))
  }
  const crossing = [...outputs.values()].map((ends) => boxPort(ends, 'output'))
  return {
    inputs: [...[...inputs.values()].map((ends) => boxPort(ends, 'input')), ...open.inputs],
    // An output that nothing reads is only of use while the block has no other.
    outputs: crossing.length > 0 ? crossing : open.outputs,
  }
}

const portId = ({ node, port }: Port, side: 'input' | 'output'): string => `${side} ${node} ${port}`

const boxPort = (ends: readonly Port[], side: 'input' | 'output'): BoxPort => {
  const [first = { node: '', port: '' }] = ends
  return { id: portId(first, side), node: first.node, ends }
}

/** The port of a box that a wire end lies behind. */
export const portOfEnd = (ports: readonly BoxPort[], end: Port): string | undefined =>
  ports.find(({ ends }) => ends.some((one) => one.node === end.node && one.port === end.port))?.id
