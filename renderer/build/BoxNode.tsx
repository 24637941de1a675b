/** A folded block: one box in place of its layers, with the ports at which wires cross its border. */
import { Handle, Position, type NodeProps } from '@xyflow/react'
import { IconArrowsDiagonal } from '@tabler/icons-react'
import { memo } from 'react'
import { clsx } from '../ui/clsx.ts'
import { short } from '../ui/format.ts'
import { foldBlock } from './blockActions.ts'
import type { BoxNode as BoxNodeData, BoxView } from './flowTypes.ts'
import frame from './Frame.module.css'
import { PortNames, SentenceWithShapes } from './LayerNode.tsx'
import classes from './Node.module.css'
import { portHeight } from './ports.ts'

export const BoxNode = memo(function BoxNode({ data: { view } }: NodeProps<BoxNodeData>) {
  const { block, name, repeat, weights, summary, problem, inputs, outputs } = view
  return (
    <div
      className={clsx(
        classes.node,
        frame.box,
        problem && (problem.incomplete ? classes.incomplete : classes.wrong),
      )}
      onDoubleClick={() => foldBlock(block, false)}
    >
      <div className={classes.head}>
        <div className={classes.titleLine}>
          <span className={classes.title}>{name}</span>
          {repeat > 1 && <span className={frame.times}>× {repeat}</span>}
          {weights > 0 && (
            <span className={classes.count} title={`${weights.toLocaleString('en-US')} weights`}>
              {short(weights)}
            </span>
          )}
        </div>
        <div className={classes.summary}>{summary}</div>
        <button
          type="button"
          className={clsx(frame.unfold, 'nodrag')}
          aria-label={`Open ${name}`}
          title="Open (C, or double-click)"
          onClick={(event) => {
            event.stopPropagation()
            foldBlock(block, false)
          }}
          onKeyDown={(event) => event.stopPropagation()}
        >
          <IconArrowsDiagonal size={13} />
        </button>
      </div>
      <PortNames inputs={inputs.map(({ title }) => title)} outputs={outputs.map(({ title }) => title)} />
      {problem && (
        <div className={classes.problem} role="status">
          <SentenceWithShapes text={problem.message} />
        </div>
      )}
      <BoxPorts view={view} side="input" />
      <BoxPorts view={view} side="output" />
    </div>
  )
})

function BoxPorts({ view, side }: { view: BoxView; side: 'input' | 'output' }) {
  const ports = side === 'input' ? view.inputs : view.outputs
  return ports.map((port, i) => (
    <Handle
      key={port.id}
      id={port.id}
      type={side === 'input' ? 'target' : 'source'}
      position={side === 'input' ? Position.Left : Position.Right}
      className={classes.port}
      style={{ top: portHeight(ports, i) }}
      title={`${port.title}: ${side}`}
      aria-label={ports.length === 1 ? `${side} of ${view.name}` : `${side} ${port.title} of ${view.name}`}
    />
  ))
}
