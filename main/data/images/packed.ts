/** Images of one size that lie in memory as bytes already: IDX, CIFAR, NPY. */
import type { Split } from '../../common/data/dataset.ts'
import { digestNow, Fingerprint, identity } from '../digest.ts'
import type { Pace } from '../pace.ts'
import { Problems } from '../problems.ts'
import type { Row } from '../split.ts'
import { imagePreparation } from '../single/image.ts'
import type { Fitted, SinglePreparation } from '../single/preparation.ts'
import type { Encoded, Scan } from '../sources/source.ts'
import { prepareImage, toDataUrl } from './decoder.ts'

export interface PackedPart {
  /** What the preview calls its images: `name#7`. */
  name: string
  split: Split | null
  count: number
  /** uint8 `[channels, height, width]` of an image; not copied. */
  image: (item: number) => Uint8Array
  classOf: (item: number) => number
  /** What of the labels and shapes belongs to the fingerprint. */
  identity: readonly (string | Uint8Array)[]
}

export interface PackedImages {
  /** What the fingerprint begins with. */
  kind: string
  channels: 1 | 3
  height: number
  width: number
  classNames: string[]
  parts: readonly PackedPart[]
  /** What was done to the images, in sentences. */
  notes: string[]
}

export async function scanPacked(packed: PackedImages, pace: Pace, fitted: Fitted | null): Promise<Scan> {
  const { kind, channels, height, width, classNames, parts, notes } = packed
  const fingerprint = new Fingerprint().add(kind)
  const rows: Row[] = []
  const firsts: number[] = []
  for (const part of parts) {
    firsts.push(rows.length)
    const digests = new Fingerprint()
    for (let item = 0; item < part.count; item += 1) {
      await pace.rest()
      const itemDigest = digestNow(part.image(item))
      digests.add(itemDigest)
      rows.push({ classIndex: part.classOf(item), ...identity(itemDigest), split: part.split })
    }
    fingerprint.add(part.split ?? '').add(digests.hex())
    for (const detail of part.identity) fingerprint.add(detail)
  }

  async function* encode(wanted: readonly number[]): AsyncGenerator<Encoded> {
    for (const row of wanted) {
      const at = firsts.findLastIndex((first) => row >= first)
      const part = parts[at]!
      const item = row - firsts[at]!
      yield { row, input: part.image(item), item: `${part.name}#${item}`, problem: null }
    }
  }
  const sampleShape = fitted?.dataset.sampleShape ?? [channels, height, width]
  const other = fitted && sampleShape.join() !== [channels, height, width].join() ? fitted : null

  return {
    task: 'classify',
    classNames,
    rows,
    fingerprint: fingerprint.hex(),
    problems: new Problems(),
    encoder: () =>
      Promise.resolve({
        sampleShape,
        storedDtype: 'uint8',
        bytes: rows.length * channels * height * width,
        encode: other ? (wanted) => asTrained(encode(wanted), packed, other.preparation) : encode,
        note: 'Decoding images',
        sizes: new Map([[`${width}x${height}`, rows.length]]),
        vocabulary: null,
        notes: () => notes,
      }),
  }
}

/** Images of another size than a training's, prepared as its own. */
async function* asTrained(
  images: AsyncIterable<Encoded>,
  { channels, height, width }: PackedImages,
  preparation: SinglePreparation,
): AsyncGenerator<Encoded> {
  for await (const image of images) {
    if (image.input === null) continue
    const png = await toDataUrl(image.input, { channels, height, width })
    const bytes = Buffer.from(png.slice(png.indexOf(',') + 1), 'base64')
    const { input, stored } = await prepareImage(bytes, imagePreparation(preparation))
    const keep = typeof preparation.dataset.sampleShape[1] === 'string'
    yield { ...image, input, extents: keep ? [stored.height, stored.width] : [] }
  }
}
