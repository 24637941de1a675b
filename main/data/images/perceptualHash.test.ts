import sharp from 'sharp'
import type { Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { hashDistance, perceptualHash } from './perceptualHash.ts'
import type { PerceptualHash } from './perceptualHash.ts'

/** A picture with soft shapes, another one for each seed. */
function scene(seed: number, side = 96): Sharp {
  const pixels = Buffer.alloc(side * side * 3)
  for (let y = 0; y < side; y += 1)
    for (let x = 0; x < side; x += 1)
      for (let channel = 0; channel < 3; channel += 1)
        pixels[3 * (y * side + x) + channel] =
          128 +
          60 * Math.sin((x / side) * (3 + seed) + seed * channel) +
          50 * Math.cos((y / side) * (2 + 2 * seed) + x / side + seed)
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
}

async function hashOf(image: Sharp): Promise<PerceptualHash> {
  const { data, info } = await sharp(await image.png().toBuffer())
    .raw()
    .toBuffer({ resolveWithObject: true })
  const area = info.width * info.height
  const planes = new Uint8Array(area * 3)
  for (let at = 0; at < data.length; at += 1) planes[(at % 3) * area + Math.floor(at / 3)] = data[at]!
  return perceptualHash(planes, [3, info.height, info.width])!
}

describe('the perceptual hash', () => {
  test.each([
    { name: 'brighter', change: (image: Sharp) => image.linear(1, 12) },
    { name: 'with less contrast', change: (image: Sharp) => image.linear(0.85, 15) },
    { name: 'smaller', change: (image: Sharp) => image.resize(40, 40) },
    { name: 'larger and stretched', change: (image: Sharp) => image.resize(150, 110, { fit: 'fill' }) },
  ])('of the same picture $name is near', async ({ change }) => {
    for (const seed of [1, 2, 3, 4])
      expect(hashDistance(await hashOf(change(scene(seed))), await hashOf(scene(seed)))).toBeLessThanOrEqual(
        6,
      )
  })

  test('of a poor JPEG of the picture is near', async () => {
    for (const seed of [1, 2, 3, 4]) {
      const poor = sharp(await scene(seed).jpeg({ quality: 25 }).toBuffer())
      expect(hashDistance(await hashOf(poor), await hashOf(scene(seed)))).toBeLessThanOrEqual(6)
    }
  })

  test('of other pictures is far', async () => {
    const hashes = await Promise.all([1, 2, 3, 4, 5].map((seed) => hashOf(scene(seed))))
    for (const [index, hash] of hashes.entries())
      for (const other of hashes.slice(index + 1)) expect(hashDistance(hash, other)).toBeGreaterThan(12)
  })

  test('has a bit for each cell that is darker than its right neighbour', () => {
    const rising = Uint8Array.from({ length: 72 }, (_, at) => 20 * (at % 9))
    expect(perceptualHash(rising, [1, 8, 9])).toEqual([0xffffffff, 0xffffffff])
    const falling = rising.map((value) => 200 - value)
    expect(perceptualHash(falling, [1, 8, 9])).toEqual([0, 0])
    const one = Uint8Array.from({ length: 72 }, (_, at) => (at >= 41 && at < 45 ? 90 : 0))
    expect(perceptualHash(one, [1, 8, 9])).toEqual([0, 1 << 4]) // row 4, between columns 4 and 5
  })

  test('of an image without anything in it is none, of one smaller than its cells is a hash', () => {
    expect(perceptualHash(new Uint8Array(300).fill(77), [3, 10, 10])).toBeNull()
    expect(perceptualHash(Uint8Array.of(0, 255), [1, 1, 2])).toEqual([0x18181818, 0x18181818])
    expect(hashDistance([0, 0xffffffff], [0xf, 0])).toBe(36)
  })
})
