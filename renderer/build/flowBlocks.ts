/** Blocks as @xyflow draws them: an open one is a frame behind its layers, a folded one a box in their place. */
import { nodesOf } from '../../main/common/blockTree.ts'
import type { ModelDocument } from '../../main/common/document.ts'
import { nodeSize } from '../../main/common/edit.ts'
import type { Analysis } from '../../main/common/shapes.ts'
import { counted } from '../ui/format.ts'
import { boxPorts, drawnBlocks, type BoxPort, type DrawnBlock, type Rectangle } from './blockView.ts'
import { problemText } from './describe.ts'
import type {
  BlockView,
  BoxNode,
  BoxView,
  CanvasNode,
  FrameNode,
  LayerNode,
  TitledPort,
} from './flowTypes.ts'
import { nodeHeight } from './ports.ts'

/** The canvas's id of a block; no layer's id begins so, as ids have no spaces. */
export const blockId = (block: string): string => `block ${block}`

/** Behind the wires, also when @xyflow lifts what is selected by a thousand. */
const behind = -3000

export const rectangleOf = (node: LayerNode): Rectangle => ({
  ...node.position,
  width: node.measured?.width ?? nodeSize.width,
  height: node.measured?.height ?? node.initialHeight ?? nodeSize.height,
})

/** What is drawn for each block, by the block's id; blocks inside folded ones are not drawn. */
export function blockNodes(
  document: ModelDocument,
  analysis: Analysis,
  layers: readonly LayerNode[],
  before: ReadonlyMap<string, CanvasNode>,
): ReadonlyMap<string, FrameNode | BoxNode> {
  const nodes = new Map<string, FrameNode | BoxNode>()
  if (document.blocks.length === 0) return nodes
  const ports = new Map<string, ReturnType<typeof boxPorts>>()
  const drawn = drawnBlocks(document, rectanglesOf(layers), ({ id }) => {
    const found = boxPorts(document, nodesOf(document, id))
    ports.set(id, found)
    return nodeHeight(found.inputs, found.outputs)
  })
  const titled = (port: BoxPort): TitledPort => ({
    ...port,
    title: analysis.nodes.get(port.node)?.title ?? port.node,
  })
  for (const one of drawn) {
    const { block } = one
    const old = before.get(blockId(block.id))
    const own = ports.get(block.id)
    const view = viewOf(one, analysis)
    const node: FrameNode | BoxNode = own
      ? drawBox(
          one,
          {
            ...view,
            summary: summaryOf(one),
            inputs: own.inputs.map(titled),
            outputs: own.outputs.map(titled),
          },
          old?.type === 'box' ? old : undefined,
        )
      : drawFrame(one, view, old?.type === 'frame' ? old : undefined)
    nodes.set(block.id, node)
  }
  return nodes
}

const rectanglesOf = (layers: readonly LayerNode[]): ReadonlyMap<string, Rectangle> =>
  new Map(layers.map((layer) => [layer.id, rectangleOf(layer)]))

function viewOf({ block, nodes }: DrawnBlock, analysis: Analysis): BlockView {
  const members = [...nodes].flatMap((id) => analysis.nodes.get(id) ?? [])
  const own = analysis.problems.find((problem) => problem.block === block.id)
  const inside = members.find(({ error }) => error !== null)
  const fromInside =
    block.collapsed && inside?.error
      ? {
          message: `${inside.title}: ${problemText(inside.error.message)}`,
          incomplete: inside.error.incomplete === true,
        }
      : null
  return {
    block: block.id,
    name: block.name || 'Block',
    repeat: block.repeat,
    weights: members.reduce((sum, { weights }) => sum + weights, 0),
    problem: own ? { message: own.message, incomplete: false } : fromInside,
  }
}

const summaryOf = ({ nodes }: DrawnBlock): string => counted(nodes.size, 'layer')

function drawFrame({ depth, rectangle }: DrawnBlock, view: BlockView, old: FrameNode | undefined): FrameNode {
  const same = old && JSON.stringify(old.data.view) === JSON.stringify(view)
  if (old && same && old.zIndex === behind + depth && samePlace(old, rectangle)) return old
  const { x, y, width, height } = rectangle
  return {
    ...old,
    id: blockId(view.block),
    type: 'frame',
    position: { x, y },
    width,
    height,
    zIndex: behind + depth,
    // Its label and its border take the pointer; a box drawn inside it must not choose it.
    selectable: false,
    dragHandle: '[data-grip]',
    style: passThrough,
    ariaLabel: spoken(view),
    data: same ? old.data : { view },
  }
}

const passThrough = { pointerEvents: 'none' } as const

function drawBox({ rectangle }: DrawnBlock, view: BoxView, old: BoxNode | undefined): BoxNode {
  const same = old && JSON.stringify(old.data.view) === JSON.stringify(view)
  const { x, y, height } = rectangle
  if (old && same && old.position.x === x && old.position.y === y) return old
  return {
    initialWidth: nodeSize.width,
    initialHeight: height,
    ...old,
    id: blockId(view.block),
    type: 'box',
    position: { x, y },
    ariaLabel: spoken(view),
    data: same ? old.data : { view },
  }
}

const samePlace = (node: FrameNode, { x, y, width, height }: Rectangle): boolean =>
  node.position.x === x && node.position.y === y && node.width === width && node.height === height

const spoken = ({ name, repeat, problem }: BlockView): string =>
  [`Block ${name}`, repeat > 1 ? `repeated ${repeat} times` : '', problem ? 'has a problem' : '']
    .filter(Boolean)
    .join(', ')

/** Frames and boxes moved to where their layers are now, while these are being dragged. */
export function refit(document: Pick<ModelDocument, 'blocks'>, nodes: CanvasNode[]): CanvasNode[] {
  if (document.blocks.length === 0) return nodes
  const layers = nodes.flatMap((node) => (node.type === 'layer' ? [node] : []))
  const heights = new Map(
    nodes.flatMap((node) => (node.type === 'box' ? [[node.data.view.block, node.initialHeight]] : [])),
  )
  const drawn = drawnBlocks(document, rectanglesOf(layers), ({ id }) => heights.get(id) ?? nodeSize.height)
  const places = new Map(drawn.map(({ block, rectangle }) => [blockId(block.id), rectangle]))
  return nodes.map((node) => {
    const place = places.get(node.id)
    if (!place || node.type === 'layer') return node
    const position = { x: place.x, y: place.y }
    const stays = node.position.x === place.x && node.position.y === place.y
    if (node.type === 'box') return stays ? node : { ...node, position }
    return samePlace(node, place) ? node : { ...node, position, width: place.width, height: place.height }
  })
}
