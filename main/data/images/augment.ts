/**
 * Random changes of training images. What happens to an image is a pure function of seed, epoch and row: the same in
 * the preview and in training, whoever computes it and whenever.
 */
import { beta, shuffle, stream, uniform } from '../../common/random.ts'
import type { Augmentation } from '../../common/training.ts'
import type { Dataset } from '../../common/data/dataset.ts'

/** An image `[channels, height, width]` of bytes, row-major. */
export interface ImageShape {
  channels: number
  height: number
  width: number
}

/** What tells one draw from all others. */
export interface Occasion {
  seed: number
  /** From 1. */
  epoch: number
  row: number
}

export interface Placement {
  /** Mirrored left to right. */
  flip: boolean
  /** Pixels to the right and down. */
  right: number
  down: number
  /** Turned about the middle, anticlockwise. */
  degrees: number
}

export interface Tint {
  /** Factors; 1 changes nothing. */
  brightness: number
  contrast: number
  saturation: number
}

/** A blanked square. */
export interface Hole {
  left: number
  top: number
  side: number
}

/** Whether every image would stay as it is, mixing aside. */
export const leavesImages = ({ flip, shift, rotate, colour, cutout }: Augmentation): boolean =>
  !flip && shift === 0 && rotate === 0 && colour === 0 && cutout === 0

/** What a blanked square is filled with, per channel: the mean of the training images. */
export const fillOf = ({ mean, channels }: Pick<Dataset, 'mean' | 'channels'>): number[] =>
  channels.length > 0 ? channels.map((channel) => channel.mean) : [mean]

/** What happens to one image. All is drawn, wanted or not, so that one change does not alter another's draws. */
export function draw(
  { flip, shift, rotate, colour, cutout }: Augmentation,
  { height, width }: ImageShape,
  { seed, epoch, row }: Occasion,
): { placement: Placement; tint: Tint; hole: Hole } {
  const next = stream(seed, epoch, row)
  const around = (most: number): number => (2 * uniform(next) - 1) * most
  const placement = {
    flip: uniform(next) < 0.5 && flip,
    right: Math.round(around(shift * width)),
    down: Math.round(around(shift * height)),
    degrees: around(rotate),
  }
  const tint = {
    brightness: 1 + around(colour),
    contrast: 1 + around(colour),
    saturation: 1 + around(colour),
  }
  const side = Math.round(cutout * Math.min(height, width))
  const hole = {
    left: Math.floor(uniform(next) * width - side / 2),
    top: Math.floor(uniform(next) * height - side / 2),
    side,
  }
  return { placement, tint, hole }
}

/**
 * One image as an epoch sees it.
 * @param fill what a blanked square is filled with, per channel: the mean of the training images
 * @param output as long as `input`, written whole
 */
export function augment(
  input: Uint8Array,
  shape: ImageShape,
  augmentation: Augmentation,
  occasion: Occasion,
  fill: readonly number[],
  output: Uint8Array,
): void {
  const { placement, tint, hole } = draw(augmentation, shape, occasion)
  place(input, shape, placement, output)
  colour(output, shape, tint)
  blank(output, shape, hole, fill)
}

/** Mirrors, turns and shifts; what comes in is the nearest pixel of the edge. Turning is bilinear. */
export function place(
  input: Uint8Array,
  { channels, height, width }: ImageShape,
  { flip, right, down, degrees }: Placement,
  output: Uint8Array,
): void {
  const area = height * width
  if (degrees === 0) {
    for (let y = 0; y < height; y += 1) {
      const from = clamp(y - down, height - 1) * width
      for (let x = 0; x < width; x += 1) {
        const column = clamp(x - right, width - 1)
        const source = from + (flip ? width - 1 - column : column)
        for (let plane = 0, at = y * width + x; plane < channels * area; plane += area)
          output[plane + at] = input[plane + source]!
      }
    }
    return
  }
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2]
  for (let y = 0, at = 0; y < height; y += 1) {
    const dy = y - down - middleY
    for (let x = 0; x < width; x += 1, at += 1) {
      const dx = x - right - middleX
      // The way back: turned clockwise (y goes down), then mirrored.
      const turned = cos * dx - sin * dy
      const sourceX = clamp(middleX + (flip ? -turned : turned), width - 1)
      const sourceY = clamp(middleY + sin * dx + cos * dy, height - 1)
      const [x0, y0] = [Math.floor(sourceX), Math.floor(sourceY)]
      const [shareX, shareY] = [sourceX - x0, sourceY - y0]
      const corner = y0 * width + x0
      const toRight = x0 < width - 1 ? 1 : 0
      const toBelow = y0 < height - 1 ? width : 0
      for (let plane = 0; plane < channels * area; plane += area) {
        const from = plane + corner
        const above = input[from]! * (1 - shareX) + input[from + toRight]! * shareX
        const below = input[from + toBelow]! * (1 - shareX) + input[from + toBelow + toRight]! * shareX
        output[plane + at] = above * (1 - shareY) + below * shareY + 0.5
      }
    }
  }
}

/** Brightness, then contrast around the mean grey, then saturation around each pixel's grey; in place. */
export function colour(
  image: Uint8Array,
  { channels, height, width }: ImageShape,
  { brightness, contrast, saturation }: Tint,
): void {
  if (brightness === 1 && contrast === 1 && saturation === 1) return
  const area = height * width
  const coloured = channels === 3
  let sum = 0
  for (let at = 0; at < area; at += 1)
    sum += coloured ? grey(image[at]!, image[area + at]!, image[2 * area + at]!) : image[at]!
  const scale = brightness * contrast
  const offset = (sum / area) * brightness * (1 - contrast)
  if (!coloured) {
    for (let at = 0; at < image.length; at += 1) image[at] = byte(image[at]! * scale + offset)
    return
  }
  for (let at = 0; at < area; at += 1) {
    const red = image[at]! * scale + offset
    const green = image[area + at]! * scale + offset
    const blue = image[2 * area + at]! * scale + offset
    const middle = grey(red, green, blue) * (1 - saturation)
    image[at] = byte(red * saturation + middle)
    image[area + at] = byte(green * saturation + middle)
    image[2 * area + at] = byte(blue * saturation + middle)
  }
}

/** Fills a square, as far as it lies inside (DeVries and Taylor 2017); in place. */
export function blank(
  image: Uint8Array,
  { channels, height, width }: ImageShape,
  { left, top, side }: Hole,
  fill: readonly number[],
): void {
  const [from, to] = [Math.max(0, left), Math.min(width, left + side)]
  if (from >= to) return
  for (let channel = 0; channel < channels; channel += 1)
    for (let y = Math.max(0, top); y < Math.min(height, top + side); y += 1) {
      const begin = (channel * height + y) * width
      image.fill(byte(fill[channel] ?? fill[0] ?? 0), begin + from, begin + to)
    }
}

export interface Mix {
  /** How much of an image is its own, 0.5 to 1; the rest is its partner's. */
  share: number
  /** For each image of the batch, which one it is mixed with. */
  partners: Uint32Array
}

/** Told from the streams of single rows by a key that no row has. */
const mixing = 0xffffffff

/** How a batch's images are mixed (Zhang et al. 2018); the larger share is an image's own, so that its class stays. */
export function drawMix(alpha: number, seed: number, epoch: number, rows: Uint32Array): Mix | null {
  if (alpha === 0) return null
  const next = stream(seed, epoch, mixing, rows[0] ?? 0)
  const share = beta(alpha, next)
  const partners = shuffle(
    Uint32Array.from(rows, (_, at) => at),
    next,
  )
  return { share: Math.max(share, 1 - share), partners }
}

const clamp = (index: number, last: number): number => (index < 0 ? 0 : index > last ? last : index)
/** Rec. 601 luma. */
const grey = (red: number, green: number, blue: number): number => 0.299 * red + 0.587 * green + 0.114 * blue
/** Writing a number into bytes cuts its fraction off. */
const byte = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : value + 0.5)
