/** The canvas of the curves, and one above it for the curve that stands out while the rest is dimmed. */
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useLayoutEffect, useMemo, useRef, type RefObject } from 'react'
import { currentColours } from '../../../charts/colours.ts'
import type { Domain } from '../../../charts/ticks.ts'
import type { Plot } from '../../../charts/trace.ts'
import type { Curve } from '../curve.ts'
import classes from './CurveCanvas.module.css'
import { Painter, type Picture } from './painter.ts'
import type { Scale } from './scale.ts'

interface CurveCanvasProps {
  curves: readonly Curve[]
  /** Stands out: under the pointer here or in the table. */
  risen: Curve | null
  x: Scale
  y: Scale
  plot: Plot
  /** Beyond these ends of the axis there is no curve. */
  limits: Domain
}

export function CurveCanvas({ curves, risen, x, y, plot, limits }: CurveCanvasProps) {
  const scheme = useComputedColorScheme()
  // The scheme is what the style sheet answers by.
  const colourOf = useMemo(() => currentColours(), [scheme]) // eslint-disable-line react-hooks/exhaustive-deps
  const ratio = window.devicePixelRatio || 1
  const axes = { x, y, ratio, colourOf, limits }
  const alone = useMemo(() => (risen ? [risen] : []), [risen])
  return (
    <div
      className={classes.clip}
      style={{ left: plot.left, top: plot.top, width: plot.width, height: plot.height }}
      aria-hidden
    >
      <canvas
        ref={usePainter({ ...axes, curves, line: 1.8 })}
        className={classes.canvas}
        data-dimmed={risen !== null || undefined}
      />
      <canvas ref={usePainter({ ...axes, curves: alone, line: 2.4 })} className={classes.canvas} />
    </div>
  )
}

function usePainter(picture: Picture): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null)
  const painter = useRef<Painter | null>(null)
  useLayoutEffect(() => {
    if (!canvas.current) return
    painter.current ??= new Painter(canvas.current)
    painter.current.show(picture)
  })
  useEffect(
    () => () => {
      painter.current?.stop()
      painter.current = null
    },
    [],
  )
  return canvas
}
