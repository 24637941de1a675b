/** Map of the whole model, bottom right; folded away it is a button. */
import { MiniMap, Panel } from '@xyflow/react'
import { IconChevronsDownRight, IconMap } from '@tabler/icons-react'
import classes from './Minimap.module.css'
import type { CanvasNode } from './flowTypes.ts'
import { useLayout } from './layout.ts'

const colourOf = ({ type, data: { view } }: CanvasNode): string => {
  if (type === 'frame') return 'color-mix(in srgb, var(--td-faint) 22%, transparent)'
  if (view.problem && !view.problem.incomplete) return 'var(--td-bad)'
  return 'colour' in view ? view.colour : 'var(--td-accent)'
}

export function Minimap() {
  const shown = useLayout((s) => s.minimap)
  const fold = (minimap: boolean): void => useLayout.getState().set({ minimap })
  if (!shown)
    return (
      <Panel position="bottom-right">
        <button
          type="button"
          className={classes.open}
          title="Show the map"
          aria-label="Show the map"
          aria-expanded={false}
          onClick={() => fold(true)}
        >
          <IconMap size={15} />
        </button>
      </Panel>
    )
  return (
    <>
      <MiniMap<CanvasNode>
        className={classes.minimap ?? ''}
        position="bottom-right"
        nodeColor={colourOf}
        nodeBorderRadius={12}
        nodeStrokeWidth={0}
        pannable
        zoomable
        ariaLabel="Map of the whole model"
      />
      <Panel position="bottom-right" className={classes.corner ?? ''}>
        <button
          type="button"
          className={classes.fold}
          title="Fold the map"
          aria-label="Fold the map"
          aria-expanded
          onClick={() => fold(false)}
        >
          <IconChevronsDownRight size={13} />
        </button>
      </Panel>
    </>
  )
}
