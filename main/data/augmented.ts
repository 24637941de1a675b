/** Training images as the epochs of a run would see them. */
import { applies } from '../common/applicable.ts'
import type { Augmentation } from '../common/training.ts'
import type { AugmentedItem } from '../common/schemas.ts'
import type { Dataset } from '../common/data/dataset.ts'
import { withCache } from './cache/withCache.ts'
import { readSamples } from './cache/reader.ts'
import type { StoredSample } from './cache/reader.ts'
import { augment, drawMix, fillOf, type ImageShape } from './images/augment.ts'
import { toDataUrl } from './images/decoder.ts'
import { refuse } from './refuse.ts'

/** Variants of each image: what epochs 1 to 5 make of it. */
const variants = 5

export interface AugmentedQuery {
  augmentation: Augmentation
  seed: number
  /** Images, spread over the training split. */
  count: number
}

/** @throws UserError `data/not-images`, `data/cache-missing` */
export async function augmented(
  dataset: Dataset,
  datasetsFolder: string,
  { augmentation, seed, count }: AugmentedQuery,
): Promise<AugmentedItem[]> {
  if (!applies(dataset).augmentation)
    refuse(
      'not-images',
      `"${dataset.name}" holds no images of bytes, and augmentation changes nothing else.`,
      'Switch augmentation off, or choose a data set of images.',
    )
  const shown = Math.min(count, dataset.trainCount)
  const rows = Uint32Array.from({ length: shown }, (_, at) => Math.floor((at * dataset.trainCount) / shown))
  return withCache(dataset, datasetsFolder, async (folder) => {
    const samples = await readSamples(dataset, folder, [...rows])
    const shapes = samples.map(shapeOf)
    const epochs = Array.from({ length: variants }, (_, index) => {
      const epoch = index + 1
      const changed = samples.map(({ bytes }, at) => {
        const output = new Uint8Array(bytes.length)
        augment(bytes, shapes[at]!, augmentation, { seed, epoch, row: rows[at]! }, fillOf(dataset), output)
        return output
      })
      return mixed(changed, shapes, augmentation.mixup, seed, epoch, rows)
    })
    return Promise.all(
      samples.map(async ({ bytes }, at) => ({
        row: rows[at]!,
        original: await picture(bytes, shapes[at]!),
        variants: await Promise.all(epochs.map((images) => picture(images[at]!, shapes[at]!))),
      })),
    )
  })
}

/** Mixes those of one size, as a batch of them would be. */
function mixed(
  images: readonly Uint8Array[],
  shapes: readonly ImageShape[],
  alpha: number,
  seed: number,
  epoch: number,
  rows: Uint32Array,
): readonly Uint8Array[] {
  const mix = drawMix(alpha, seed, epoch, rows)
  if (!mix) return images
  return images.map((image, at) => {
    const partner = mix.partners[at]!
    const [own, other] = [shapes[at]!, shapes[partner]!]
    if (own.height !== other.height || own.width !== other.width) return image
    return image.map((value, place) => mix.share * value + (1 - mix.share) * images[partner]![place]! + 0.5)
  })
}

function shapeOf({ shape }: StoredSample): ImageShape {
  const [channels = 1, height = 1, width = 1] = shape
  return { channels, height, width }
}

const picture = (bytes: Uint8Array, { channels, height, width }: ImageShape): Promise<string> =>
  toDataUrl(bytes, { channels: channels === 1 ? 1 : 3, height, width })
