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
import type { DataShape } from '../../main/common/layer.ts'
import { moveNodes, type Position } from '../../main/common/edit.ts'
import { analyse, unknownData, type Analysis } from '../../main/common/shapes.ts'
import { toFlow, type CanvasEdge, type CanvasNode, type Flow } from './flow.ts'
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
  /** The handle that the wire came from. */
  from: { node: string; port: string; type: 'source' | 'target' } | null
}

export interface CanvasState extends Flow {
  data: DataShape
  analysis: Analysis
  selectedNodes: readonly string[]
  selectedWires: readonly string[]
  /** The wire that what is being dragged would be spliced into. */
  spliceTarget: string | null
  /** A layer on its way from the palette, in page pixels. */
  dragged: { kind: string; x: number; y: number } | null
  quickAdd: QuickAdd | null
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
  selectedWires: [],
  spliceTarget: null,
  dragged: null,
  quickAdd: null,
  finding: false,
  notice: null,
  changeNodes: (changes) => {
    const dragging = get().nodes.some((node) => node.dragging)
    const nodes = applyNodeChanges(changes, get().nodes)
    set({ nodes, selectedNodes: selectedIn(nodes, get().selectedNodes) })
    // While the pointer is down only the drawing moves; the model is told once, when it is let go.
    const settled = changes.flatMap((change): [string, Position][] =>
      change.type === 'position' && change.dragging !== true && change.position
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
    selectedNodes: selectedIn(flow.nodes, state.selectedNodes),
    selectedWires: selectedIn(flow.edges, state.selectedWires),
  })
})

/** Selects exactly these nodes and no wire. */
export function select(ids: Iterable<string>): void {
  const wanted = new Set(ids)
  useCanvas.setState((state) => {
    const nodes = state.nodes.map((node) =>
      (node.selected ?? false) === wanted.has(node.id) ? node : { ...node, selected: wanted.has(node.id) },
    )
    const edges = state.edges.map((edge) => (edge.selected ? { ...edge, selected: false } : edge))
    return { nodes, edges, selectedNodes: selectedIn(nodes, state.selectedNodes), selectedWires: [] }
  })
}

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

/** Ids of what is selected, as the list it was when that is the same, so that nothing is drawn again for it. */
function selectedIn(
  items: readonly { id: string; selected?: boolean }[],
  before: readonly string[],
): readonly string[] {
  const ids = items.filter((item) => item.selected).map((item) => item.id)
  return ids.length === before.length && ids.every((id, i) => id === before[i]) ? before : ids
}
