import { conversionWords } from '../images/conversions.ts'
import { prepareImage, toDataUrl } from '../images/decoder.ts'
import type { Preparation } from '../images/sizing.ts'
import { reasonOf } from '../images/read.ts'
import { figure, refuse } from '../refuse.ts'
import type { SinglePreparation } from './preparation.ts'
import type { SingleSample } from './index.ts'

/** @throws UserError `data/image` with what is wrong with the file */
export async function imageSample(
  bytes: Uint8Array,
  preparation: SinglePreparation,
  shown: boolean,
): Promise<SingleSample> {
  const prepared = await prepareImage(bytes, imagePreparation(preparation)).catch((error: unknown) =>
    refuse(
      'image',
      `The image cannot be read: ${reasonOf(error)}.`,
      'Choose a PNG, JPEG, WebP, GIF or TIFF.',
      error,
    ),
  )
  const { input, stored, original, padding, conversions } = prepared
  const { width, height, channels } = stored
  const same = original.width === width && original.height === height
  return {
    values: input,
    shape: [channels, height, width],
    seen: {
      kind: 'image',
      image: shown ? await toDataUrl(input, stored) : '',
      width,
      height,
      notes: [
        ...(same ? [] : [`was ${figure(original.width)} x ${figure(original.height)}`]),
        ...(padding > 0 ? [`${Math.round((100 * padding) / (width * height))} % of it is padding`] : []),
        ...conversions.map(conversionWords),
      ],
    },
    columns: null,
  }
}

/** Sets of images of one size have no options: a new one is stretched to that size. */
export function imagePreparation({ image, buckets, dataset }: SinglePreparation): Preparation {
  if (image) return { image, buckets }
  const [channels, height, width] = dataset.sampleShape.map(Number)
  return {
    image: {
      sizing: 'resize',
      height: height ?? 1,
      width: width ?? 1,
      channels: channels === 1 ? 1 : 3,
      longestSide: 1024,
      mostPadding: 0,
    },
    buckets: [],
  }
}
