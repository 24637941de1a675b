/**
 * The nodes and edges that @xyflow draws, made from a document and its analysis. What did not change keeps its
 * identity, so that a keystroke in one layer's form draws one node again and not two hundred.
 */
import type { Edge, Node } from '@xyflow/react'
import type { ModelDocument } from '../../main/common/document.ts'
import { nodeSize } from '../../main/common/edit.ts'
import { nodePorts, type Analysis, type NodeAnalysis } from '../../main/common/shapes.ts'
import type { Mend } from '../../main/common/layer.ts'
import { describeWire, problemText, type WireView } from './describe.ts'
import { groupColour, unknownColour } from './groups.ts'

export type NodeView = {
  title: string
  summary: string
  colour: string
  inputs: readonly string[]
  outputs: readonly string[]
  parameters: number
  problem: { message: string; incomplete: boolean; mends: readonly Mend[] } | null
  waitsFor: string | null
}
export type LayerNode = Node<{ view: NodeView }, 'layer'>
export type CanvasNode = LayerNode
export type CanvasEdge = Edge<{ view: WireView }, 'wire'>

/** Canvas units between the names of ports, and from the top of a node to the first. */
const portPitch = 18
const firstPort = 61

/** How far below a node's top its port stands: beside the head where it is the only one of its side. */
export const portHeight = (ports: readonly string[], i: number): number =>
  ports.length < 2 ? nodeSize.height / 2 : firstPort + i * portPitch

/** Height of a node that has nothing to complain of. */
export function nodeHeight(inputs: readonly string[], outputs: readonly string[]): number {
  const rows = Math.max(inputs.length, outputs.length)
  return rows < 2 ? nodeSize.height : firstPort + (rows - 1) * portPitch + 15
}

export interface Flow {
  nodes: CanvasNode[]
  edges: CanvasEdge[]
}

export function toFlow(document: ModelDocument, analysis: Analysis, before: Flow): Flow {
  const oldNodes = new Map(before.nodes.map((node) => [node.id, node]))
  const oldEdges = new Map(before.edges.map((edge) => [edge.id, edge]))
  const nodes = document.nodes.map((node): CanvasNode => {
    const old = oldNodes.get(node.id)
    const analysed = analysis.nodes.get(node.id)
    const view = analysed ? viewOf(analysed) : old?.data.view
    if (!view) throw new Error(`[canvas] node ${node.id} was not analysed`)
    const same = old && JSON.stringify(old.data.view) === JSON.stringify(view)
    const stays = old?.position.x === node.position.x && old.position.y === node.position.y
    if (old && same && stays) return old
    return {
      // A new node is taken to be of the usual size, so that it can be wired and fitted before it is measured.
      initialWidth: nodeSize.width,
      initialHeight: nodeHeight(view.inputs, view.outputs),
      ...old,
      id: node.id,
      type: 'layer',
      position: node.position,
      ariaLabel: spoken(view),
      data: same ? old.data : { view },
    }
  })
  const edges = document.wires.map((wire): CanvasEdge => {
    const old = oldEdges.get(wire.id)
    const view = describeWire(wire, analysis)
    const sameEnds = old?.source === wire.from.node && old.target === wire.to.node
    const samePorts = old?.sourceHandle === wire.from.port && old.targetHandle === wire.to.port
    if (old && sameEnds && samePorts && JSON.stringify(old.data?.view) === JSON.stringify(view)) return old
    const title = (id: string): string => analysis.nodes.get(id)?.title ?? id
    return {
      selected: old?.selected ?? false,
      id: wire.id,
      type: 'wire',
      source: wire.from.node,
      sourceHandle: wire.from.port,
      target: wire.to.node,
      targetHandle: wire.to.port,
      ariaLabel: `Wire from ${title(wire.from.node)} to ${title(wire.to.node)}, ${view.label}`,
      data: { view },
    }
  })
  return { nodes: sameOrNew(before.nodes, nodes), edges: sameOrNew(before.edges, edges) }
}

/** The list there was when nothing in it changed: @xyflow then does not look at it again. */
const sameOrNew = <T>(before: T[], now: T[]): T[] =>
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
  }
}

/** What a screen reader says of a node. */
const spoken = ({ title, summary, problem }: NodeView): string =>
  [title, summary, problem ? (problem.incomplete ? 'not complete' : 'has a problem') : '']
    .filter(Boolean)
    .join(', ')
