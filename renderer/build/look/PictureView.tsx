/** Draws a small picture of a tensor: blue below zero, orange above, the ground's own colour at zero. */
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'
import type { Picture } from '../../../main/common/inspection.ts'
import classes from './Look.module.css'

type Colour = readonly [red: number, green: number, blue: number]
interface Scale {
  zero: Colour
  below: Colour
  above: Colour
}

/** Blue and vermilion of Okabe and Ito, over the panel's colour of each scheme. */
const scales: Readonly<Record<'light' | 'dark', Scale>> = {
  light: { zero: [244, 245, 247], below: [0, 90, 160], above: [213, 94, 0] },
  dark: { zero: [26, 30, 37], below: [86, 180, 233], above: [240, 150, 60] },
}

export function PictureView({ picture, label }: { picture: Picture; label: string }) {
  const scheme = useComputedColorScheme('dark')
  const style = { '--maps': picture.maps.length } as React.CSSProperties
  return (
    <div className={classes[picture.kind]} style={style} role="img" aria-label={label}>
      {picture.maps.map((map, i) => (
        <MapView key={i} map={map} picture={picture} scale={scales[scheme]} />
      ))}
    </div>
  )
}

function MapView({ map, picture, scale }: { map: readonly number[]; picture: Picture; scale: Scale }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const bars = picture.kind === 'bars'
  const height = bars ? barHeight : picture.rows
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    const image = context.createImageData(picture.columns, height)
    const paint = (pixel: number, value: number): void => {
      const end = value < 0 ? scale.below : scale.above
      const share = Math.min(1, Math.abs(value))
      for (let channel = 0; channel < 3; channel++) {
        const from = scale.zero[channel] ?? 0
        image.data[pixel * 4 + channel] = Math.round(from + ((end[channel] ?? 0) - from) * share)
      }
      image.data[pixel * 4 + 3] = 255
    }
    if (bars) map.forEach((value, column) => drawBar(value, column, picture.columns, image, scale))
    else map.forEach((value, pixel) => paint(pixel, value))
    context.putImageData(image, 0, 0)
  }, [map, picture.columns, height, bars, scale])
  return <canvas ref={canvas} width={picture.columns} height={height} />
}

/** Pixels of a bar chart, its zero line in the middle. */
const barHeight = 24

function drawBar(value: number, column: number, columns: number, image: ImageData, scale: Scale): void {
  const middle = barHeight / 2
  const length = Math.round(Math.min(1, Math.abs(value)) * middle)
  const colour = value < 0 ? scale.below : scale.above
  for (let step = 0; step < length; step++) {
    const row = value < 0 ? middle + step : middle - 1 - step
    const pixel = (row * columns + column) * 4
    colour.forEach((part, channel) => (image.data[pixel + channel] = part))
    image.data[pixel + 3] = 255
  }
}
