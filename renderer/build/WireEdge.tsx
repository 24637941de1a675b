/** A wire with its shape on it. Forward it is a curve; back to an earlier column it goes round by right angles. */
import { BaseEdge, EdgeLabelRenderer, getBezierPath, getSmoothStepPath, type EdgeProps } from '@xyflow/react'
import { memo } from 'react'
import { nodeSize, pitch } from '../../main/common/edit.ts'
import { clsx } from '../ui/clsx.ts'
import { selectWire, useCanvas } from './canvas.ts'
import type { CanvasEdge } from './flowTypes.ts'
import classes from './Wire.module.css'

/** Width of one character of a label, in canvas units. */
const character = 6.05

export const WireEdge = memo(function WireEdge({
  id,
  data,
  selected,
  sourceX,
  sourceY,
  targetX,
  targetY,
  sourcePosition,
  targetPosition,
}: EdgeProps<CanvasEdge>) {
  const isTarget = useCanvas((s) => s.spliceTarget === id)
  const ends = { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition }
  const forward = targetX > sourceX + 24
  const [path, middleX, middleY] = forward
    ? getBezierPath(ends)
    : getSmoothStepPath({ ...ends, borderRadius: 12, offset: 18, ...corridor(sourceY, targetY) })
  const { label = '', tone = 'known', detail = '' } = data?.view ?? {}
  // Where the label is wider than the gap it would hide under the nodes: it goes above their heads.
  const beside = Math.abs(targetY - sourceY) < nodeSize.height
  const tight = forward && beside && targetX - sourceX < label.length * character + 12
  const labelY = tight ? Math.min(sourceY, targetY) - nodeSize.height / 2 - 12 : middleY
  return (
    <>
      <BaseEdge
        path={path}
        interactionWidth={22}
        className={clsx(classes.wire, classes[tone], isTarget && classes.target)}
      />
      <EdgeLabelRenderer>
        <div
          className={clsx(
            classes.label,
            classes[tone],
            selected && classes.selected,
            isTarget && classes.target,
            'nodrag nopan',
          )}
          style={{ transform: `translate(-50%, -50%) translate(${middleX}px, ${labelY}px)` }}
          data-wire={id}
          data-testid="wire-shape"
          data-detail={detail}
          onClick={() => selectWire(id)}
        >
          {label}
        </div>
      </EdgeLabelRenderer>
    </>
  )
})

/** A wire to a row below runs just above that row, where nothing stands, however tall the row it comes from is. */
const corridor = (sourceY: number, targetY: number): { centerY?: number } =>
  targetY - sourceY > nodeSize.height ? { centerY: targetY - pitch.y / 2 } : {}
