/** How much two images agree: the correlation of their pixels, which brightness and contrast do not change. */
import type { StoredSample } from '../cache/reader.ts'

const side = 32

/** At most 32 x 32 pixels of each channel. */
export interface Thumbnail {
  pixels: Uint8Array
  mean: number
  /** Root of the sum of squared differences from the mean. */
  norm: number
}

/** @returns null for an image of one value */
export function thumbnailOf({
  bytes,
  shape: [channels = 1, height = 1, width = 1],
}: StoredSample): Thumbnail | null {
  const [down, across] = [Math.min(side, height), Math.min(side, width)]
  const pixels = new Uint8Array(channels * down * across)
  let at = 0
  for (let channel = 0; channel < channels; channel += 1)
    for (let y = 0; y < down; y += 1) {
      const line = (channel * height + Math.floor(((y + 0.5) * height) / down)) * width
      for (let x = 0; x < across; x += 1)
        pixels[at++] = bytes[line + Math.floor(((x + 0.5) * width) / across)]!
    }
  let sum = 0
  for (const value of pixels) sum += value
  const mean = sum / pixels.length
  let squares = 0
  for (const value of pixels) squares += (value - mean) ** 2
  return squares === 0 ? null : { pixels, mean, norm: Math.sqrt(squares) }
}

/** -1 to 1; 0 where they are of different sizes, both under 32 pixels. */
export function agreement(a: Thumbnail, b: Thumbnail): number {
  if (a.pixels.length !== b.pixels.length) return 0
  let sum = 0
  for (let at = 0; at < a.pixels.length; at += 1) sum += a.pixels[at]! * b.pixels[at]!
  return (sum - a.pixels.length * a.mean * b.mean) / (a.norm * b.norm)
}
