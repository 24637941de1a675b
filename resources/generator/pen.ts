/** Draws strokes and filled outlines into a grid of grey values with soft edges. */
export type Point = readonly [x: number, y: number]

export interface Ink {
  width: number
  height: number
  /** 0 (paper) to 1 (full ink), row-major. */
  values: Float64Array
}

export function paper(width: number, height: number): Ink {
  return { width, height, values: new Float64Array(width * height) }
}

/** Points of an ellipse's arc, one every `step`; degrees clockwise from the right, as y grows downwards. */
export function arc(
  cx: number,
  cy: number,
  rx: number,
  ry: number,
  from: number,
  to: number,
  step = 15,
): Point[] {
  const steps = Math.ceil(Math.abs(to - from) / step)
  return Array.from({ length: steps + 1 }, (_, index): Point => {
    const angle = ((from + ((to - from) * index) / steps) * Math.PI) / 180
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)]
  })
}

/** A smooth line through the points (Catmull-Rom). */
export function smooth(points: readonly Point[], steps = 6): Point[] {
  const result: Point[] = []
  for (let index = 0; index + 1 < points.length; index += 1) {
    const b = points[index]!
    const c = points[index + 1]!
    const a = points[index - 1] ?? b
    const d = points[index + 2] ?? c
    for (let step = 0; step < steps; step += 1) {
      const t = step / steps
      const along = (axis: 0 | 1): number =>
        0.5 *
        (2 * b[axis] +
          (c[axis] - a[axis]) * t +
          (2 * a[axis] - 5 * b[axis] + 4 * c[axis] - d[axis]) * t * t +
          (3 * b[axis] - a[axis] - 3 * c[axis] + d[axis]) * t * t * t)
      result.push([along(0), along(1)])
    }
  }
  result.push(points[points.length - 1]!)
  return result
}

/** Draws a line of round pen strokes, in pixels; where strokes cross, the darker one stays. */
export function stroke(ink: Ink, points: readonly Point[], radius: number): void {
  for (let index = 0; index + 1 < points.length; index += 1)
    segment(ink, points[index]!, points[index + 1]!, radius)
}

function segment(ink: Ink, a: Point, b: Point, radius: number): void {
  const reach = radius + 1
  const left = Math.max(0, Math.floor(Math.min(a[0], b[0]) - reach))
  const right = Math.min(ink.width - 1, Math.ceil(Math.max(a[0], b[0]) + reach))
  const top = Math.max(0, Math.floor(Math.min(a[1], b[1]) - reach))
  const bottom = Math.min(ink.height - 1, Math.ceil(Math.max(a[1], b[1]) + reach))
  const dx = b[0] - a[0]
  const dy = b[1] - a[1]
  const square = dx * dx + dy * dy
  for (let y = top; y <= bottom; y += 1)
    for (let x = left; x <= right; x += 1) {
      const px = x + 0.5 - a[0]
      const py = y + 0.5 - a[1]
      const along = square === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / square))
      const ex = px - along * dx
      const ey = py - along * dy
      const cover = Math.min(1, Math.max(0, radius + 0.5 - Math.sqrt(ex * ex + ey * ey)))
      const at = y * ink.width + x
      if (cover > ink.values[at]!) ink.values[at] = cover
    }
}

/** Fills a closed outline (even-odd); the soft edge comes from a thin stroke around it. */
export function fill(ink: Ink, outline: readonly Point[]): void {
  for (let y = 0; y < ink.height; y += 1)
    for (let x = 0; x < ink.width; x += 1)
      if (isInside(outline, x + 0.5, y + 0.5)) ink.values[y * ink.width + x] = 1
  stroke(ink, [...outline, outline[0]!], 0.2)
}

function isInside(outline: readonly Point[], x: number, y: number): boolean {
  let inside = false
  for (let index = 0; index < outline.length; index += 1) {
    const a = outline[index]!
    const b = outline[(index + 1) % outline.length]!
    if (a[1] > y !== b[1] > y && x < a[0] + ((y - a[1]) * (b[0] - a[0])) / (b[1] - a[1])) inside = !inside
  }
  return inside
}

/** Turns, slants, scales and moves points of a drawing around the origin. */
export interface Pose {
  turn: number
  slant: number
  scaleX: number
  scaleY: number
  x: number
  y: number
}

export function place(points: readonly Point[], pose: Pose): Point[] {
  const cos = Math.cos(pose.turn)
  const sin = Math.sin(pose.turn)
  return points.map(([x, y]): Point => {
    const sx = (x + pose.slant * y) * pose.scaleX
    const sy = y * pose.scaleY
    return [sx * cos - sy * sin + pose.x, sx * sin + sy * cos + pose.y]
  })
}
