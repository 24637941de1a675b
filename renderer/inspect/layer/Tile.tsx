/** One small image of weights. */
import { useEffect, useRef } from 'react'
import classes from './Layer.module.css'

interface TileProps {
  title: string
  rows: number
  columns: number
  /** `[channels, rows, columns]`, -127 to 127; three channels in colour, one in grey. */
  values: readonly number[]
  colour: boolean
  /** In pixels of the page. */
  width: number
}

export function Tile({ title, rows, columns, values, colour, width }: TileProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    const image = context.createImageData(columns, rows)
    const size = rows * columns
    for (let i = 0; i < size; i++) {
      const at = (channel: number): number => 128 + (values[(colour ? channel : 0) * size + i] ?? 0)
      image.data.set([at(0), at(1), at(2), 255], 4 * i)
    }
    context.putImageData(image, 0, 0)
  }, [rows, columns, values, colour])
  return (
    <canvas
      ref={canvas}
      className={classes.tile}
      width={columns}
      height={rows}
      style={{ width, height: (width / columns) * rows }}
      role="img"
      aria-label={title}
      title={title}
    />
  )
}
