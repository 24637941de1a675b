/** A layer on the canvas: bar in its group's colour, title, what matters, and below what is wrong with its mends. */
import { Handle, Position, type NodeProps } from '@xyflow/react'
import { memo, type CSSProperties } from 'react'
import { clsx } from '../ui/clsx.ts'
import { short } from '../ui/format.ts'
import { mend } from './actions.ts'
import { shapeParts } from './describe.ts'
import type { LayerNode as LayerNodeData, NodeView } from './flowTypes.ts'
import { NodeLookStrip } from './look/NodeLookStrip.tsx'
import classes from './Node.module.css'
import { portHeight } from './ports.ts'

export const LayerNode = memo(function LayerNode({ id, data: { view } }: NodeProps<LayerNodeData>) {
  const { problem } = view
  return (
    <div
      className={clsx(
        classes.node,
        problem && (problem.incomplete ? classes.incomplete : classes.wrong),
        view.bypass && classes.bypassed,
      )}
      style={{ '--colour': view.colour } as CSSProperties}
    >
      <div className={classes.head}>
        <div className={classes.titleLine}>
          <span className={classes.title}>{view.title}</span>
          {view.parameters > 0 && (
            <span className={classes.count} title={`${view.parameters.toLocaleString('en-US')} weights`}>
              {short(view.parameters)}
            </span>
          )}
        </div>
        <div className={classes.summary}>{view.summary}</div>
      </div>
      <PortNames inputs={view.inputs} outputs={view.outputs} />
      {problem && <ProblemStrip problem={problem} />}
      <NodeLookStrip id={id} />
      <Ports view={view} side="input" />
      <Ports view={view} side="output" />
    </div>
  )
})

function ProblemStrip({ problem }: { problem: NonNullable<NodeView['problem']> }) {
  return (
    <div className={classes.problem} role="status">
      <SentenceWithShapes text={problem.message} />
      {problem.mends.length > 0 && (
        <div className={classes.mends}>
          {problem.mends.map((offered) => (
            <button
              key={offered.title}
              type="button"
              className={clsx(classes.mend, 'nodrag')}
              onClick={(event) => {
                event.stopPropagation()
                mend(offered)
              }}
              onDoubleClick={(event) => event.stopPropagation()}
              // The node listens for keys too: Enter on a button must only press the button.
              onKeyDown={(event) => event.stopPropagation()}
            >
              {offered.title}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}

/** A sentence with its shapes in bold, each kept on one line where it fits. */
export function SentenceWithShapes({ text }: { text: string }) {
  return (
    <span>{shapeParts(text).map((part, i) => (part.shape ? <b key={i}>{part.text}</b> : part.text))}</span>
  )
}

/** One row for each port of a side that has several; a side with one port has it beside the head, without a name. */
export function PortNames({ inputs, outputs }: Pick<NodeView, 'inputs' | 'outputs'>) {
  if (inputs.length < 2 && outputs.length < 2) return null
  const column = (ports: readonly string[]) => (
    <div>{ports.length > 1 && ports.map((port, i) => <span key={i}>{port}</span>)}</div>
  )
  return (
    <div className={classes.ports} aria-hidden>
      {column(inputs)}
      {column(outputs)}
    </div>
  )
}

function Ports({ view, side }: { view: NodeView; side: 'input' | 'output' }) {
  const ports = side === 'input' ? view.inputs : view.outputs
  return ports.map((port, i) => (
    <Handle
      key={port}
      id={port}
      type={side === 'input' ? 'target' : 'source'}
      position={side === 'input' ? Position.Left : Position.Right}
      className={classes.port}
      style={{ top: portHeight(ports, i) }}
      title={ports.length === 1 ? undefined : port}
      aria-label={ports.length === 1 ? `${side} of ${view.title}` : `${side} ${port} of ${view.title}`}
    />
  ))
}
