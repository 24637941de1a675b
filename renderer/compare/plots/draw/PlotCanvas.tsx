/** A canvas of a plot of runs. */
import { useEffect, useLayoutEffect, useRef } from 'react'
import classes from '../Plots.module.css'
import { Layer, type Picture } from './layer.ts'

interface PlotCanvasProps {
  /** The same object as long as nothing of it changes. */
  picture: Omit<Picture, 'ratio'>
}

export function PlotCanvas({ picture }: PlotCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const layer = useRef<Layer | null>(null)
  useLayoutEffect(() => {
    if (!canvas.current) return
    layer.current ??= new Layer(canvas.current)
    layer.current.show({ ...picture, ratio: window.devicePixelRatio || 1 })
  }, [picture])
  useEffect(
    () => () => {
      layer.current?.stop()
      layer.current = null
    },
    [],
  )
  return <canvas ref={canvas} className={classes.canvas} aria-hidden />
}
