/** The canvas of the curves, and one above it for the curve that stands out while the rest is dimmed. */
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useLayoutEffect, useMemo, useRef, type RefObject } from 'react'
import { currentColours } from '../../../charts/colours.ts'
import type { Plot } from '../../../charts/trace.ts'
import type { Curve } from '../curve.ts'
import classes from './CurveCanvas.module.css'
import { Painter } from './painter.ts'
import type { Scale } from './scale.ts'
import type { Scene } from './scene.ts'

interface CurveCanvasProps {
  curves: readonly Curve[]
  /** Stands out: under the pointer here or in the table. */
  risen: Curve | null
  x: Scale
  y: Scale
  plot: Plot
}

export function CurveCanvas({ curves, risen, x, y, plot }: CurveCanvasProps) {
  const scheme = useComputedColorScheme()
  // The scheme is what the style sheet answers by.
  const colourOf = useMemo(() => currentColours(), [scheme]) // eslint-disable-line react-hooks/exhaustive-deps
  const ratio = window.devicePixelRatio || 1
  const all = useMemo<Scene>(
    () => ({ curves, x, y, ratio, colourOf, line: 1.8 }),
    [curves, x, y, ratio, colourOf],
  )
  const one = useMemo<Scene>(
    () => ({ curves: risen ? [risen] : [], x, y, ratio, colourOf, line: 2.4 }),
    [risen, x, y, ratio, colourOf],
  )
  return (
    <div
      className={classes.clip}
      style={{ left: plot.left, top: plot.top, width: plot.width, height: plot.height }}
      aria-hidden
    >
      <canvas ref={usePainter(all)} className={classes.canvas} data-dimmed={risen !== null || undefined} />
      <canvas ref={usePainter(one)} className={classes.canvas} />
    </div>
  )
}

function usePainter(scene: Scene): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null)
  const painter = useRef<Painter | null>(null)
  useLayoutEffect(() => {
    if (!canvas.current) return
    painter.current ??= new Painter(canvas.current)
    painter.current.show(scene)
  }, [scene])
  useEffect(
    () => () => {
      painter.current?.stop()
      painter.current = null
    },
    [],
  )
  return canvas
}
