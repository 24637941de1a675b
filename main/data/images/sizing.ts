/** Where an image lands in its sample: the policy of sizes, as figures. */
import type { ImportOptions } from '../../common/data/options.ts'
import { bucketOf } from './buckets.ts'
import type { Extent } from './buckets.ts'

export type ImageOptions = NonNullable<ImportOptions['image']>

/** Everything that decides how an image becomes a sample. The model keeps it, and a new image goes the same way. */
export interface Preparation {
  image: ImageOptions
  /** Of `keep`: the sizes that images are padded to; see buckets.ts. */
  buckets: readonly Extent[]
}

export interface Placement {
  /** The image is scaled to this; `cover` keeps its proportions and cuts off what stands over. */
  scaled: Extent
  fit: 'fill' | 'cover'
  /** Size of the sample. */
  stored: Extent
  /** Where the scaled image begins in the sample; the rest is filled. */
  left: number
  top: number
}

/** @param original as the image is meant to be seen, EXIF orientation applied */
export function placement(original: Extent, { image, buckets }: Preparation): Placement {
  const wanted = { width: image.width, height: image.height }
  switch (image.sizing) {
    case 'resize':
      return { scaled: wanted, fit: 'fill', stored: wanted, left: 0, top: 0 }
    case 'crop':
      return { scaled: wanted, fit: 'cover', stored: wanted, left: 0, top: 0 }
    case 'letterbox': {
      const scaled = within(original, wanted)
      const [left, top] = [wanted.width - scaled.width, wanted.height - scaled.height]
      return { scaled, fit: 'fill', stored: wanted, left: left >> 1, top: top >> 1 }
    }
    case 'keep': {
      const scaled = keptSize(original, image.longestSide)
      return { scaled, fit: 'fill', stored: bucketOf(scaled, buckets, image.mostPadding), left: 0, top: 0 }
    }
  }
}

/** Of `keep`: as it is, or shrunk to the longest side. */
export function keptSize(original: Extent, longestSide: number): Extent {
  if (Math.max(original.width, original.height) <= longestSide) return original
  return within(original, { width: longestSide, height: longestSide })
}

/** The largest size of the same proportions that fits; at least a pixel. */
function within(original: Extent, box: Extent): Extent {
  const scale = Math.min(box.width / original.width, box.height / original.height)
  const side = (pixels: number, most: number): number =>
    Math.max(1, Math.min(most, Math.round(pixels * scale)))
  return { width: side(original.width, box.width), height: side(original.height, box.height) }
}

/** What of the options changes the stored bytes; `resize` has always been known by its three figures. */
export function storedBy({
  sizing,
  height,
  width,
  channels,
  longestSide,
  mostPadding,
}: ImageOptions): string {
  if (sizing === 'keep') return JSON.stringify([sizing, longestSide, mostPadding, channels])
  return JSON.stringify(sizing === 'resize' ? [height, width, channels] : [sizing, height, width, channels])
}
