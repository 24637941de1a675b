/** Coloured patterns of many sizes: what a picture shows does not depend on how large it is. */
import { Random } from './random.ts'

export const patternNames = ['checks', 'dots', 'slanted', 'stripes', 'waves'] as const
type PatternName = (typeof patternNames)[number]

export interface ColourPicture {
  width: number
  height: number
  /** Red, green and blue of each pixel, row-major. */
  pixels: Uint8Array
}

const sides = [24, 32, 40, 48, 64]

/** 0 or 1 at a place, of a pattern that repeats every `period` pixels. */
function inked(name: PatternName, x: number, y: number, period: number): boolean {
  const half = period / 2
  switch (name) {
    case 'stripes':
      return y % period < half
    case 'slanted':
      return (x + y) % period < half
    case 'checks':
      return x % period < half !== y % period < half
    case 'dots':
      return Math.hypot((x % period) - half, (y % period) - half) < period * 0.3
    case 'waves':
      return (y + half * Math.abs(((x / period) % 2) - 1) + period) % period < half
  }
}

export function drawPattern(name: PatternName, random: Random): ColourPicture {
  const width = random.pick(sides)
  const height = random.pick(sides)
  const period = random.whole(6, 12)
  const [shiftX, shiftY] = [random.whole(0, 2 * period), random.whole(0, 2 * period)]
  const dark = [0, 1, 2].map(() => random.between(10, 120))
  const light = [0, 1, 2].map(() => random.between(135, 245))
  // Ink and paper change places now and then, so that the mean colour says nothing.
  const swapped = random.chance(0.5)
  const grain = random.between(0, 14)
  const pixels = new Uint8Array(width * height * 3)
  for (let y = 0, at = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      for (let channel = 0; channel < 3; channel += 1, at += 1) {
        const ink = inked(name, x + shiftX, y + shiftY, period) !== swapped
        pixels[at] = level((ink ? dark : light)[channel]! + random.bell(grain))
      }
  return { width, height, pixels }
}

/** Sixteen levels: the eye does not miss the others, and the files are smaller. */
function level(value: number): number {
  return Math.min(15, Math.max(0, Math.round(value / 17))) * 17
}

/** `count` pictures of each pattern. */
export function* drawPatterns(
  count: number,
  seed: number,
): Generator<{ name: PatternName; index: number; picture: ColourPicture }> {
  for (const [order, name] of patternNames.entries()) {
    const random = new Random(seed + order) // of its own, so that fewer pictures are the first ones of more
    for (let index = 0; index < count; index += 1) yield { name, index, picture: drawPattern(name, random) }
  }
}
