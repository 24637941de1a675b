/** Several layers at once: parameters they have in common, lining them up, grouping. */
import { ActionIcon, Button } from '@mantine/core'
import {
  IconLayoutAlignBottom,
  IconLayoutAlignCenter,
  IconLayoutAlignLeft,
  IconLayoutAlignMiddle,
  IconLayoutAlignRight,
  IconLayoutAlignTop,
  IconLayoutDistributeHorizontal,
  IconLayoutDistributeVertical,
} from '@tabler/icons-react'
import type { Alignment } from '../../../main/common/align.ts'
import { counted } from '../../ui/format.ts'
import { alignSelected, duplicateSelected, removeSelected } from '../actions.ts'
import { bypassSelected, groupSelected } from '../blockActions.ts'
import { useCanvas } from '../canvas.ts'
import classes from '../Panel.module.css'
import { formId } from './focus.ts'
import { Parameters } from './Parameters.tsx'

const alignments: readonly [Alignment, string, typeof IconLayoutAlignLeft][] = [
  ['left', 'Align left edges', IconLayoutAlignLeft],
  ['centre-x', 'Align middles, one above the other', IconLayoutAlignCenter],
  ['right', 'Align right edges', IconLayoutAlignRight],
  ['top', 'Align upper edges', IconLayoutAlignTop],
  ['centre-y', 'Align middles, side by side', IconLayoutAlignMiddle],
  ['bottom', 'Align lower edges', IconLayoutAlignBottom],
  ['distribute-x', 'Equal gaps from left to right', IconLayoutDistributeVertical],
  ['distribute-y', 'Equal gaps from top to bottom', IconLayoutDistributeHorizontal],
]

export function SelectionPanel({ ids }: { ids: readonly string[] }) {
  const analysis = useCanvas((s) => s.analysis)
  const chosen = ids.flatMap((id) => analysis.nodes.get(id) ?? [])
  const weights = chosen.reduce((sum, node) => sum + node.weights, 0)
  const [first] = chosen
  const kinds = new Set(chosen.map(({ node }) => node.kind))
  const layer = kinds.size === 1 ? first?.layer : undefined
  return (
    <>
      <header>
        <h2>{layer ? `${ids.length} × ${layer.title}` : counted(ids.length, 'layer')}</h2>
        <small>{counted(weights, 'weight')}</small>
      </header>
      <p className={classes.list}>{chosen.map(({ title }) => title).join(', ')}</p>
      {layer && layer.fields.length > 0 && (
        <form id={formId} onSubmit={(event) => event.preventDefault()}>
          <Parameters layer={layer} nodes={chosen.map(({ node }) => node)} />
        </form>
      )}
      <div className={classes.alignments} role="group" aria-label="Align and distribute">
        {alignments.map(([how, title, Icon]) => (
          <ActionIcon
            key={how}
            aria-label={title}
            title={how.startsWith('distribute') && ids.length < 3 ? `${title}: choose three or more` : title}
            disabled={how.startsWith('distribute') && ids.length < 3}
            onClick={() => alignSelected(how)}
          >
            <Icon size={17} stroke={1.6} />
          </ActionIcon>
        ))}
      </div>
      <div className={classes.buttons}>
        <Button variant="default" title="Ctrl+G" onClick={groupSelected}>
          Group
        </Button>
        <Button variant="default" title="M" onClick={bypassSelected}>
          {chosen.every(({ node }) => node.bypass) ? 'Take back' : 'Bypass'}
        </Button>
        <Button variant="default" title="Ctrl+D" onClick={() => duplicateSelected()}>
          Duplicate
        </Button>
        <Button variant="default" title="Delete" onClick={removeSelected}>
          Delete
        </Button>
      </div>
    </>
  )
}
