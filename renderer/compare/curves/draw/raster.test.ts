import { expect, it } from 'vitest'
import { drawStrokes, type Pixels, type Strokes } from './raster.ts'

const paper = (width: number, height: number): Pixels => ({
  data: new Uint8ClampedArray(width * height * 4),
  width,
  height,
})
const strength = ({ data, width }: Pixels, x: number, y: number): number =>
  data[(y * width + x) * 4 + 3] as number
const look = { colour: [200, 100, 50] as const, opacity: 0.2 }
const drawn = (strokes: Omit<Strokes, 'colour' | 'opacity'>, width = 100, height = 100): Pixels => {
  const pixels = paper(width, height)
  drawStrokes(pixels, { ...look, ...strokes })
  return pixels
}

it('a spike of one step is there from top to bottom and plainer than the noise, however narrow its bucket', () => {
  for (const count of [100, 1000, 10_000]) {
    const at = Math.floor(count * 0.6)
    const x = Array.from({ length: count }, (_, i) => (i / count) * 100)
    const pixels = drawn({ x, top: x.map((_, i) => (i === at ? 5 : 80)), bottom: x.map(() => 84) })
    for (let y = 6; y < 80; y++) expect(strength(pixels, 60, y)).toBeGreaterThan(200)
    expect(strength(pixels, 30, 82)).toBe(51)
    expect(strength(pixels, 30, 40)).toBe(0)
  }
})

it('a line through few points has no holes, be it flat or steep', () => {
  const flat = drawn({ x: [0, 99], top: [50.5, 60.5], bottom: [50.5, 60.5] })
  for (let x = 0; x < 99; x++) {
    const column = Array.from({ length: 100 }, (_, y) => strength(flat, x, y))
    expect(column.reduce((a, b) => a + b)).toBeGreaterThan(45)
  }
  const steep = drawn({ x: [0, 10], top: [99, 0], bottom: [99, 0] })
  for (let y = 2; y < 97; y++)
    expect(
      Array.from({ length: 11 }, (_, x) => strength(steep, x, y)).reduce((a, b) => a + b),
    ).toBeGreaterThan(45)
})

it('breaks where there is no value, and draws nothing outside', () => {
  const pixels = drawn({ x: [10, 20, 30], top: [50, NaN, 50], bottom: [50, NaN, 50] })
  expect(strength(pixels, 15, 50) + strength(pixels, 15, 49)).toBe(0)
  drawn({ x: [-50, 150], top: [-20, 300], bottom: [-10, 400] })
})
