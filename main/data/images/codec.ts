/** Pictures to samples and back, through sharp. Runs in the decoder process; see decoder.ts. */
import sharp from 'sharp'
import type { Metadata, Sharp } from 'sharp'
import { figure } from '../refuse.ts'
import type { Extent } from './buckets.ts'
import { conversionsOf } from './conversions.ts'
import type { Conversion } from './conversions.ts'
import { imageFormat, whyNot } from './formats.ts'
import { readHeader } from './header.ts'
import type { ImageLook } from './header.ts'
import { placement } from './sizing.ts'
import type { Preparation } from './sizing.ts'

sharp.cache(false) // every file is read once; a cache would only hold memory

/** Larger pictures are refused rather than decoded: a small file can claim any size. */
const mostPixels = 100_000_000

export interface ImageSize {
  height: number
  width: number
  channels: 1 | 3
}

export interface Prepared {
  /** `[channels, height, width]`, row-major. */
  input: Uint8Array
  /** Of `input`. */
  stored: ImageSize
  /** As the picture is meant to be seen, EXIF orientation applied. */
  original: Extent
  /** Pixels of `input` that are no part of the picture. */
  padding: number
  conversions: Conversion[]
}

/**
 * Makes an image of any colour space and depth a sample, as the preparation says: the one way, for importing and for
 * predicting. Transparent parts become white.
 * @throws Error with a reason fit for a list of problems
 */
export async function prepareImage(bytes: Uint8Array, preparation: Preparation): Promise<Prepared> {
  if (!imageFormat(bytes)) throw new Error(whyNot(bytes))
  const { channels } = preparation.image
  const look = await lookInside(bytes)
  const { scaled, fit, stored, left, top } = placement(look, preparation)
  const { data, info } = await open(bytes)
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .resize(scaled.width, scaled.height, { fit })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  if (info.channels !== channels)
    throw new Error(`decoded to ${info.channels} channels where ${channels} were asked for`)
  const planes = channelsFirst(data, { ...scaled, channels })
  return {
    input: padded(planes, { ...scaled, channels }, { ...stored, left, top }),
    stored: { ...stored, channels },
    original: { width: look.width, height: look.height },
    padding: stored.width * stored.height - scaled.width * scaled.height,
    conversions: conversionsOf(look, channels),
  }
}

/** What the header says; null when it cannot be read. */
export function lookAtImage(bytes: Uint8Array): Promise<ImageLook | null> {
  return imageFormat(bytes) ? lookInside(bytes).catch(() => null) : Promise.resolve(null)
}

function open(bytes: Uint8Array): Sharp {
  return sharp(bytes, { failOn: 'error', limitInputPixels: mostPixels })
}

/** @throws Error with a reason fit for a list of problems */
async function lookInside(bytes: Uint8Array): Promise<ImageLook> {
  const look = readHeader(bytes) ?? lookOf(await sharp(bytes, { limitInputPixels: false }).metadata(), bytes)
  const { width, height } = look
  if (width * height > mostPixels)
    throw new Error(
      `${figure(width)} x ${figure(height)} pixels, more than the ${mostPixels / 1e6} megapixels that are read`,
    )
  return look
}

function lookOf(metadata: Metadata, bytes: Uint8Array): ImageLook {
  const { space, depth, orientation = 1, hasAlpha, isPalette, pages = 1, autoOrient } = metadata
  if (depth !== 'uchar' && depth !== 'ushort')
    throw new Error(`its values are of type ${depth}, not of 8 or 16 bits: save it as PNG`)
  // A grey PNG is reported in the space it is converted to, so its own colour type decides.
  const greyPng = imageFormat(bytes) === 'png' && [0, 4].includes(bytes[25] ?? -1)
  return {
    width: autoOrient.width,
    height: autoOrient.height,
    grey: greyPng || space === 'b-w' || space === 'grey16',
    turned: orientation > 1,
    transparent: hasAlpha,
    palette: isPalette,
    deep: depth === 'ushort',
    cmyk: space === 'cmyk',
    animated: pages > 1,
  }
}

/** A sample as a PNG data URL, exactly as stored. */
export async function toDataUrl(input: Uint8Array, size: ImageSize): Promise<string> {
  const { height, width, channels } = size
  const image = sharp(channelsLast(input, size), { raw: { width, height, channels } })
  const png = await (channels === 1 ? image.toColourspace('b-w') : image)
    .png({ compressionLevel: 4 })
    .toBuffer()
  return `data:image/png;base64,${png.toString('base64')}`
}

/**
 * The picture in a larger one, the rest filled with the picture's own mean colour: that leaves its mean as it was, and
 * draws a weaker edge than black or white would. (Its repeated border would teach stripes that no picture has.)
 */
function padded(
  planes: Uint8Array,
  { width, height, channels }: ImageSize,
  into: Extent & { left: number; top: number },
): Uint8Array {
  if (into.width === width && into.height === height) return planes
  const area = width * height
  const filled = new Uint8Array(channels * into.width * into.height)
  for (let channel = 0; channel < channels; channel += 1) {
    const plane = planes.subarray(channel * area, (channel + 1) * area)
    const target = filled.subarray(
      channel * into.width * into.height,
      (channel + 1) * into.width * into.height,
    )
    target.fill(Math.round(plane.reduce((sum, value) => sum + value, 0) / area))
    for (let row = 0; row < height; row += 1)
      target.set(plane.subarray(row * width, (row + 1) * width), (into.top + row) * into.width + into.left)
  }
  return filled
}

function channelsFirst(pixels: Uint8Array, { height, width, channels }: ImageSize): Uint8Array {
  if (channels === 1) return pixels
  const area = height * width
  const planes = new Uint8Array(area * channels)
  for (let pixel = 0, at = 0; pixel < area; pixel += 1)
    for (let channel = 0; channel < channels; channel += 1, at += 1)
      planes[channel * area + pixel] = pixels[at]!
  return planes
}

function channelsLast(planes: Uint8Array, { height, width, channels }: ImageSize): Uint8Array {
  if (channels === 1) return planes
  const area = height * width
  const pixels = new Uint8Array(area * channels)
  for (let pixel = 0, at = 0; pixel < area; pixel += 1)
    for (let channel = 0; channel < channels; channel += 1, at += 1)
      pixels[at] = planes[channel * area + pixel]!
  return pixels
}
