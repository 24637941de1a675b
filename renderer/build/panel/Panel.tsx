/** On the right: all about what is selected, or about the whole model. */
import { useCanvas } from '../canvas.ts'
import classes from '../Panel.module.css'
import { ModelPanel } from './ModelPanel.tsx'
import { NodePanel } from './NodePanel.tsx'
import { SelectionPanel } from './SelectionPanel.tsx'
import { WirePanel } from './WirePanel.tsx'

export function Panel() {
  const nodes = useCanvas((s) => s.selectedNodes)
  const wires = useCanvas((s) => s.selectedWires)
  const [node] = nodes
  const [wire] = wires
  return (
    <aside className={classes.panel} aria-label="Properties">
      {nodes.length > 1 ? (
        <SelectionPanel ids={nodes} />
      ) : node !== undefined ? (
        <NodePanel key={node} id={node} />
      ) : wire !== undefined ? (
        <WirePanel id={wire} />
      ) : (
        <ModelPanel />
      )}
    </aside>
  )
}
