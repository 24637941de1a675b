/** Bottom left of the canvas: what is wrong, tidy, zoom. */
import { Panel, useReactFlow, useStore, useStoreApi } from '@xyflow/react'
import {
  IconHandStop,
  IconLayoutDistributeVertical,
  IconMarquee2,
  IconMaximize,
  IconMinus,
  IconPlus,
} from '@tabler/icons-react'
import { columnsIn, tidyUp } from './actions.ts'
import { useCanvas } from './canvas.ts'
import classes from './Canvas.module.css'
import { useLayout, type Layout } from './layout.ts'
import { glide } from './motion.ts'
import { ProblemsButton } from './ProblemsButton.tsx'
import { useView } from './useView.ts'

export function Toolbar() {
  const empty = useCanvas((s) => s.nodes.length === 0)
  const percent = useStore((s) => Math.round(s.transform[2] * 100))
  const store = useStoreApi()
  const { zoomIn, zoomOut, zoomTo } = useReactFlow()
  const { fit } = useView()
  if (empty) return null
  return (
    <Panel position="bottom-left" className={classes.toolbar ?? ''}>
      <ProblemsButton />
      <Tools />
      <button
        type="button"
        className={classes.tool}
        title="Lay the model out left to right (T)"
        onClick={() => {
          tidyUp(columnsIn(store.getState().width))
          fit()
        }}
      >
        <IconLayoutDistributeVertical size={15} aria-hidden />
        Tidy
      </button>
      <div className={classes.tools} role="group" aria-label="Zoom">
        <button
          type="button"
          aria-label="Zoom out"
          title="Zoom out"
          onClick={() => void zoomOut({ duration: glide() })}
        >
          <IconMinus size={14} />
        </button>
        <button
          type="button"
          className={classes.zoom}
          aria-label={`Zoom is ${percent} %; set it to 100 %`}
          title="Back to 100 %"
          onClick={() => void zoomTo(1, { duration: glide() })}
        >
          {percent} %
        </button>
        <button
          type="button"
          aria-label="Zoom in"
          title="Zoom in"
          onClick={() => void zoomIn({ duration: glide() })}
        >
          <IconPlus size={14} />
        </button>
        <button type="button" aria-label="Fit the model into view" title="Fit into view (F)" onClick={fit}>
          <IconMaximize size={14} />
        </button>
      </div>
    </Panel>
  )
}

/** What dragging on the open canvas does. */
function Tools() {
  const tool = useLayout((s) => s.tool)
  const choose = (wanted: Layout['tool']): void => useLayout.getState().set({ tool: wanted })
  return (
    <div className={classes.tools} role="group" aria-label="Dragging on the canvas">
      <button
        type="button"
        aria-label="Move the view"
        aria-pressed={tool === 'pan'}
        title="Dragging moves the view (H); with Shift it selects"
        onClick={() => choose('pan')}
      >
        <IconHandStop size={14} />
      </button>
      <button
        type="button"
        aria-label="Select with a box"
        aria-pressed={tool === 'select'}
        title="Dragging selects with a box (V)"
        onClick={() => choose('select')}
      >
        <IconMarquee2 size={14} />
      </button>
    </div>
  )
}
