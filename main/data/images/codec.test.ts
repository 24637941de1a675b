import sharp from 'sharp'
import type { Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { imageOptions, picture } from '../fixtures.ts'
import { prepareImage } from './codec.ts'
import type { Prepared } from './codec.ts'
import type { ImageOptions, Preparation } from './sizing.ts'

const preparation = (image: Partial<ImageOptions>, buckets: Preparation['buckets'] = []): Preparation => ({
  image: { ...imageOptions.image!, ...image },
  buckets,
})

/** Left half of one colour, right half of another; without loss. */
function halves(left: string, right: string, width = 8, height = 8): Sharp {
  return sharp({ create: { width, height, channels: 3, background: left } }).composite([
    {
      input: { create: { width: width / 2, height, channels: 3, background: right } },
      left: width / 2,
      top: 0,
    },
  ])
}

/** By row and column, the grey of a sample of one channel or the channels of one of several. */
function pixel({ input, stored }: Prepared, row: number, column: number): number[] {
  const area = stored.width * stored.height
  return Array.from(
    { length: stored.channels },
    (_, channel) => input[channel * area + row * stored.width + column]!,
  )
}

const near = (values: readonly number[], expected: readonly number[]): void => {
  for (const [at, value] of values.entries()) expect(Math.abs(value - expected[at]!)).toBeLessThan(12)
}

/** A grey TIFF of 2 x 2, uncompressed. @param format 1 unsigned, 3 float */
function tiff(bits: number, format: number, pixels: Buffer): Buffer {
  const entries = [
    [256, 2],
    [257, 2],
    [258, bits],
    [259, 1],
    [262, 1],
    [273, 8],
    [277, 1],
    [278, 2],
    [279, pixels.length],
    [339, format],
  ]
  const directory = Buffer.alloc(2 + 12 * entries.length + 4)
  directory.writeUInt16LE(entries.length)
  for (const [at, [tag, value]] of entries.entries()) {
    directory.writeUInt16LE(tag!, 2 + 12 * at)
    directory.writeUInt16LE(4, 4 + 12 * at)
    directory.writeUInt32LE(1, 6 + 12 * at)
    directory.writeUInt32LE(value!, 10 + 12 * at)
  }
  const header = Buffer.from('II*\0\0\0\0\0', 'latin1')
  header.writeUInt32LE(8 + pixels.length, 4)
  return Buffer.concat([header, pixels, directory])
}

/** An uncompressed BMP of 2 x 2, which sharp does not read. */
const bmp = Buffer.concat([Buffer.from('BM'), Buffer.alloc(68)])

describe('formats', () => {
  const image = (): Sharp => halves('#ff0000', '#0000ff', 16, 16)
  test.each([
    { name: 'PNG', bytes: () => image().png().toBuffer() },
    { name: 'JPEG', bytes: () => image().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer() },
    { name: 'WebP', bytes: () => image().webp({ lossless: true }).toBuffer() },
    { name: 'TIFF', bytes: () => image().tiff({ compression: 'lzw' }).toBuffer() },
    { name: 'GIF', bytes: () => image().gif().toBuffer() },
  ])('$name', async ({ bytes }) => {
    const made = await prepareImage(await bytes(), preparation({ height: 16, width: 16 }))
    near(pixel(made, 3, 2), [255, 0, 0])
    near(pixel(made, 12, 14), [0, 0, 255])
    expect(made.original).toEqual({ width: 16, height: 16 })
  })

  test('of an animation the first frame is read, and it is said', async () => {
    const frames = [picture(8, 8, '#00ff00'), picture(8, 8, '#ff00ff')].map((one) => one.png().toBuffer())
    const gif = await sharp(await Promise.all(frames), { join: { animated: true } })
      .gif()
      .toBuffer()
    const made = await prepareImage(gif, preparation({ height: 8, width: 8 }))
    near(pixel(made, 4, 4), [0, 255, 0])
    expect(made.conversions).toContain('animated')
  })

  test.each([
    { name: 'nothing', bytes: Buffer.alloc(0), says: 'the file is empty' },
    {
      name: 'a text',
      bytes: Buffer.from('just words'),
      says: 'not a PNG, JPEG, WebP, GIF or TIFF, whatever its name says',
    },
    { name: 'a BMP', bytes: bmp, says: 'BMP is not read: save it as PNG' },
    {
      name: 'an SVG',
      bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      says: 'SVG is not read: save it as PNG',
    },
    {
      name: 'a HEIC',
      bytes: Buffer.from('\0\0\0\x18ftypheic\0\0\0\0'),
      says: 'HEIC is not read: save it as PNG',
    },
  ])('$name is refused by its content', async ({ bytes, says }) => {
    await expect(prepareImage(bytes, preparation({}))).rejects.toThrow(says)
  })

  test('a PNG or WebP that claims to be huge is refused before anything is decoded', async () => {
    const png = Buffer.from(await picture(4, 4, '#123').png().toBuffer())
    png.writeUInt32BE(60_000, 16)
    png.writeUInt32BE(50_000, 20)
    await expect(prepareImage(png, preparation({}))).rejects.toThrow(
      '60,000 x 50,000 pixels, more than the 100 megapixels that are read',
    )
  })

  test('a TIFF of floats is refused, one of 16 bits is converted', async () => {
    const floats = tiff(32, 3, Buffer.from(Float32Array.of(0, 0.5, 1, 2).buffer))
    await expect(prepareImage(floats, preparation({}))).rejects.toThrow('its values are of type float')
    const deep = tiff(16, 1, Buffer.from(Uint16Array.of(0x1200, 0x1200, 0xfe00, 0xfe00).buffer))
    const made = await prepareImage(deep, preparation({ height: 2, width: 2, channels: 1 }))
    expect(made.conversions).toEqual(['deep'])
    near([...pixel(made, 0, 0), ...pixel(made, 1, 1)], [0x12, 0xfe])
  })
})

describe('what is converted is counted', () => {
  const grey = (): Sharp => picture(8, 8, '#606060').toColourspace('b-w')
  test.each([
    { name: 'nothing', bytes: () => picture(8, 8, '#804020').png().toBuffer(), channels: 3, conversions: [] },
    { name: 'grey to colour', bytes: () => grey().png().toBuffer(), channels: 3, conversions: ['toColour'] },
    {
      name: 'grey JPEG to colour',
      bytes: () => grey().jpeg().toBuffer(),
      channels: 3,
      conversions: ['toColour'],
    },
    { name: 'grey as it is', bytes: () => grey().png().toBuffer(), channels: 1, conversions: [] },
    {
      name: 'colour to grey',
      bytes: () => picture(8, 8, '#804020').png().toBuffer(),
      channels: 1,
      conversions: ['toGrey'],
    },
    {
      name: 'a palette',
      bytes: () => picture(8, 8, '#804020').png({ palette: true }).toBuffer(),
      channels: 3,
      conversions: ['palette'],
    },
    {
      name: '16 bits',
      bytes: () => picture(8, 8, '#804020').toColourspace('rgb16').png().toBuffer(),
      channels: 3,
      conversions: ['deep'],
    },
    {
      name: 'CMYK',
      bytes: () => picture(8, 8, '#804020').toColourspace('cmyk').jpeg().toBuffer(),
      channels: 3,
      conversions: ['cmyk'],
    },
    {
      name: 'EXIF',
      bytes: () => picture(8, 6, '#804020').withMetadata({ orientation: 6 }).jpeg().toBuffer(),
      channels: 3,
      conversions: ['turned'],
    },
    {
      name: 'an alpha channel',
      bytes: () => picture(8, 8, '#804020').ensureAlpha(0.5).png().toBuffer(),
      channels: 3,
      conversions: ['transparent'],
    },
    {
      name: 'an alpha channel in a WebP',
      bytes: () => picture(8, 8, '#804020').ensureAlpha(0.5).webp({ lossless: true }).toBuffer(),
      channels: 3,
      conversions: ['transparent'],
    },
  ])('$name', async ({ bytes, channels, conversions }) => {
    const made = await prepareImage(await bytes(), preparation({ channels: channels as 1 | 3 }))
    expect(made.conversions).toEqual(conversions)
  })

  test('16 bits of grey are the upper eight', async () => {
    const wide = Uint16Array.from([0x1200, 0x1200, 0xfe00, 0xfe00])
    const png = await sharp(wide, { raw: { width: 2, height: 2, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer()
    expect((await sharp(png).metadata()).depth).toBe('ushort')
    const made = await prepareImage(png, preparation({ height: 2, width: 2, channels: 1 }))
    near(pixel(made, 0, 0), [0x12])
    near(pixel(made, 1, 1), [0xfe])
  })
})

describe('sizes', () => {
  test('resize stretches', async () => {
    const made = await prepareImage(
      await halves('#000000', '#ffffff', 40, 10).png().toBuffer(),
      preparation({ height: 6, width: 4, channels: 1 }),
    )
    expect(made).toMatchObject({
      stored: { width: 4, height: 6 },
      padding: 0,
      original: { width: 40, height: 10 },
    })
    near([...pixel(made, 5, 0), ...pixel(made, 0, 3)], [0, 255])
  })

  test('crop keeps the middle in its proportions', async () => {
    const three = await sharp({ create: { width: 30, height: 10, channels: 3, background: '#ff0000' } })
      .composite([
        {
          input: { create: { width: 10, height: 10, channels: 3, background: '#00ff00' } },
          left: 10,
          top: 0,
        },
      ])
      .png()
      .toBuffer()
    const made = await prepareImage(three, preparation({ sizing: 'crop', height: 10, width: 10 }))
    for (const [row, column] of [
      [1, 1],
      [5, 5],
      [8, 8],
    ] as const)
      near(pixel(made, row, column), [0, 255, 0])
    expect(made.padding).toBe(0)
  })

  test('letterbox puts it in the middle, and fills with its mean colour', async () => {
    const made = await prepareImage(
      await halves('#000000', '#ffffff', 16, 4).png().toBuffer(),
      preparation({ sizing: 'letterbox', height: 8, width: 8, channels: 1 }),
    )
    expect(made).toMatchObject({ stored: { width: 8, height: 8 }, padding: 48 })
    near([...pixel(made, 3, 0), ...pixel(made, 4, 7)], [0, 255])
    for (const row of [0, 1, 2, 5, 6, 7]) near(pixel(made, row, 4), [128])
  })

  test('keep shrinks to the longest side, and pads to the right and below to the size of others', async () => {
    const image = { sizing: 'keep', longestSide: 20, mostPadding: 0.3, channels: 1 } as const
    const bytes = await halves('#202020', '#e0e0e0', 40, 32).png().toBuffer()
    const own = await prepareImage(bytes, preparation(image))
    expect(own).toMatchObject({ stored: { width: 20, height: 16 }, padding: 0 })
    const made = await prepareImage(bytes, preparation(image, [{ width: 20, height: 20 }]))
    expect(made).toMatchObject({ stored: { width: 20, height: 20 }, padding: 80 })
    for (let row = 0; row < 16; row += 1)
      for (let column = 0; column < 20; column += 1)
        expect(pixel(made, row, column)).toEqual(pixel(own, row, column))
    for (const row of [16, 19]) near(pixel(made, row, 10), [128])
    const small = await prepareImage(await picture(6, 5, '#777').png().toBuffer(), preparation(image))
    expect(small.stored).toMatchObject({ width: 6, height: 5 })
  })

  test('one pixel wide, and as narrow as can be', async () => {
    const line = await picture(1000, 1, '#445566').png().toBuffer()
    for (const sizing of ['resize', 'crop', 'letterbox', 'keep'] as const) {
      const made = await prepareImage(line, preparation({ sizing, height: 8, width: 8, longestSide: 32 }))
      expect(made.stored).toMatchObject(
        sizing === 'keep' ? { width: 32, height: 1 } : { width: 8, height: 8 },
      )
      near(pixel(made, 0, 0), [0x44, 0x55, 0x66])
    }
  })
})
