/** Sketched shapes on paper, of many sizes: for images that are not all alike. */
import { arc, fill, paper, place, stroke } from './pen.ts'
import type { Point } from './pen.ts'
import { Random } from './random.ts'

export const shapeNames = ['circle', 'cross', 'ring', 'square', 'star', 'triangle'] as const
export type ShapeName = (typeof shapeNames)[number]

export interface Picture {
  width: number
  height: number
  /** Grey, row-major. */
  pixels: Uint8Array
}

/** Outlines in a box from -1 to 1; a cross is two open lines. */
function outlines(name: ShapeName, random: Random): Point[][] {
  switch (name) {
    case 'circle':
      return [arc(0, 0, 1, 1, 0, 360)]
    case 'ring': {
      const inner = random.between(0.45, 0.62)
      return [arc(0, 0, 1, 1, 0, 360), arc(0, 0, inner, inner, 0, 360)]
    }
    case 'square':
      return [polygon(4, 45, () => 1.25)]
    case 'triangle':
      return [polygon(3, -90, () => 1.15)]
    case 'star':
      return [polygon(10, -90, (corner) => (corner % 2 === 0 ? 1.15 : 0.48))]
    case 'cross':
      return [
        [
          [-1, 0],
          [1, 0],
        ],
        [
          [0, -1],
          [0, 1],
        ],
      ]
  }
}

function polygon(corners: number, start: number, radius: (corner: number) => number): Point[] {
  const points = Array.from({ length: corners }, (_, corner): Point => {
    const angle = ((start + (360 * corner) / corners) * Math.PI) / 180
    return [radius(corner) * Math.cos(angle), radius(corner) * Math.sin(angle)]
  })
  return [...points, points[0]!]
}

/** One sketch of 20 to 48 pixels a side: dark on light, filled or not, crooked, on grainy paper. */
export function drawShape(name: ShapeName, random: Random): Picture {
  const side = random.whole(20, 48)
  const width = side
  const height = Math.min(48, Math.max(20, side + random.whole(-4, 4)))
  const ink = paper(width, height)
  const reach = Math.min(width, height) / 2
  const scale = reach * random.between(0.6, 0.76)
  const pose = {
    turn: random.bell(0.13),
    slant: random.bell(0.08),
    scaleX: scale * random.between(0.92, 1.08),
    scaleY: scale * random.between(0.92, 1.08),
    x: width / 2 + random.bell(reach * 0.05),
    y: height / 2 + random.bell(reach * 0.05),
  }
  const lines = outlines(name, random).map((points) => {
    const shake = points.length > 12 ? 0.012 : 0.035
    const shaky = points.map(([x, y]): Point => [x + random.bell(shake), y + random.bell(shake)])
    return place(shaky, pose)
  })
  const radius = random.between(0.6, 1) * (side / 28) * (name === 'cross' ? random.between(1, 2.4) : 1)
  if (name !== 'cross' && name !== 'ring' && random.chance(0.35))
    for (const points of lines) fill(ink, points)
  for (const points of lines) stroke(ink, points, radius)
  const light = random.between(195, 250)
  const dark = light - random.between(110, 195)
  const grain = random.chance(0.5) ? random.between(2, 8) : 0
  const pixels = Uint8Array.from(ink.values, (value) =>
    level(light + (dark - light) * value + random.bell(grain)),
  )
  return { width, height, pixels }
}

/** Sixteen grey levels: the eye does not miss the others, and the files are half as large. */
function level(value: number): number {
  return Math.min(15, Math.max(0, Math.round(value / 17))) * 17
}

/** `count` pictures of each shape. */
export function* drawShapes(
  count: number,
  seed: number,
): Generator<{ name: ShapeName; index: number; picture: Picture }> {
  for (const [order, name] of shapeNames.entries()) {
    const random = new Random(seed + order) // of its own, so that fewer pictures are the first ones of more
    for (let index = 0; index < count; index += 1) yield { name, index, picture: drawShape(name, random) }
  }
}
