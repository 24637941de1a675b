/**
 * What is on the canvas: the drawn form of the model, what is selected, what is being dragged. It follows the model
 * in `store.ts`; the only way from here into the model is an edit through it.
 */
import {
  applyEdgeChanges,
  applyNodeChanges,
  type EdgeChange,
  type NodeChange,
  type Viewport,
} from '@xyflow/react'
import { create } from 'zustand'
import type { ModelDocument } from '../../main/common/document.ts'
import type { DataShape } from '../../main/common/layer.ts'
import { nodesOf } from '../../main/common/blockTree.ts'
import { moveNodes, type Port, type Position } from '../../main/common/edit.ts'
import { analyse, unknownData, type Analysis } from '../../main/common/shapes.ts'
import { toFlow, type Flow } from './flow.ts'
import { blockId, refit } from './flowBlocks.ts'
import { isLayer, type CanvasEdge, type CanvasNode } from './flowTypes.ts'
import { endGesture, useModel } from './store.ts'

/** Id of the canvas's element, which takes the keyboard when what had it is deleted. */
export const canvasId = 'build-canvas'

/** Where a layer is asked for on the canvas itself, by double click or by a wire let go in the open. */
export interface QuickAdd {
  /** In the canvas's own pixels, for the box. */
  at: Position
  /** True near the lower edge, where the box grows upwards. */
  upwards: boolean
  /** In canvas units, for the node. */
  place: Position
  /** The ports that the wire came from; several only behind one input of a folded block. */
  from: { ports: readonly Port[]; type: 'source' | 'target' } | null
}

export interface CanvasState extends Flow {
  data: DataShape
  analysis: Analysis
  /** Layers; those of a selected block are not among them, see `chosen`. */
  selectedNodes: readonly string[]
  selectedBlocks: readonly string[]
  selectedWires: readonly string[]
  /** The wire that what is being dragged would be spliced into. */
  spliceTarget: string | null
  /** A layer on its way from the palette, in page pixels. */
  dragged: { kind: string; x: number; y: number } | null
  quickAdd: QuickAdd | null
  /** The block whose name is being written on its frame. */
  naming: string | null
  /** The layer that is being wired with the keyboard. */
  wiring: string | null
  cheatSheet: boolean
  /** The box that searches the canvas is open. */
  finding: boolean
  /** Why something did not happen; shown for a while. */
  notice: string | null
  changeNodes: (changes: NodeChange<CanvasNode>[]) => void
  changeEdges: (changes: EdgeChange<CanvasEdge>[]) => void
  setData: (data: DataShape) => void
}

const start = analyse(useModel.getState().document, unknownData)

export const useCanvas = create<CanvasState>((set, get) => ({
  ...toFlow(useModel.getState().document, start, { nodes: [], edges: [] }),
  data: unknownData,
  analysis: start,
  selectedNodes: [],
  selectedBlocks: [],
  selectedWires: [],
  spliceTarget: null,
  dragged: null,
  quickAdd: null,
  naming: null,
  wiring: null,
  cheatSheet: false,
  finding: false,
  notice: null,
  changeNodes: (changes) => {
    const dragging = get().nodes.some((node) => node.dragging)
    const { document } = useModel.getState()
    const moved = withMembers(document, changes, get().nodes)
    const nodes = refit(document, applyNodeChanges(moved, get().nodes))
    set({ nodes, ...selectionOf(nodes, get()) })
    // While the pointer is down only the drawing moves; the model is told once, when it is let go.
    const layers = new Set(document.nodes.map((node) => node.id))
    const settled = moved.flatMap((change): [string, Position][] =>
      change.type === 'position' && change.dragging !== true && change.position && layers.has(change.id)
        ? [[change.id, change.position]]
        : [],
    )
    if (settled.length === 0) return
    if (dragging) endGesture()
    useModel
      .getState()
      .apply((document) => moveNodes(document, new Map(settled)), dragging ? 'drag' : 'nudge')
  },
  changeEdges: (changes) => {
    const edges = applyEdgeChanges(changes, get().edges)
    set({ edges, selectedWires: selectedIn(edges, get().selectedWires) })
  },
  setData: (data) => {
    // Told anew whenever the page is opened; the same data leave everything as it stands.
    if (JSON.stringify(data) === JSON.stringify(get().data)) return
    const analysis = analyse(useModel.getState().document, data)
    set({ data, analysis, ...toFlow(useModel.getState().document, analysis, get()) })
  },
}))

useModel.subscribe((now, before) => {
  if (now.document === before.document) return
  const state = useCanvas.getState()
  const analysis = analyse(now.document, state.data)
  const flow = toFlow(now.document, analysis, state)
  useCanvas.setState({
    ...flow,
    analysis,
    ...selectionOf(flow.nodes, state),
    selectedWires: selectedIn(flow.edges, state.selectedWires),
  })
})

/** A block that is moved takes its layers along, unless they move by themselves. */
function withMembers(
  document: ModelDocument,
  changes: readonly NodeChange<CanvasNode>[],
  nodes: readonly CanvasNode[],
): NodeChange<CanvasNode>[] {
  if (document.blocks.length === 0) return [...changes]
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const moved = new Map(
    changes.flatMap((change) => (change.type === 'position' ? [[change.id, change]] : [])),
  )
  for (const change of changes) {
    if (change.type !== 'position') continue
    const node = byId.get(change.id)
    if (!node || isLayer(node)) continue
    const by = change.position && {
      x: change.position.x - node.position.x,
      y: change.position.y - node.position.y,
    }
    for (const id of nodesOf(document, node.data.view.block)) {
      const member = byId.get(id)
      if (!member || moved.has(id)) continue
      const position = by && { x: member.position.x + by.x, y: member.position.y + by.y }
      moved.set(id, { ...change, id, ...(position && { position, positionAbsolute: position }) })
    }
  }
  return [...changes.filter((change) => change.type !== 'position'), ...moved.values()]
}

/** Selects exactly these nodes and no wire. */
export function select(ids: Iterable<string>): void {
  const wanted = new Set(ids)
  useCanvas.setState((state) => {
    const nodes = state.nodes.map((node) => {
      const selected = wanted.has(node.id) && !node.hidden
      return (node.selected ?? false) === selected ? node : { ...node, selected }
    })
    const edges = state.edges.map((edge) => (edge.selected ? { ...edge, selected: false } : edge))
    return { nodes, edges, ...selectionOf(nodes, state), selectedWires: [] }
  })
}

export const selectBlock = (id: string): void => select([blockId(id)])

export function selectWire(id: string): void {
  select([])
  useCanvas.getState().changeEdges([{ type: 'select', id, selected: true }])
}

/** Where the view stood when the page was left, for the model that was open then. */
let lastView: { session: number; viewport: Viewport } | null = null

export const viewOf = (session: number): Viewport | null =>
  lastView?.session === session ? lastView.viewport : null

export function rememberView(viewport: Viewport): void {
  lastView = { session: useModel.getState().session, viewport }
}

let noticeTimer: ReturnType<typeof setTimeout> | undefined

/** Says in the canvas why something did not happen; null takes it away. */
export function notify(notice: string | null): void {
  clearTimeout(noticeTimer)
  useCanvas.setState({ notice })
  if (notice) noticeTimer = setTimeout(() => useCanvas.setState({ notice: null }), 6000)
}

/** Layers and blocks that are selected. */
function selectionOf(
  nodes: readonly CanvasNode[],
  before: Pick<CanvasState, 'selectedNodes' | 'selectedBlocks'>,
): Pick<CanvasState, 'selectedNodes' | 'selectedBlocks'> {
  const blocks = nodes.flatMap((node) =>
    node.selected && !isLayer(node) ? [{ id: node.data.view.block, selected: true }] : [],
  )
  return {
    selectedNodes: selectedIn(nodes.filter(isLayer), before.selectedNodes),
    selectedBlocks: selectedIn(blocks, before.selectedBlocks),
  }
}

/** Ids of all layers that an edit of the selection is about: those selected, and those of the blocks selected. */
export function chosen(): string[] {
  const { selectedNodes, selectedBlocks } = useCanvas.getState()
  const { document } = useModel.getState()
  const inBlocks = selectedBlocks.flatMap((id) => [...nodesOf(document, id)])
  return [...new Set([...selectedNodes, ...inBlocks])]
}

/** Ids of what is selected, as the list it was when that is the same, so that nothing is drawn again for it. */
function selectedIn(
  items: readonly { id: string; selected?: boolean }[],
  before: readonly string[],
): readonly string[] {
  const ids = items.filter((item) => item.selected).map((item) => item.id)
  return ids.length === before.length && ids.every((id, i) => id === before[i]) ? before : ids
}
