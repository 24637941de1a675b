/** Curves as they are painted on a canvas, in slices: a slice never holds the page for long. */
import type { Colours } from '../../../charts/colours.ts'
import type { Curve } from '../curve.ts'
import { dotsOf } from './dots.ts'
import { drawStrokes, type Pixels } from './raster.ts'
import { placer, shownOf, type Scale } from './scale.ts'

export interface Scene {
  curves: readonly Curve[]
  x: Scale
  y: Scale
  /** Device pixels in one of the page's. */
  ratio: number
  colourOf: Colours
  /** Width of the lines. */
  line: number
}

/** Pixels that the band of a curve of one point is wide. */
export const bandOfOne = 10

/** How strong what lies behind the lines is; much of it would hide them, and a band says most of it already. */
export const faint = (curves: readonly Curve[]): number =>
  curves.some(({ band }) => band) ? 0.07 : curves.length > 4 ? 0.16 : 0.32

/** Paints the whole scene. Yields after each piece how many points it had. */
export function* paint(context: CanvasRenderingContext2D, scene: Scene): Generator<number> {
  const { curves, x, y, ratio } = scene
  const width = Math.round(x.size * ratio)
  const height = Math.round(y.size * ratio)
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.clearRect(0, 0, width, height)
  if (curves.some(({ raw }) => raw.length > 0)) yield* paintRaw(context, scene, width, height)
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  const toX = placer(x)
  const toY = placer(y)
  context.lineJoin = 'round'
  for (const curve of curves) {
    const [from, to] = shownOf(curve.x, x)
    const { css } = scene.colourOf(curve.colour)
    if (curve.band) {
      context.globalAlpha = 0.18
      context.fillStyle = css
      context.beginPath()
      tracePath(context, curve.x, curve.band.high, from, to, toX, toY)
      for (let i = to; i >= from; i--) {
        const height = toY(curve.band.low[i] as number)
        // Below all that a logarithmic axis has: down to its foot.
        if (Number.isFinite(curve.band.low[i]))
          context.lineTo(toX(curve.x[i] as number), Number.isFinite(height) ? height : y.size)
      }
      context.fill()
      // Of one point there is no area, but how far it reaches.
      if (from === to) {
        context.strokeStyle = css
        context.lineWidth = bandOfOne
        context.setLineDash([])
        context.stroke()
      }
      context.globalAlpha = 1
    }
    context.strokeStyle = css
    context.lineWidth = scene.line
    context.setLineDash(curve.dash === '' ? [] : curve.dash.split(' ').map(Number))
    context.beginPath()
    tracePath(context, curve.x, curve.y, from, to, toX, toY)
    context.stroke()
    context.fillStyle = css
    context.beginPath()
    const { radius, places } = dotsOf(curve, x, y)
    for (const [px, py] of places) {
      context.moveTo(px + radius, py)
      context.arc(px, py, radius, 0, 2 * Math.PI)
    }
    context.fill()
    yield to - from + 1
  }
}

function* paintRaw(
  context: CanvasRenderingContext2D,
  { curves, x, y, ratio, colourOf }: Scene,
  width: number,
  height: number,
): Generator<number> {
  const image = context.createImageData(width, height)
  const pixels: Pixels = { data: image.data, width, height }
  const toX = placer(x)
  const toY = placer(y)
  const opacity = faint(curves)
  const foot = y.size * ratio
  for (const curve of curves)
    for (const raw of curve.raw) {
      const [from, to] = shownOf(raw.x, x)
      const count = to - from + 1
      const strokes = {
        x: new Float32Array(count),
        top: new Float32Array(count),
        bottom: new Float32Array(count),
      }
      for (let i = 0; i < count; i++) {
        strokes.x[i] = toX(raw.x[from + i] as number) * ratio
        strokes.top[i] = toY(raw.max[from + i] as number) * ratio
        const low = raw.min[from + i] as number
        strokes.bottom[i] = y.log && low <= 0 ? foot : toY(low) * ratio
      }
      drawStrokes(pixels, { ...strokes, colour: colourOf(curve.colour).rgb, opacity })
      yield count
    }
  context.putImageData(image, 0, 0)
}

/** A value that has no place breaks the line. */
function tracePath(
  context: CanvasRenderingContext2D,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  from: number,
  to: number,
  toX: (value: number) => number,
  toY: (value: number) => number,
): void {
  let drawing = false
  for (let i = from; i <= to; i++) {
    const [px, py] = [toX(x[i] as number), toY(y[i] as number)]
    if (!Number.isFinite(px) || !Number.isFinite(py)) drawing = false
    else if (drawing) context.lineTo(px, py)
    else {
      context.moveTo(px, py)
      drawing = true
    }
  }
}
