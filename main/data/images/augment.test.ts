import { describe, expect, test } from 'vitest'
import { augmentationSchema, type Augmentation } from '../../common/training.ts'
import { augment, blank, colour, draw, drawMix, place, type ImageShape } from './augment.ts'

const none = augmentationSchema.parse({})
const all: Augmentation = { flip: true, shift: 0.2, rotate: 20, colour: 0.3, cutout: 0.4, mixup: 0 }
const shape: ImageShape = { channels: 3, height: 9, width: 7 }
const image = Uint8Array.from({ length: 3 * 9 * 7 }, (_, at) => (at * 37) % 256)
const fill = [10, 20, 30]

function changed(augmentation: Augmentation, seed = 1, epoch = 1, row = 0): number[] {
  const output = new Uint8Array(image.length)
  augment(image, shape, augmentation, { seed, epoch, row }, fill, output)
  return [...output]
}

test('nothing asked for, nothing changed', () => {
  expect(changed(none)).toEqual([...image])
})

test('seed, epoch and row decide; each of them tells images apart', () => {
  expect(changed(all)).toEqual(changed(all))
  for (const other of [changed(all, 2), changed(all, 1, 2), changed(all, 1, 1, 1)])
    expect(other).not.toEqual(changed(all))
})

test('one change does not alter what is drawn for another', () => {
  const occasion = { seed: 3, epoch: 2, row: 5 }
  const alone = draw({ ...none, rotate: 20 }, shape, occasion)
  expect(draw(all, shape, occasion).placement.degrees).toBe(alone.placement.degrees)
})

test('draws stay within what was asked for, and half of the images are mirrored', () => {
  const draws = Array.from({ length: 1000 }, (_, row) => draw(all, shape, { seed: 1, epoch: 1, row }))
  expect(draws.filter(({ placement }) => placement.flip).length / 1000).toBeCloseTo(0.5, 1)
  for (const { placement, tint, hole } of draws) {
    expect(Math.abs(placement.right)).toBeLessThanOrEqual(1)
    expect(Math.abs(placement.down)).toBeLessThanOrEqual(2)
    expect(Math.abs(placement.degrees)).toBeLessThanOrEqual(20)
    for (const factor of Object.values(tint)) expect(Math.abs(factor - 1)).toBeLessThanOrEqual(0.3)
    expect(hole.side).toBe(3)
  }
  expect(new Set(draws.map(({ placement }) => placement.right))).toEqual(new Set([-1, 0, 1]))
})

describe('placing', () => {
  const small = { channels: 1, height: 3, width: 3 }
  const letters = [1, 2, 3, 4, 5, 6, 7, 8, 9]
  const placed = (placement: Partial<Parameters<typeof place>[2]>, from = letters, as = small): number[] => {
    const output = new Uint8Array(from.length)
    place(Uint8Array.from(from), as, { flip: false, right: 0, down: 0, degrees: 0, ...placement }, output)
    return [...output]
  }

  test('mirrors left to right', () => {
    expect(placed({ flip: true })).toEqual([3, 2, 1, 6, 5, 4, 9, 8, 7])
  })

  test('shifts, and fills with the edge', () => {
    expect(placed({ right: 1 })).toEqual([1, 1, 2, 4, 4, 5, 7, 7, 8])
    expect(placed({ down: -1 })).toEqual([4, 5, 6, 7, 8, 9, 7, 8, 9])
    expect(placed({ right: 9 })).toEqual([1, 1, 1, 4, 4, 4, 7, 7, 7])
  })

  test('turns anticlockwise about the middle', () => {
    expect(placed({ degrees: 90 })).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7])
    expect(placed({ degrees: 180 })).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1])
    // The mirrored one turned the same way: what is right of the mirror comes to the top.
    expect(placed({ flip: true, degrees: 90 })).toEqual([1, 4, 7, 2, 5, 8, 3, 6, 9])
  })

  test('mixes neighbours where turning falls between pixels', () => {
    // A row of two pixels turned by 60 degrees: the way back is half as far along the row.
    const row = { channels: 1, height: 1, width: 2 }
    expect(placed({ degrees: 60 }, [0, 200], row)).toEqual([50, 150])
  })

  test('every channel alike', () => {
    const two = { channels: 3, height: 1, width: 2 }
    expect(placed({ flip: true }, [1, 2, 3, 4, 5, 6], two)).toEqual([2, 1, 4, 3, 6, 5])
  })
})

describe('colour', () => {
  const tinted = (pixels: number[], tint: Partial<Parameters<typeof colour>[2]>): number[] => {
    const changing = Uint8Array.from(pixels)
    const channels = pixels.length % 3 === 0 ? 3 : 1
    const size = { channels, height: 1, width: pixels.length / channels }
    colour(changing, size, { brightness: 1, contrast: 1, saturation: 1, ...tint })
    return [...changing]
  }

  test('brightness multiplies, within 0 to 255', () => {
    expect(tinted([10, 100], { brightness: 1.5 })).toEqual([15, 150])
    expect(tinted([10, 200], { brightness: 1.5 })).toEqual([15, 255])
  })

  test('contrast moves away from the mean', () => {
    expect(tinted([50, 150], { contrast: 1.5 })).toEqual([25, 175])
    expect(tinted([50, 150], { contrast: 0 })).toEqual([100, 100])
    expect(tinted([0, 250], { contrast: 2 })).toEqual([0, 255])
  })

  test('without saturation each pixel is its grey', () => {
    // Rec. 601: 0.299 * 200 + 0.587 * 100 + 0.114 * 0.
    expect(tinted([200, 100, 0], { saturation: 0 })).toEqual([119, 119, 119])
    expect(tinted([119, 119, 119], { saturation: 2 })).toEqual([119, 119, 119])
  })
})

test('a blanked square is as large as asked for, inside, and filled with the means', () => {
  const square = { channels: 3, height: 4, width: 4 }
  const blanked = (left: number, top: number): Uint8Array => {
    const changing = new Uint8Array(48).fill(200)
    blank(changing, square, { left, top, side: 2 }, fill)
    return changing
  }
  const inside = blanked(1, 1)
  for (const [channel, value] of fill.entries())
    expect([...inside.subarray(channel * 16, channel * 16 + 16)].filter((one) => one === value)).toHaveLength(
      4,
    )
  expect([...inside.subarray(0, 8)]).toEqual([200, 200, 200, 200, 200, 10, 10, 200])
  expect([...blanked(3, 3)].filter((one) => one !== 200)).toHaveLength(3)
  expect([...blanked(4, 0)].filter((one) => one !== 200)).toHaveLength(0)
})

describe('mixing', () => {
  const rows = Uint32Array.from({ length: 32 }, (_, at) => 100 + at)

  test('each image has one partner, and the larger share is its own', () => {
    const shares = Array.from({ length: 400 }, (_, epoch) => {
      const { share, partners } = drawMix(0.2, 1, epoch, rows)!
      expect([...partners].sort((a, b) => a - b)).toEqual([...partners.keys()])
      expect(share).toBeGreaterThanOrEqual(0.5)
      expect(share).toBeLessThanOrEqual(1)
      return share
    })
    // E[max(l, 1 - l)] of Beta(0.2, 0.2): 0.899.
    expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeCloseTo(0.899, 1)
  })

  test('seed, epoch and batch decide; alpha 0 mixes nothing', () => {
    expect(drawMix(1, 1, 1, rows)).toEqual(drawMix(1, 1, 1, rows))
    expect(drawMix(1, 1, 2, rows)).not.toEqual(drawMix(1, 1, 1, rows))
    expect(drawMix(1, 1, 1, rows.subarray(1))).not.toEqual(drawMix(1, 1, 1, rows))
    expect(drawMix(0, 1, 1, rows)).toBeNull()
  })
})
