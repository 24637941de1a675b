/** On the right: all about what is selected, or about the whole model. */
import { chosen, useCanvas } from '../canvas.ts'
import classes from '../Panel.module.css'
import { BlockPanel } from './BlockPanel.tsx'
import { ModelPanel } from './ModelPanel.tsx'
import { NodePanel } from './NodePanel.tsx'
import { SelectionPanel } from './SelectionPanel.tsx'
import { WirePanel } from './WirePanel.tsx'

export function Panel() {
  const nodes = useCanvas((s) => s.selectedNodes)
  const blocks = useCanvas((s) => s.selectedBlocks)
  const wires = useCanvas((s) => s.selectedWires)
  const [node] = nodes
  const [wire] = wires
  const [block] = blocks
  return (
    <aside className={classes.panel} aria-label="Properties">
      {nodes.length + blocks.length > 1 ? (
        <SelectionPanel ids={chosen()} />
      ) : block !== undefined ? (
        <BlockPanel key={block} id={block} />
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
