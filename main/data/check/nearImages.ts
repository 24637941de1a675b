/**
 * Which images look the same. Hashes that differ in at most 3 of 64 bits agree in at least one of 4 bands of 16 bits, so
 * only images that share a band are compared; what is near by both hashes is compared pixel by pixel in the end.
 */
import { readSamples } from '../cache/reader.ts'
import { distanceBetween } from '../images/perceptualHash.ts'
import type { Pace } from '../pace.ts'
import type { Subject } from './check.ts'
import { Components } from './components.ts'
import { agreement, thumbnailOf } from './thumbnail.ts'
import type { Thumbnail } from './thumbnail.ts'

const mostAcross = 3
const mostDown = 6
/** Correlation of the pixels from which two images are the same to a person. */
const sameFrom = 0.985

/** Work after which the search ends: of hashes about a second, of pixels about two and 200 MB. */
const mostComparisons = 200e6
const mostPairs = 1e6
const mostThumbnails = 60_000
const readAtOnce = 256

export interface Near {
  /** Number of the component of each row that has its like; -1 for the others. */
  of: Int32Array
  sizes: Uint32Array
  /** False where there was more to compare than time for it. */
  whole: boolean
}

export async function nearImages(subject: Subject, pace: Pace): Promise<Near> {
  const { evidence, equal } = subject
  const { pairs, whole } = await candidates(evidence.looks!, evidence.rows, equal?.groups.of ?? null, pace)
  const components = new Components(evidence.rows)
  const thumbnails = new Map<number, Thumbnail | null>()
  const wanted = [...new Set(pairs)].sort((a, b) => a - b)
  for (let from = 0; from < Math.min(wanted.length, mostThumbnails); from += readAtOnce) {
    const rows = wanted.slice(from, Math.min(from + readAtOnce, mostThumbnails))
    const samples = await readSamples(subject.dataset, subject.folder, rows)
    for (const [at, sample] of samples.entries()) {
      await pace.rest()
      thumbnails.set(rows[at]!, thumbnailOf(sample))
    }
  }
  for (let at = 0; at < pairs.length; at += 2) {
    if (at % 64 === 0) await pace.rest()
    const [a, b] = [thumbnails.get(pairs[at]!), thumbnails.get(pairs[at + 1]!)]
    if (a && b && agreement(a, b) >= sameFrom) components.join(pairs[at]!, pairs[at + 1]!)
  }
  return { ...components.numbered(), whole: whole && wanted.length <= mostThumbnails }
}

/** Rows whose hashes are near, two after two; those of equal content are known already. */
async function candidates(
  { across, down }: Record<'across' | 'down', Uint32Array>,
  rows: number,
  contentOf: Int32Array | null,
  pace: Pace,
): Promise<{ pairs: number[]; whole: boolean }> {
  const pairs: number[] = []
  const keys = await bandKeys(across, rows, pace)
  let compared = 0
  const near = (a: number, b: number, band: number): boolean =>
    distanceBetween(across, a, b) <= mostAcross &&
    distanceBetween(down, a, b) <= mostDown &&
    // Found once: in the first band that they share.
    keys.slice(0, band).every((key) => key[a] !== key[b]) &&
    (contentOf === null || contentOf[a] !== contentOf[b])
  for (const [band, key] of keys.entries()) {
    const { order, begins } = sorted(key, rows)
    for (let bucket = 0; bucket + 1 < begins.length; bucket += 1)
      for (let i = begins[bucket]!; i < begins[bucket + 1]!; i += 1) {
        await pace.rest()
        const a = order[i]!
        if (across[2 * a] === 0 && across[2 * a + 1] === 0) continue // no look
        for (let j = i + 1; j < begins[bucket + 1]!; j += 1)
          if (near(a, order[j]!, band)) pairs.push(a, order[j]!)
        compared += begins[bucket + 1]! - i
        if (compared > mostComparisons || pairs.length > 2 * mostPairs) return { pairs, whole: false }
      }
  }
  return { pairs, whole: true }
}

const bands = 4

/** Bits `band`, `band + 4`, ... of every hash: empty corners of pictures then lie in all bands, and make none useless. */
async function bandKeys(across: Uint32Array, rows: number, pace: Pace): Promise<Uint16Array[]> {
  const keys = Array.from({ length: bands }, () => new Uint16Array(rows))
  for (let row = 0; row < rows; row += 1) {
    if (row % 256 === 0) await pace.rest()
    for (let bit = 0; bit < 64; bit += 1)
      if ((across[2 * row + (bit >> 5)]! >>> (bit & 31)) & 1) keys[bit % bands]![row]! |= 1 << (bit >> 2)
  }
  return keys
}

/** Rows in the order of their keys, and where each key's rows begin. */
function sorted(keys: Uint16Array, rows: number): { order: Uint32Array; begins: Uint32Array } {
  const begins = new Uint32Array((1 << 16) + 1)
  for (const key of keys) begins[key + 1]! += 1
  for (let key = 0; key < 1 << 16; key += 1) begins[key + 1]! += begins[key]!
  const next = begins.slice()
  const order = new Uint32Array(rows)
  for (let row = 0; row < rows; row += 1) order[next[keys[row]!]!++] = row
  return { order, begins }
}
