/** Drawn digits, 28 x 28, light on dark like MNIST: strokes of a pen with an unsteady hand. */
import { arc, paper, place, smooth, stroke } from './pen.ts'
import type { Point } from './pen.ts'
import { Random } from './random.ts'

export const digitSide = 28

/** A digit is a few lines in a unit box, y downwards; `curve` is smooth through its points. */
interface Line {
  points: Point[]
  curve: boolean
}
type Drawing = Line[]

const line = (...points: Point[]): Line => ({ points, curve: false })
const curve = (...points: Point[]): Line => ({ points, curve: true })

/** Each digit in the ways that people write it. */
const drawings: Drawing[][] = [
  [[curve(...arc(0.5, 0.5, 0.3, 0.45, -80, 285, 45))], [curve(...arc(0.5, 0.5, 0.24, 0.45, -100, 250, 45))]],
  [
    [line([0.52, 0.05], [0.5, 0.95])],
    [line([0.32, 0.25], [0.53, 0.05], [0.52, 0.95])],
    [line([0.33, 0.25], [0.52, 0.05], [0.52, 0.94]), line([0.3, 0.94], [0.74, 0.94])],
  ],
  [
    [
      curve([0.2, 0.27], [0.34, 0.09], [0.6, 0.07], [0.74, 0.27], [0.6, 0.53], [0.36, 0.76], [0.2, 0.92]),
      line([0.2, 0.92], [0.82, 0.92]),
    ],
    [
      curve(
        [0.22, 0.22],
        [0.45, 0.05],
        [0.72, 0.18],
        [0.66, 0.45],
        [0.4, 0.78],
        [0.24, 0.86],
        [0.28, 0.74],
        [0.5, 0.85],
        [0.84, 0.9],
      ),
    ],
  ],
  [
    [
      curve([0.22, 0.15], [0.45, 0.05], [0.7, 0.14], [0.7, 0.34], [0.44, 0.47]),
      curve([0.44, 0.47], [0.74, 0.57], [0.78, 0.8], [0.5, 0.95], [0.2, 0.86]),
    ],
    [
      line([0.22, 0.08], [0.74, 0.08], [0.46, 0.42]),
      curve([0.46, 0.42], [0.74, 0.52], [0.77, 0.78], [0.5, 0.95], [0.2, 0.86]),
    ],
  ],
  [
    [line([0.6, 0.05], [0.16, 0.63], [0.84, 0.63]), line([0.63, 0.35], [0.62, 0.95])],
    [line([0.27, 0.08], [0.22, 0.5], [0.76, 0.5]), line([0.74, 0.08], [0.7, 0.95])],
  ],
  [
    [
      line([0.76, 0.07], [0.32, 0.07], [0.27, 0.45]),
      curve([0.27, 0.45], [0.5, 0.37], [0.75, 0.52], [0.76, 0.75], [0.52, 0.95], [0.2, 0.87]),
    ],
  ],
  [
    [
      curve(
        [0.68, 0.06],
        [0.42, 0.24],
        [0.26, 0.55],
        [0.27, 0.8],
        [0.5, 0.95],
        [0.73, 0.82],
        [0.71, 0.6],
        [0.5, 0.51],
        [0.28, 0.68],
      ),
    ],
    [
      curve(
        [0.5, 0.05],
        [0.32, 0.4],
        [0.26, 0.75],
        [0.48, 0.95],
        [0.72, 0.84],
        [0.68, 0.63],
        [0.46, 0.56],
        [0.29, 0.74],
      ),
    ],
  ],
  [
    [line([0.2, 0.08], [0.8, 0.08], [0.42, 0.95])],
    [line([0.2, 0.1], [0.78, 0.07], [0.45, 0.95]), line([0.36, 0.5], [0.72, 0.48])],
    [line([0.22, 0.22], [0.22, 0.08], [0.8, 0.08]), curve([0.8, 0.08], [0.6, 0.4], [0.48, 0.95])],
  ],
  [
    [
      curve(
        [0.68, 0.14],
        [0.48, 0.05],
        [0.3, 0.16],
        [0.34, 0.34],
        [0.54, 0.48],
        [0.74, 0.68],
        [0.68, 0.88],
        [0.48, 0.95],
        [0.27, 0.86],
        [0.28, 0.67],
        [0.5, 0.47],
        [0.7, 0.3],
        [0.68, 0.14],
      ),
    ],
    [curve(...arc(0.5, 0.27, 0.2, 0.21, 90, 450, 45)), curve(...arc(0.5, 0.71, 0.25, 0.23, -90, 270, 45))],
  ],
  [
    [
      curve([0.71, 0.26], [0.58, 0.07], [0.36, 0.09], [0.27, 0.28], [0.36, 0.47], [0.58, 0.45], [0.71, 0.26]),
      curve([0.71, 0.26], [0.7, 0.6], [0.62, 0.95]),
    ],
    [
      curve([0.72, 0.26], [0.56, 0.06], [0.34, 0.12], [0.28, 0.32], [0.4, 0.49], [0.62, 0.43], [0.72, 0.26]),
      curve([0.72, 0.26], [0.74, 0.68], [0.58, 0.92], [0.3, 0.9]),
    ],
  ],
]

/** One digit, `[28, 28]` bytes. */
export function drawDigit(digit: number, random: Random): Uint8Array {
  const ink = paper(digitSide, digitSide)
  const pose = {
    turn: random.bell(0.11),
    slant: random.bell(0.13) - 0.08,
    scaleX: random.between(15.5, 21),
    scaleY: random.between(18, 21),
    x: digitSide / 2 + random.bell(0.75),
    y: digitSide / 2 + random.bell(0.75),
  }
  const radius = random.between(0.8, 1.7)
  for (const part of random.pick(drawings[digit]!)) {
    const shaky = part.points.map(([x, y]): Point => [
      x - 0.5 + random.bell(0.028),
      y - 0.5 + random.bell(0.028),
    ])
    stroke(ink, place(part.curve ? smooth(shaky) : shaky, pose), radius)
  }
  const full = random.between(200, 255)
  return Uint8Array.from(ink.values, (value) => Math.round(value * full))
}

export interface DigitSet {
  images: Uint8Array
  labels: Uint8Array
}

/** `count` digits, as many of each, in random order. */
export function drawDigits(count: number, seed: number): DigitSet {
  const random = new Random(seed)
  const labels = Uint8Array.from(random.shuffle(Array.from({ length: count }, (_, index) => index % 10)))
  const images = new Uint8Array(count * digitSide * digitSide)
  for (const [index, label] of labels.entries())
    images.set(drawDigit(label, random), index * digitSide * digitSide)
  return { images, labels }
}
