/** Pictures to samples and back, through sharp. */
import sharp from 'sharp'
import type { Sharp } from 'sharp'
import { headerSize } from './header.ts'

sharp.cache(false) // every file is read once; a cache would only hold memory

/** Larger pictures are refused rather than decoded: a small file can claim any size. */
const mostPixels = 100_000_000

export interface ImageSize {
  height: number
  width: number
  channels: 1 | 3
}

/** How large a sample becomes: `height` x `width`, or as `keep` says. */
export interface Sizing extends ImageSize {
  keep?: { longestSide: number; multipleOf: number }
}

export interface Decoded {
  /** `[channels, height, width]`, row-major. */
  input: Uint8Array
  /** Of `input`. */
  stored: ImageSize
  /** As the picture is meant to be seen, EXIF orientation applied. */
  original: { width: number; height: number }
}

/** `png`, `jpeg`, or null, told by the first bytes: nothing else is ever passed to a decoder. */
export function imageFormat(start: Uint8Array): 'png' | 'jpeg' | null {
  if (start[0] === 0x89 && start[1] === 0x50 && start[2] === 0x4e && start[3] === 0x47) return 'png'
  if (start[0] === 0xff && start[1] === 0xd8 && start[2] === 0xff) return 'jpeg'
  return null
}

function open(bytes: Uint8Array): Sharp {
  return sharp(bytes, { failOn: 'error', limitInputPixels: mostPixels })
}

/**
 * Decodes a PNG or JPEG of any colour space and depth and stretches it to what `sizing` says. Transparent parts
 * become white.
 * @throws Error with a reason fit for a list of problems
 */
export async function decodeImage(bytes: Uint8Array, sizing: Sizing): Promise<Decoded> {
  if (bytes.length === 0) throw new Error('the file is empty')
  if (!imageFormat(bytes)) throw new Error('not a PNG or JPEG, whatever its name says')
  const image = open(bytes)
  const original = headerSize(bytes) ?? (await image.metadata()).autoOrient
  const size = sizeOf(original, sizing)
  const { data, info } = await image
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .resize(size.width, size.height, { fit: 'fill' })
    .toColourspace(size.channels === 1 ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  if (info.channels !== size.channels)
    throw new Error(`decoded to ${info.channels} channels where ${size.channels} were asked for`)
  return { input: channelsFirst(data, size), stored: size, original }
}

/** Shrunk to the longest side, then to the nearest multiples. */
function sizeOf(original: Decoded['original'], { height, width, channels, keep }: Sizing): ImageSize {
  if (!keep) return { height, width, channels }
  const { longestSide, multipleOf } = keep
  const scale = Math.min(1, longestSide / Math.max(original.width, original.height))
  const side = (pixels: number): number => Math.max(1, Math.round((pixels * scale) / multipleOf)) * multipleOf
  return { height: side(original.height), width: side(original.width), channels }
}

export interface ImageLook {
  width: number
  height: number
  grey: boolean
}

/** What the header says; null when it cannot be read. */
export async function lookAtImage(bytes: Uint8Array): Promise<ImageLook | null> {
  if (!imageFormat(bytes)) return null
  try {
    const metadata = await open(bytes).metadata()
    // A grey PNG is reported in the space it is converted to, so its own colour type decides.
    const grey = imageFormat(bytes) === 'png' ? [0, 4].includes(bytes[25] ?? -1) : metadata.space === 'b-w'
    return { ...metadata.autoOrient, grey }
  } catch {
    return null
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
