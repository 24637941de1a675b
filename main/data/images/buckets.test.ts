import { describe, expect, test } from 'vitest'
import { stream, uniform } from '../../common/random.ts'
import { createPace } from '../pace.ts'
import { bucketOf, chooseBuckets } from './buckets.ts'
import type { Extent } from './buckets.ts'

/** Sizes of photographs shrunk to a longest side, two thirds of them landscape. */
function photographs(count: number, longest = 160): Extent[] {
  const next = stream(7, count)
  return Array.from({ length: count }, () => {
    const shorter = Math.round(longest * (0.55 + 0.45 * uniform(next)))
    return uniform(next) < 0.66 ? { width: longest, height: shorter } : { width: shorter, height: longest }
  })
}

function anySizes(count: number): Extent[] {
  const next = stream(8, count)
  const side = (): number => 8 + Math.floor(120 * uniform(next))
  return Array.from({ length: count }, () => ({ width: side(), height: side() }))
}

const area = ({ width, height }: Extent): number => width * height

describe('sizes that images are padded to', () => {
  test.each([
    { name: 'photographs', sizes: photographs(300), mostPadding: 0.1, most: 15 },
    { name: 'photographs, padded little', sizes: photographs(300), mostPadding: 0.03, most: 45 },
    { name: 'any sizes', sizes: anySizes(500), mostPadding: 0.2, most: 250 },
    { name: 'any sizes, padded a lot', sizes: anySizes(500), mostPadding: 0.5, most: 70 },
    { name: 'one size', sizes: [{ width: 5, height: 9 }], mostPadding: 0.5, most: 1 },
    { name: 'none', sizes: [], mostPadding: 0.5, most: 0 },
  ])('of $name are few, and no image is padded more than it may be', async ({ sizes, mostPadding, most }) => {
    const buckets = await chooseBuckets(sizes, mostPadding, createPace())
    expect(buckets.length).toBeLessThanOrEqual(most)
    for (const size of sizes) {
      const bucket = bucketOf(size, buckets, mostPadding)
      expect(buckets).toContainEqual(bucket)
      expect(bucket.width).toBeGreaterThanOrEqual(size.width)
      expect(bucket.height).toBeGreaterThanOrEqual(size.height)
      expect(1 - area(size) / area(bucket)).toBeLessThanOrEqual(mostPadding + 1e-9)
    }
  })

  test('depend on the sizes, not on their order or number; none is larger than the largest sides', async () => {
    const sizes = anySizes(200)
    const buckets = await chooseBuckets(sizes, 0.15, createPace())
    expect(await chooseBuckets([...sizes].reverse(), 0.15, createPace())).toEqual(buckets)
    expect(await chooseBuckets([...sizes, ...sizes.slice(50)], 0.15, createPace())).toEqual(buckets)
    for (const { width, height } of buckets) {
      expect(width).toBeLessThanOrEqual(Math.max(...sizes.map((size) => size.width)))
      expect(height).toBeLessThanOrEqual(Math.max(...sizes.map((size) => size.height)))
    }
  })

  test('a new image that fits none stays as large as it is', async () => {
    const buckets = await chooseBuckets([{ width: 100, height: 80 }], 0.1, createPace())
    expect(bucketOf({ width: 98, height: 79 }, buckets, 0.1)).toEqual({ width: 100, height: 80 })
    expect(bucketOf({ width: 80, height: 60 }, buckets, 0.1)).toEqual({ width: 80, height: 60 })
    expect(bucketOf({ width: 101, height: 80 }, buckets, 0.1)).toEqual({ width: 101, height: 80 })
  })
})
