/** The canvas: nodes, wires, and every way of working on them with a pointer. */
import '@xyflow/react/dist/base.css'
import {
  Background,
  ReactFlow,
  SelectionMode,
  useReactFlow,
  type Connection,
  type IsValidConnection,
  type OnConnectEnd,
  type OnNodeDrag,
} from '@xyflow/react'
import { useMantineColorScheme } from '@mantine/core'
import { useEffect, useRef, type MouseEvent } from 'react'
import { connectRefusal, type Port, type Position } from '../../main/common/edit.ts'
import { passesOn } from '../../main/common/shapes.ts'
import { grid, portsBehind, spliceDragged, wire } from './actions.ts'
import { joinDragged } from './blockActions.ts'
import { BoxNode } from './BoxNode.tsx'
import { canvasId, notify, rememberView, useCanvas, viewOf } from './canvas.ts'
import classes from './Canvas.module.css'
import { EmptyCanvas } from './EmptyCanvas.tsx'
import { FindBox } from './FindBox.tsx'
import type { CanvasEdge, CanvasNode } from './flowTypes.ts'
import { FrameNode } from './FrameNode.tsx'
import { useLayout } from './layout.ts'
import { LayerNode } from './LayerNode.tsx'
import { Minimap } from './Minimap.tsx'
import { wireAt } from './pointer.ts'
import { QuickAddBox } from './QuickAddBox.tsx'
import { endGesture, useModel } from './store.ts'
import { BatchSummary } from './look/BatchSummary.tsx'
import { Toolbar } from './Toolbar.tsx'
import { useView } from './useView.ts'
import { WireBox } from './WireBox.tsx'
import { WireEdge } from './WireEdge.tsx'

const nodeTypes = { layer: LayerNode, frame: FrameNode, box: BoxNode }
const edgeTypes = { wire: WireEdge }
const snapGrid: [number, number] = [grid, grid]

const portsOf = (connection: Connection | CanvasEdge): [readonly Port[], readonly Port[]] => [
  portsBehind(connection.source, connection.sourceHandle ?? ''),
  portsBehind(connection.target, connection.targetHandle ?? ''),
]
const isValidConnection: IsValidConnection<CanvasEdge> = (connection) => {
  const [[from], to] = portsOf(connection)
  const { document } = useModel.getState()
  return from !== undefined && to.every((end) => connectRefusal(document, from, end) === null)
}

export function Canvas() {
  const nodes = useCanvas((s) => s.nodes)
  const edges = useCanvas((s) => s.edges)
  const { changeNodes, changeEdges } = useCanvas.getState()
  const notice = useCanvas((s) => s.notice)
  const dropping = useCanvas((s) => s.dragged !== null)
  const boxing = useLayout((s) => s.tool === 'select')
  const { colorScheme } = useMantineColorScheme()
  const { screenToFlowPosition } = useReactFlow<CanvasNode, CanvasEdge>()
  const frame = useRef<HTMLDivElement>(null)
  const session = useModel((s) => s.session)
  const { fit } = useView()

  // A model that was just opened is shown whole; one that was left and is come back to, as it was left. Not the
  // `fitView` property: on an empty canvas it would wait, and jump when the first layer is dropped.
  useEffect(() => {
    if (!viewOf(session) && useModel.getState().document.nodes.length > 0) fit()
  }, [session, fit])

  const openQuickAdd = (x: number, y: number, from: QuickAddFrom): void => {
    const { left = 0, top = 0, bottom = 0 } = frame.current?.getBoundingClientRect() ?? {}
    const place: Position = screenToFlowPosition({ x, y })
    const upwards = bottom - y < quickAddHeight
    useCanvas.setState({ quickAdd: { at: { x: x - left, y: y - top }, upwards, place, from } })
  }
  const onDoubleClick = (event: MouseEvent): void => {
    const onPane = event.target instanceof Element && event.target.classList.contains('react-flow__pane')
    if (onPane) openQuickAdd(event.clientX, event.clientY, null)
  }
  const onConnectEnd: OnConnectEnd = (event, state) => {
    const from = state.fromHandle
    if (!from || state.isValid) return
    const { clientX: x, clientY: y } = 'clientX' in event ? event : (event.changedTouches[0] ?? noPoint)
    const start = portsBehind(from.nodeId, from.id ?? '')
    const over = state.toHandle
      ? portsBehind(state.toHandle.nodeId, state.toHandle.id ?? '')
      : portUnder(x, y, from.type === 'source' ? 'inputs' : 'outputs', from.nodeId)
    if (over) {
      if (from.type === 'source') wire(start, over)
      else wire(over, start)
    } else if (document.elementFromPoint(x, y)?.classList.contains('react-flow__pane'))
      openQuickAdd(x, y, { ports: start, type: from.type })
  }

  /** A loose node that passes data on may be dropped on a wire. */
  const onNodeDrag: OnNodeDrag<CanvasNode> = (event, node, dragged) => {
    const point = 'clientX' in event ? event : event.touches[0]
    const loose = dragged.length === 1 && point && isLoose(node.id)
    const target = loose ? wireAt(point.clientX, point.clientY) : null
    if (target !== useCanvas.getState().spliceTarget) useCanvas.setState({ spliceTarget: target })
  }
  const onNodeDragStop: OnNodeDrag<CanvasNode> = (_event, node, dragged) => {
    const target = useCanvas.getState().spliceTarget
    useCanvas.setState({ spliceTarget: null })
    if (target) spliceDragged(target, node.id)
    else if (dragged.length === 1) joinDragged(node.id)
    endGesture()
  }

  return (
    <div
      ref={frame}
      id={canvasId}
      tabIndex={-1}
      className={classes.canvas}
      data-testid="canvas"
      data-dropping={dropping || undefined}
      role="region"
      aria-label="Canvas"
      onDoubleClick={onDoubleClick}
    >
      <ReactFlow<CanvasNode, CanvasEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={changeNodes}
        onEdgesChange={changeEdges}
        onConnect={(connection) => wire(...portsOf(connection))}
        onConnectStart={() => notify(null)}
        onConnectEnd={onConnectEnd}
        isValidConnection={isValidConnection}
        onNodeDrag={onNodeDrag}
        onNodeDragStop={onNodeDragStop}
        onMoveEnd={(_event, viewport) => rememberView(viewport)}
        defaultViewport={viewOf(session) ?? atOrigin}
        colorMode={colorScheme === 'auto' ? 'system' : colorScheme}
        snapToGrid
        snapGrid={snapGrid}
        minZoom={0.15}
        maxZoom={2.5}
        connectionRadius={28}
        selectionMode={SelectionMode.Partial}
        selectionOnDrag={boxing}
        panOnDrag={boxing ? otherButtons : true}
        // Arrow keys walk along wires: see useKeyboard.ts.
        disableKeyboardA11y
        multiSelectionKeyCode={multiSelectionKeys}
        // Tab goes from layer to layer; a layer's form says and changes what feeds it.
        edgesFocusable={false}
        zoomOnDoubleClick={false}
        deleteKeyCode={null}
        proOptions={withoutAttribution}
      >
        <Background gap={24} size={1.4} color="var(--td-grid-dot)" />
        <Toolbar />
        {nodes.length > 0 && <Minimap />}
        <BatchSummary />
      </ReactFlow>
      {nodes.length === 0 && <EmptyCanvas />}
      <QuickAddBox />
      <WireBox />
      <FindBox />
      <div role="status" className={classes.notice} data-shown={notice !== null || undefined}>
        {notice}
      </div>
    </div>
  )
}

type QuickAddFrom = NonNullable<ReturnType<typeof useCanvas.getState>['quickAdd']>['from']
/** Middle and right, while the left one draws boxes. */
const otherButtons = [1, 2]
const multiSelectionKeys = ['Shift', 'Control', 'Meta']
const withoutAttribution = { hideAttribution: true }
/** Pixels that the box with its list may take. */
const quickAddHeight = 270
const atOrigin = { x: 0, y: 0, zoom: 1 }
const noPoint = { clientX: 0, clientY: 0 }

/** The first port of a node on which a wire was let go anywhere; null over the node that it came from. */
function portUnder(x: number, y: number, side: 'inputs' | 'outputs', except: string): readonly Port[] | null {
  const element = document.elementFromPoint(x, y)?.closest('.react-flow__node')
  const id = element?.getAttribute('data-id')
  const node = useCanvas.getState().nodes.find((candidate) => candidate.id === id)
  if (!node || node.type === 'frame' || node.id === except) return null
  const port = node.data.view[side][0]
  if (port === undefined) return null
  return portsBehind(node.id, typeof port === 'string' ? port : port.id)
}

function isLoose(id: string): boolean {
  const { nodes, wires } = useModel.getState().document
  const node = nodes.find((candidate) => candidate.id === id)
  if (!node || !passesOn(node)) return false
  return !wires.some(({ from, to }) => from.node === id || to.node === id)
}
