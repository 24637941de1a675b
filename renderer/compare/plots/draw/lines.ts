/** Runs as lines across axes: where they stand, which is nearest to a place, and how they are painted. */
import type { Run } from '../../../../main/common/schemas.ts'
import type { Axis } from '../axis.ts'

export interface Lines {
  runIds: readonly number[]
  /** Of the axes, in pixels, ascending. */
  x: readonly number[]
  /** In pixels: of each run, of each axis. */
  y: Float32Array
}

/** Where a plot has its axes, in pixels. */
export interface Frame {
  x: readonly number[]
  top: number
  length: number
}

/** What a run has no value for is drawn so many pixels below the axis. */
export const nowhere = 14

export function linesOf(runs: readonly Run[], axes: readonly Axis[], { x, top, length }: Frame): Lines {
  const y = new Float32Array(runs.length * axes.length)
  axes.forEach((axis, a) =>
    axis.places.forEach((at, r) => {
      y[r * axes.length + a] = top + (Number.isNaN(at) ? length + nowhere : (1 - at) * length)
    }),
  )
  return { runIds: runs.map(({ id }) => id), x, y }
}

/**
 * Index of the line that passes within so many pixels of a place and is nearest; null where there is none.
 *
 * @param among left out are lines for which it is false
 */
export function nearestLine(
  { runIds, x, y }: Lines,
  place: { x: number; y: number },
  within: number,
  among: (index: number) => boolean,
): number | null {
  const axes = x.length
  const right = x.findIndex((at) => at >= place.x)
  // Beyond the outer axes, only what touches them.
  const b = right < 0 ? axes - 1 : right
  const a = Math.max(0, b - (right === 0 ? 0 : 1))
  const [xa, xb] = [x[a], x[b]]
  if (xa === undefined || xb === undefined || place.x < xa - within || place.x > xb + within) return null
  let best: number | null = null
  let least = within
  for (let i = 0; i < runIds.length; i++) {
    if (!among(i)) continue
    const far = toSegment(place, xa, y[i * axes + a] as number, xb, y[i * axes + b] as number)
    if (far < least) {
      least = far
      best = i
    }
  }
  return best
}

function toSegment(
  { x, y }: { x: number; y: number },
  xa: number,
  ya: number,
  xb: number,
  yb: number,
): number {
  const [dx, dy] = [xb - xa, yb - ya]
  const whole = dx * dx + dy * dy
  const part = whole === 0 ? 0 : Math.min(1, Math.max(0, ((x - xa) * dx + (y - ya) * dy) / whole))
  return Math.hypot(x - xa - part * dx, y - ya - part * dy)
}

export interface Look {
  colour: string
  width: number
  opacity: number
}

/** A wide line costs ten times a thin one, which a rasterizer draws without an outline. */
const wideCost = 10
/** Lines between two looks at the clock of the slices. */
const piece = 20

export function* paintLines(
  context: CanvasRenderingContext2D,
  lines: Lines,
  indices: Iterable<number>,
  look: (index: number) => Look,
): Generator<number> {
  context.lineJoin = 'bevel'
  let cost = 0
  for (const i of indices) {
    const { colour, width, opacity } = look(i)
    context.strokeStyle = colour
    context.lineWidth = width
    context.globalAlpha = opacity
    context.beginPath()
    lines.x.forEach((x, a) => context.lineTo(x, lines.y[i * lines.x.length + a] as number))
    context.stroke()
    cost += width > 1 ? wideCost : 1
    if (cost < piece) continue
    yield cost
    cost = 0
  }
  yield cost
}

/** As SVG has it. */
export function pathOf({ x, y }: Lines, index: number): string {
  const from = index * x.length
  return x.map((at, a) => `${a === 0 ? 'M' : 'L'}${at.toFixed(1)} ${y[from + a]?.toFixed(1)}`).join('')
}
