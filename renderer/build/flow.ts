/**
 * The nodes and edges that @xyflow draws, made from a document and its analysis. What did not change keeps its
 * identity, so that a keystroke in one layer's form draws one node again and not two hundred.
 */
import type { Block, ModelDocument, Wire } from '../../main/common/document.ts'
import { nodeSize } from '../../main/common/edit.ts'
import { nodePorts, type Analysis, type NodeAnalysis } from '../../main/common/shapes.ts'
import { hiddenNodes, portOfEnd } from './blockView.ts'
import { describeWire, problemText } from './describe.ts'
import { groupColour, unknownColour } from './groups.ts'
import { blockId, blockNodes } from './flowBlocks.ts'
import {
  isLayer,
  type BoxNode,
  type CanvasEdge,
  type CanvasNode,
  type FrameNode,
  type LayerNode,
  type NodeView,
} from './flowTypes.ts'
import { nodeHeight } from './ports.ts'

export interface Flow {
  nodes: CanvasNode[]
  edges: CanvasEdge[]
}

export function toFlow(document: ModelDocument, analysis: Analysis, before: Flow): Flow {
  const old = new Map(before.nodes.map((node) => [node.id, node]))
  const hidden = hiddenNodes(document)
  const layers = document.nodes.map((node) => {
    const known = old.get(node.id)
    return layerNode(node, hidden.has(node.id), analysis, known && isLayer(known) ? known : undefined)
  })
  const nodes = withBlocks(document, layers, blockNodes(document, analysis, layers, old))
  return { nodes: sameOrNew(before.nodes, nodes), edges: toEdges(document, analysis, nodes, before.edges) }
}

/** Each block right before the first of its layers, so that the keyboard meets it there. */
export function withBlocks(
  document: Pick<ModelDocument, 'blocks'>,
  layers: readonly LayerNode[],
  blocks: ReadonlyMap<string, FrameNode | BoxNode>,
): CanvasNode[] {
  if (blocks.size === 0) return [...layers]
  const byId = new Map(document.blocks.map((block) => [block.id, block]))
  const home = new Map(document.blocks.flatMap((block) => block.nodes.map((node) => [node, block])))
  const placed = new Set<string>()
  return layers.flatMap((layer): CanvasNode[] => {
    const around: CanvasNode[] = []
    for (
      let at: Block | undefined = home.get(layer.id);
      at && !placed.has(at.id);
      at = byId.get(at.parent ?? '')
    ) {
      placed.add(at.id)
      const drawn = blocks.get(at.id)
      if (drawn) around.unshift(drawn)
    }
    return [...around, layer]
  })
}

function layerNode(
  node: ModelDocument['nodes'][number],
  hidden: boolean,
  analysis: Analysis,
  old: LayerNode | undefined,
): LayerNode {
  const analysed = analysis.nodes.get(node.id)
  const view = analysed ? viewOf(analysed) : old?.data.view
  if (!view) throw new Error(`[canvas] node ${node.id} was not analysed`)
  const same = old && JSON.stringify(old.data.view) === JSON.stringify(view)
  const stays = old?.position.x === node.position.x && old.position.y === node.position.y
  if (old && same && stays && (old.hidden ?? false) === hidden) return old
  return {
    // A new node is taken to be of the usual size, so that it can be wired and fitted before it is measured.
    initialWidth: nodeSize.width,
    initialHeight: nodeHeight(view.inputs, view.outputs),
    ...old,
    id: node.id,
    type: 'layer',
    hidden,
    selected: !hidden && (old?.selected ?? false),
    position: node.position,
    ariaLabel: spoken(view),
    data: same ? old.data : { view },
  }
}

function toEdges(
  document: ModelDocument,
  analysis: Analysis,
  nodes: readonly CanvasNode[],
  before: CanvasEdge[],
): CanvasEdge[] {
  const old = new Map(before.map((edge) => [edge.id, edge]))
  const hidden = hiddenNodes(document)
  const boxes = new Map(nodes.flatMap((node) => (node.type === 'box' ? [[node.id, node.data.view]] : [])))
  const drawnFor = new Set<string>()
  const edges = document.wires.flatMap((wire): CanvasEdge[] => {
    const ends = drawnEnds(wire, hidden, boxes)
    const key = Object.values(ends).join(' ')
    // Inside a folded block; or one of several wires that look the same from outside it.
    if (hidden.size > 0 && (ends.source === ends.target || drawnFor.has(key))) return []
    drawnFor.add(key)
    return [edgeOf(wire, ends, analysis, old.get(wire.id))]
  })
  return sameOrNew(before, edges)
}

type Ends = Pick<CanvasEdge, 'source' | 'target'> & { sourceHandle: string; targetHandle: string }

/** Where a wire is drawn from and to: its own layers, or the folded blocks that hide them. */
function drawnEnds(
  { from, to }: Wire,
  hidden: ReadonlyMap<string, string>,
  boxes: ReadonlyMap<string, BoxNode['data']['view']>,
): Ends {
  const sourceBox = hidden.get(from.node)
  const targetBox = hidden.get(to.node)
  const source = sourceBox === undefined ? from.node : blockId(sourceBox)
  const target = targetBox === undefined ? to.node : blockId(targetBox)
  return {
    source,
    sourceHandle: portOfEnd(boxes.get(source)?.outputs ?? [], from) ?? from.port,
    target,
    targetHandle: portOfEnd(boxes.get(target)?.inputs ?? [], to) ?? to.port,
  }
}

function edgeOf(wire: Wire, ends: Ends, analysis: Analysis, old: CanvasEdge | undefined): CanvasEdge {
  const view = describeWire(wire, analysis)
  const sameEnds = old?.source === ends.source && old.target === ends.target
  const samePorts = old?.sourceHandle === ends.sourceHandle && old.targetHandle === ends.targetHandle
  if (old && sameEnds && samePorts && JSON.stringify(old.data?.view) === JSON.stringify(view)) return old
  const title = (id: string): string => analysis.nodes.get(id)?.title ?? id
  return {
    selected: old?.selected ?? false,
    id: wire.id,
    type: 'wire',
    ...ends,
    ariaLabel: `Wire from ${title(wire.from.node)} to ${title(wire.to.node)}, ${view.label}`,
    data: { view },
  }
}

/** The list there was when nothing in it changed: @xyflow then does not look at it again. */
export const sameOrNew = <T>(before: T[], now: T[]): T[] =>
  before.length === now.length && now.every((item, i) => item === before[i]) ? before : now

function viewOf(analysed: NodeAnalysis): NodeView {
  const { layer, node, error } = analysed
  return {
    title: analysed.title,
    summary: layer ? layer.summary(analysed.parameters) : node.kind,
    colour: layer ? groupColour[layer.group] : unknownColour,
    ...nodePorts(node),
    parameters: analysed.weights,
    problem: error && {
      message: problemText(error.message),
      incomplete: error.incomplete === true,
      mends: error.mends,
    },
    waitsFor: analysed.waitsFor,
    bypass: node.bypass === true,
  }
}

/** What a screen reader says of a node. */
const spoken = ({ title, summary, problem, bypass }: NodeView): string =>
  [
    title,
    summary,
    bypass ? 'bypassed' : '',
    problem ? (problem.incomplete ? 'not complete' : 'has a problem') : '',
  ]
    .filter(Boolean)
    .join(', ')
