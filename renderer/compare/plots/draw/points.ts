/** Runs as points: which is nearest to a place, and how they are painted. */

export interface Point {
  runId: number
  /** In pixels. */
  x: number
  y: number
}

/** Index of the nearest point within so many pixels; the one that is painted last where several are as near. */
export function nearestPoint(
  points: readonly Point[],
  place: { x: number; y: number },
  within: number,
  among: (point: Point) => boolean,
): number | null {
  let best: number | null = null
  let least = within
  points.forEach((point, i) => {
    const far = Math.hypot(point.x - place.x, point.y - place.y)
    if (far > least || !among(point)) return
    least = far
    best = i
  })
  return best
}

export interface Look {
  fill: string
  edge: string
  /** Of the edge. */
  width: number
  opacity: number
}

/** Pixels. */
export const radius = 4.5
/** Points as dear as one line across the plot. */
const perLine = 4
const piece = 80

export function* paintPoints<P extends Point>(
  context: CanvasRenderingContext2D,
  points: Iterable<P>,
  look: (point: P) => Look,
): Generator<number> {
  let painted = 0
  for (const point of points) {
    const { fill, edge, width, opacity } = look(point)
    context.globalAlpha = opacity
    context.fillStyle = fill
    context.strokeStyle = edge
    context.lineWidth = width
    context.beginPath()
    context.arc(point.x, point.y, radius, 0, 2 * Math.PI)
    context.fill()
    context.stroke()
    if (++painted % piece === 0) yield piece / perLine
  }
}
