/** The layers of two models laid over each other, on a canvas that can be looked at and not changed. */
import '@xyflow/react/dist/base.css'
import {
  Background,
  Controls,
  Handle,
  Position,
  ReactFlow,
  ReactFlowProvider,
  type Edge,
  type Node,
  type NodeProps,
} from '@xyflow/react'
import { Modal, useMantineColorScheme } from '@mantine/core'
import { useMemo, type CSSProperties } from 'react'
import type { DocumentDifference, LayerDifference } from '../../../main/common/documentDiff.ts'
import { layerOf } from '../../../main/common/layers/catalogue.ts'
import { groupColour, unknownColour } from '../../build/groups.ts'
import nodeClasses from '../../build/Node.module.css'
import { clsx } from '../../ui/clsx.ts'
import { count, counted } from '../../ui/format.ts'
import classes from './Architecture.module.css'
import { WeightsDelta } from './WeightsDelta.tsx'

type DiffNode = Node<{ layer: LayerDifference }, 'layer'>

interface ArchitectureViewProps {
  title: string
  summary: string
  diff: DocumentDifference
  onClose: () => void
}

export function ArchitectureView({ title, summary, diff, onClose }: ArchitectureViewProps) {
  const { colorScheme } = useMantineColorScheme()
  const { nodes, edges } = useMemo(() => flowOf(diff), [diff])
  return (
    <Modal opened onClose={onClose} title={<b>{title}</b>} size="min(1280px, 94vw)">
      <p className={classes.lead}>
        {summary} · {counted(diff.counts.same, 'layer')} the same · {count(diff.weights.before)} →{' '}
        {count(diff.weights.after)} weights <WeightsDelta {...diff.weights} />
      </p>
      <div className={classes.canvas} role="region" aria-label="Layers of both models">
        <ReactFlowProvider>
          <ReactFlow<DiffNode, Edge>
            nodes={nodes}
            edges={edges}
            nodeTypes={nodeTypes}
            colorMode={colorScheme === 'auto' ? 'system' : colorScheme}
            fitView
            fitViewOptions={fitted}
            minZoom={0.1}
            nodesDraggable={false}
            nodesConnectable={false}
            edgesFocusable={false}
            deleteKeyCode={null}
            proOptions={withoutAttribution}
          >
            <Background gap={24} size={1.4} color="var(--td-grid-dot)" />
            <Controls showInteractive={false} />
          </ReactFlow>
        </ReactFlowProvider>
      </div>
    </Modal>
  )
}

const fitted = { padding: 0.15, maxZoom: 1.1 }
const withoutAttribution = { hideAttribution: true }
const words = { same: '', changed: 'changed', added: 'added', removed: 'removed' } as const

function LayerView({ data: { layer } }: NodeProps<DiffNode>) {
  const { title, summary, state, changes, weights } = layer
  const group = layerOf(layer.kind)?.group
  return (
    <div
      className={clsx(nodeClasses.node, classes.layer)}
      data-state={state}
      style={{ '--colour': group ? groupColour[group] : unknownColour } as CSSProperties}
    >
      <div className={nodeClasses.head}>
        <div className={nodeClasses.titleLine}>
          <span className={nodeClasses.title}>{title}</span>
          {state !== 'same' && <span className={classes.state}>{words[state]}</span>}
        </div>
        <div className={nodeClasses.summary}>{summary}</div>
      </div>
      {(changes.length > 0 || weights.before !== weights.after) && (
        <ul className={classes.changes}>
          {changes.map((change) => (
            <li key={change.title}>
              {change.title}: <s>{change.from}</s> → <b>{change.to}</b>
            </li>
          ))}
          {weights.before !== weights.after && (
            <li>
              <WeightsDelta {...weights} />
            </li>
          )}
        </ul>
      )}
      <Handle type="target" position={Position.Left} className={classes.port} isConnectable={false} />
      <Handle type="source" position={Position.Right} className={classes.port} isConnectable={false} />
    </div>
  )
}

const nodeTypes = { layer: LayerView }

function flowOf({ drawn, layers, wires }: DocumentDifference): { nodes: DiffNode[]; edges: Edge[] } {
  const byId = new Map(layers.map((layer) => [layer.id, layer]))
  const nodes = drawn.nodes.flatMap(({ id, position }): DiffNode[] => {
    const layer = byId.get(id)
    if (!layer) return []
    const { title, state } = layer
    const ariaLabel = [title, words[state], ...layer.changes.map((c) => `${c.title} ${c.from} to ${c.to}`)]
      .filter(Boolean)
      .join(', ')
    return [{ id, type: 'layer', position, data: { layer }, ariaLabel }]
  })
  const x = new Map(drawn.nodes.map(({ id, position }) => [id, position.x]))
  const edges = drawn.wires.map(({ id, from, to }): Edge => {
    const state = wires.removed.has(id) ? 'removed' : wires.added.has(id) ? 'added' : 'same'
    return {
      id,
      source: from.node,
      target: to.node,
      className: classes[`wire-${state}`] ?? '',
      // Back to an earlier column by right angles, as on the Build page.
      type: (x.get(to.node) ?? 0) > (x.get(from.node) ?? 0) ? 'default' : 'smoothstep',
    }
  })
  return { nodes, edges }
}
