/** Under a node's head after one batch: its result as a picture, and the figures that tell whether it is healthy. */
import { memo } from 'react'
import type { NodeLook } from '../../../main/common/inspection.ts'
import { measure } from '../../ui/format.ts'
import classes from './Look.module.css'
import { useLook } from './look.ts'
import { PictureView } from './PictureView.tsx'

export const NodeLookStrip = memo(function NodeLookStrip({ id }: { id: string }) {
  const look = useLook((s) => s.batch?.byNode.get(id))
  return look ? (
    <div className={classes.look} data-testid="node-look">
      {look.picture && (
        <PictureView picture={look.picture} label={`Result of the first sample, ${shapeText(look)}`} />
      )}
      <Figures look={look} />
    </div>
  ) : null
})

export const shapeText = (look: NodeLook): string => look.shape.join(' × ')

function Figures({ look }: { look: NodeLook }) {
  if (look.notFinite > 0)
    return <div className={classes.bad}>{look.notFinite.toLocaleString('en-US')} values are not finite</div>
  return (
    <div className={classes.figures} title={figuresTitle(look)}>
      <span>
        {measure(look.mean, 2)} ± {measure(look.spread, 2)}
      </span>
      {look.gradientNorm !== null && <span>∇ {measure(look.gradientNorm, 2)}</span>}
    </div>
  )
}

const figuresTitle = (look: NodeLook): string =>
  [
    `Shape ${shapeText(look)}`,
    `Mean ${measure(look.mean)}, spread ${measure(look.spread)}`,
    `${(100 * look.zeroShare).toFixed(1)} % of the values are zero`,
    look.gradientNorm === null
      ? 'No gradient reaches it'
      : `Norm of its gradient ${measure(look.gradientNorm)}`,
  ].join('\n')
