/** Several layers at once. */
import { Button } from '@mantine/core'
import { counted } from '../../ui/format.ts'
import { duplicateSelected, removeSelected } from '../actions.ts'
import { useCanvas } from '../canvas.ts'
import classes from '../Panel.module.css'

export function SelectionPanel({ ids }: { ids: readonly string[] }) {
  const analysis = useCanvas((s) => s.analysis)
  const weights = ids.reduce((sum, id) => sum + (analysis.nodes.get(id)?.weights ?? 0), 0)
  return (
    <>
      <header>
        <h2>{counted(ids.length, 'layer')}</h2>
        <small>{counted(weights, 'weight')}</small>
      </header>
      <p className={classes.list}>{ids.map((id) => analysis.nodes.get(id)?.title ?? id).join(', ')}</p>
      <div className={classes.buttons}>
        <Button variant="default" onClick={duplicateSelected}>
          Duplicate
        </Button>
        <Button variant="default" onClick={removeSelected}>
          Delete
        </Button>
      </div>
    </>
  )
}
