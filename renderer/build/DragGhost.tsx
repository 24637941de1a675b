/** The layer under the pointer on its way from the palette, as large as it will be on the canvas. */
import { useStore } from '@xyflow/react'
import type { CSSProperties } from 'react'
import { nodeSize } from '../../main/common/edit.ts'
import { layerOf } from '../../main/common/layers/catalogue.ts'
import { useCanvas } from './canvas.ts'
import { groupColour } from './groups.ts'
import classes from './Palette.module.css'

export function DragGhost() {
  const dragged = useCanvas((s) => s.dragged)
  const zoom = useStore((s) => s.transform[2])
  const layer = dragged && layerOf(dragged.kind)
  if (!dragged || !layer) return null
  const style = {
    '--colour': groupColour[layer.group],
    width: nodeSize.width,
    height: nodeSize.height,
    transform: `translate(${dragged.x}px, ${dragged.y}px) scale(${zoom}) translate(-50%, -50%)`,
    transformOrigin: '0 0',
  } as CSSProperties
  return (
    <div className={classes.ghost} style={style} aria-hidden>
      {layer.title}
    </div>
  )
}
