/**
 * A fingerprint of what an image looks like, the difference hash (dHash): the image as 9 x 8 means of grey, and for each
 * cell whether its right neighbour is brighter. The same picture brighter, resized or saved again as JPEG differs in a
 * few bits, another picture in about half of them. https://www.hackerfactor.com/blog/index.php?/archives/529-Kind-of-Like-That.html
 */

/** 64 bits as two unsigned numbers of 32. */
export type PerceptualHash = readonly [number, number]

const columns = 9
const rows = 8
/** Grey levels that a neighbour must be brighter by: less is noise, which would set bits of a plain surface at random. */
const margin = 1

/**
 * @param sample uint8 `[channels, height, width]`, 1 or 3 channels
 * @returns null where no cell differs from its neighbour: of images without anything in them, all are alike
 */
export function perceptualHash(sample: Uint8Array, shape: readonly number[]): PerceptualHash | null {
  const cells = greyCells(sample, shape)
  const hash: [number, number] = [0, 0]
  let differing = 0
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns - 1; column += 1) {
      const step = cells[row * columns + column + 1]! - cells[row * columns + column]!
      if (Math.abs(step) > margin) differing += 1
      const bit = row * (columns - 1) + column
      if (step > margin) hash[bit >> 5]! |= 1 << (bit & 31)
    }
  return differing === 0 ? null : [hash[0] >>> 0, hash[1] >>> 0]
}

/** In how many of the 64 bits two hashes differ. At most 6: the same picture, to a person. */
export function hashDistance(a: PerceptualHash, b: PerceptualHash): number {
  return bitCount(a[0] ^ b[0]) + bitCount(a[1] ^ b[1])
}

/** Set bits of 32, added up in parallel. */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** Mean grey of each of 9 x 8 cells; a pixel that lies in several counts in each by its part. */
function greyCells(
  sample: Uint8Array,
  [channels = 1, height = 1, width = 1]: readonly number[],
): Float64Array {
  const across = spans(width, columns)
  const down = spans(height, rows)
  const area = height * width
  // Luma of Rec. 601, as JPEG has it.
  const weights = channels === 3 ? [0.299, 0.587, 0.114] : [1]
  const cells = new Float64Array(rows * columns)
  const line = new Float64Array(width)
  for (let row = 0; row < rows; row += 1)
    for (const [y, partDown] of down[row]!) {
      line.fill(0)
      for (const [channel, weight] of weights.entries()) {
        const from = channel * area + y * width
        for (let x = 0; x < width; x += 1) line[x]! += weight * sample[from + x]!
      }
      for (let column = 0; column < columns; column += 1)
        for (const [x, partAcross] of across[column]!)
          cells[row * columns + column]! += line[x]! * partDown * partAcross
    }
  return cells
}

/** For each of `count` equal stretches of a side, the pixels in it and their share of it. */
function spans(side: number, count: number): [pixel: number, share: number][][] {
  const length = side / count
  return Array.from({ length: count }, (_, index) => {
    const [from, to] = [index * length, (index + 1) * length]
    const pixels: [number, number][] = []
    for (let pixel = Math.floor(from); pixel < Math.min(side, Math.ceil(to)); pixel += 1) {
      const share = (Math.min(to, pixel + 1) - Math.max(from, pixel)) / length
      if (share > 0) pixels.push([pixel, share])
    }
    return pixels
  })
}
