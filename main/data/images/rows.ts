/** Image files as rows of a data set: read once for their content hash and size, and once more to be decoded. */
import type { ImportOptions } from '../../common/data/options.ts'
import type { Split } from '../../common/data/dataset.ts'
import type { Fitted } from '../single/preparation.ts'
import type { Encoded, Scan } from '../sources/source.ts'
import { Fingerprint, identity } from '../digest.ts'
import type { Pace } from '../pace.ts'
import { decodeLimit, inOrder } from '../parallel.ts'
import type { Problems } from '../problems.ts'
import { count, figure, refuse } from '../refuse.ts'
import type { Row } from '../split.ts'
import { bucketOf, chooseBuckets, keyOf } from './buckets.ts'
import type { Extent } from './buckets.ts'
import { ConversionCounts } from './conversions.ts'
import { prepareFile, readFacts } from './decoder.ts'
import { reasonOf } from './read.ts'
import { keptSize, storedBy } from './sizing.ts'
import type { ImageOptions } from './sizing.ts'

export interface ImageFile {
  path: string
  /** What the preview knows it by. */
  item: string
  classIndex: number
  split: Split | null
}

interface Known {
  file: ImageFile
  /** Its size as a sample before padding; only where images are padded. */
  kept: Extent | null
}

/**
 * @param kind what the fingerprint begins with
 * @param from how the source is called in a refusal
 * @throws UserError `data/options`, `data/nothing-readable`
 */
export async function scanImages(
  kind: string,
  from: string,
  files: readonly ImageFile[],
  classNames: string[],
  problems: Problems,
  options: ImportOptions,
  pace: Pace,
  fitted: Fitted | null,
): Promise<Scan> {
  const { image } = options
  if (!image) refuse('options', 'No image size was chosen.', 'Choose height, width and channels.')
  const padded = image.sizing === 'keep' && image.mostPadding > 0
  const rows: Row[] = []
  const known: Known[] = []
  const fingerprint = new Fingerprint().add(kind).add(storedBy(image))
  classNames.forEach((name) => fingerprint.add(name))
  let done = 0
  const read = inOrder(files, decodeLimit, async (file) => {
    try {
      const { digest, size } = await readFacts(file.path, padded)
      return { file, contents: digest, kept: size && keptSize(size, image.longestSide) }
    } catch (error) {
      return { file, contents: null, reason: reasonOf(error) }
    }
  })
  for await (const outcome of read) {
    await pace.rest()
    done += 1
    pace.report(done, files.length, 'Reading images')
    const { file } = outcome
    if (outcome.contents === null) {
      problems.add(file.path, outcome.reason)
      continue
    }
    fingerprint.add(`${file.split ?? ''}/${file.classIndex}`).add(outcome.contents)
    rows.push({ classIndex: file.classIndex, ...identity(outcome.contents), split: file.split })
    known.push({ file, kept: outcome.kept })
  }
  if (rows.length === 0)
    refuse(
      'nothing-readable',
      `None of the ${count(files.length, 'image')} in ${from} can be read: ${problems.listed[0]?.reason ?? ''}.`,
      'Give yourself permission to read them.',
    )
  return {
    task: 'classify',
    classNames,
    rows,
    fingerprint: fingerprint.hex(),
    problems,
    async encoder({ train }, encoderPace) {
      const buckets = !padded
        ? []
        : (fitted?.preparation.buckets ??
          (await chooseBuckets(
            known.flatMap(({ kept }) => kept ?? []),
            image.mostPadding,
            encoderPace,
          )))
      const seen = new Seen()
      const keep = image.sizing === 'keep'
      const area = keep ? image.longestSide ** 2 : image.height * image.width
      return {
        sampleShape: [image.channels, ...(keep ? ['H', 'W'] : [image.height, image.width])],
        storedDtype: 'uint8',
        bytes: rows.length * image.channels * area,
        note: 'Decoding images',
        encode: (wanted) => decodeAll(known, wanted, image, buckets, seen),
        sizes: seen.original,
        buckets: [...buckets],
        vocabulary: null,
        // Where nothing is trained on, how it is stored concerns nobody.
        notes: () => (train.length > 0 ? seen.sentences(image) : seen.conversions.sentences()),
      }
    },
  }
}

/** What was met while decoding. */
class Seen {
  readonly original = new Map<string, number>()
  readonly stored = new Map<string, number>()
  readonly conversions = new ConversionCounts()
  pixels = 0
  padding = 0

  add(original: Extent, stored: Extent, padding: number): void {
    for (const [map, size] of [
      [this.original, original],
      [this.stored, stored],
    ] as const)
      map.set(keyOf(size), (map.get(keyOf(size)) ?? 0) + 1)
    this.pixels += stored.width * stored.height
    this.padding += padding
  }

  sentences({ sizing, longestSide, mostPadding }: ImageOptions): string[] {
    const said = this.conversions.sentences()
    const share = `${((100 * this.padding) / Math.max(1, this.pixels)).toFixed(1)} %`
    if (sizing === 'letterbox')
      said.push(`${share} of the pixels are fill around images, in each image's own mean colour.`)
    if (sizing !== 'keep' || this.stored.size === 0) return said
    const each = [...this.stored.values()].sort((a, b) => a - b)
    const images = each.reduce((sum, times) => sum + times, 0)
    said.push(
      `${count(each.length, 'size')} of ${count(images, 'image')}: a batch holds images of one size, of which there are ${figure(Math.round(images / each.length))} on average, ${figure(each[0]!)} to ${figure(each.at(-1)!)}.`,
      `Images with a side over ${longestSide} pixels are shrunk to it.`,
    )
    if (mostPadding > 0)
      said.push(
        `${share} of the pixels are padding, to the right of images and below them, in each image's own mean colour; at most ${Math.round(100 * mostPadding)} % of an image.`,
      )
    return said
  }
}

async function* decodeAll(
  known: readonly Known[],
  wanted: readonly number[],
  image: ImageOptions,
  buckets: readonly Extent[],
  seen: Seen,
): AsyncGenerator<Encoded> {
  const decoded = inOrder(wanted, decodeLimit, async (row) => {
    const { file, kept } = known[row]!
    try {
      // Of all sizes only its own: there may be thousands, and they travel to the decoder.
      const own = kept ? [bucketOf(kept, buckets, image.mostPadding)] : []
      return { row, file, prepared: await prepareFile(file.path, { image, buckets: own }) }
    } catch (error) {
      return { row, file, prepared: null, reason: reasonOf(error) }
    }
  })
  for await (const { row, file, prepared, ...failed } of decoded) {
    if (!prepared) {
      yield { row, input: null, item: file.path, problem: failed.reason ?? '' }
      continue
    }
    const { input, stored, original, padding, conversions } = prepared
    seen.add(original, stored, padding)
    seen.conversions.add(conversions)
    const extents = image.sizing === 'keep' ? [stored.height, stored.width] : []
    yield { row, input, extents, item: file.item, problem: null }
  }
}
