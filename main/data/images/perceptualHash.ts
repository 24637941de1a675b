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

/** The hash, and the same of each cell and the one below it: pictures with much empty space often share one, seldom both. */
export interface Look {
  across: PerceptualHash
  down: PerceptualHash
}

/**
 * @param sample uint8 `[channels, height, width]`, 1 or 3 channels
 * @returns null where no cell differs from its neighbour: of images without anything in them, all are alike
 */
export function lookOf(sample: Uint8Array, shape: readonly number[]): Look | null {
  const cells = greyCells(sample, shape)
  const across: [number, number] = [0, 0]
  const down: [number, number] = [0, 0]
  let differing = 0
  const set = (hash: [number, number], bit: number, step: number): void => {
    if (step > margin) hash[bit >> 5]! |= 1 << (bit & 31)
  }
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      const cell = cells[row * columns + column]!
      if (column + 1 < columns) {
        const step = cells[row * columns + column + 1]! - cell
        if (Math.abs(step) > margin) differing += 1
        set(across, row * (columns - 1) + column, step)
      }
      if (row + 1 < rows) set(down, row * columns + column, cells[(row + 1) * columns + column]! - cell)
    }
  if (differing === 0) return null
  return { across: [across[0] >>> 0, across[1] >>> 0], down: [down[0] >>> 0, down[1] >>> 0] }
}

/** As `lookOf`, of its rows alone. */
export function perceptualHash(sample: Uint8Array, shape: readonly number[]): PerceptualHash | null {
  return lookOf(sample, shape)?.across ?? null
}

/** In how many of the 64 bits two hashes differ. At most 6: the same picture, to a person. */
export function hashDistance(a: PerceptualHash, b: PerceptualHash): number {
  return bitCount(a[0] ^ b[0]) + bitCount(a[1] ^ b[1])
}

/** As `hashDistance`, of two of many hashes in a row, two words each. */
export function distanceBetween(hashes: Uint32Array, a: number, b: number): number {
  return bitCount(hashes[2 * a]! ^ hashes[2 * b]!) + bitCount(hashes[2 * a + 1]! ^ hashes[2 * b + 1]!)
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
  const area = height * width
  const cells = new Float64Array(rows * columns)
  // The sums of the lines above each boundary, of which two differ by what lies between.
  const above = new Float64Array(columns)
  const before = new Float64Array(columns)
  let row = 0
  for (let y = 0; y < height; y += 1) {
    const line = lineMeans(sample, channels, area, y * width, width)
    for (
      let end = ((row + 1) * height) / rows;
      row < rows && end <= y + 1;
      end = ((row + 1) * height) / rows
    ) {
      for (let column = 0; column < columns; column += 1) {
        const sum = above[column]! + (end - y) * line[column]!
        cells[row * columns + column] = ((sum - before[column]!) * rows) / height
        before[column] = sum
      }
      row += 1
    }
    for (let column = 0; column < columns; column += 1) above[column]! += line[column]!
  }
  return cells
}

const means = new Float64Array(columns)

/** Mean grey of each of 9 stretches of a line. */
function lineMeans(
  sample: Uint8Array,
  channels: number,
  area: number,
  from: number,
  width: number,
): Float64Array {
  let sum = 0
  let before = 0
  let column = 0
  let end = width / columns
  for (let x = 0; x < width; x += 1) {
    const at = from + x
    // Luma of Rec. 601, as JPEG has it.
    const grey =
      channels === 3
        ? 0.299 * sample[at]! + 0.587 * sample[at + area]! + 0.114 * sample[at + 2 * area]!
        : sample[at]!
    while (column < columns && end <= x + 1) {
      const upTo = sum + (end - x) * grey
      means[column] = ((upTo - before) * columns) / width
      before = upTo
      column += 1
      end = ((column + 1) * width) / columns
    }
    sum += grey
  }
  return means
}
