/**
 * The IDX format of MNIST: two zero bytes, a byte for the element type, a byte for the number of
 * dimensions, the dimensions as big-endian 32-bit numbers, then the elements in row-major order.
 * Format: http://yann.lecun.com/exdb/mnist
 */
import { basename } from 'node:path'
import { bytesOf, GzipError } from '../bytes.ts'
import type { Pace } from '../pace.ts'
import { count, figure, refuse } from '../refuse.ts'

/** Magic numbers: unsigned bytes in three dimensions (images), or in one (labels). */
export const idxMagic = { images: 0x00000803, labels: 0x00000801 } as const
export type IdxRole = keyof typeof idxMagic

/** Held in memory while its rows are put in order. */
const mostBytes = 1 << 30

export interface IdxHeader {
  /** `[count, height, width]` for images, `[count]` for labels. */
  shape: number[]
  headerBytes: number
  totalBytes: number
}

/** @throws UserError `data/idx-magic`, `data/idx-truncated`, `data/idx-empty`, `data/too-large` */
export function parseHeader(bytes: Buffer, path: string, role: IdxRole): IdxHeader {
  const name = basename(path)
  const expected = idxMagic[role]
  if (bytes.length < 4)
    refuse(
      'idx-truncated',
      `${name} is too short for an IDX file: ${count(bytes.length, 'byte')}.`,
      copyAgain,
    )
  const magic = bytes.readUInt32BE(0)
  if (magic !== expected)
    refuse(
      'idx-magic',
      `${name} is not an IDX ${role} file: it begins with the number ${figure(magic)} (${hex(magic)}), expected ${figure(expected)} (${hex(expected)}).`,
      magic === idxMagic.images || magic === idxMagic.labels
        ? 'Images and labels seem to be swapped: name them as they are.'
        : copyAgain,
    )
  const rank = magic & 0xff
  const headerBytes = 4 + 4 * rank
  if (bytes.length < headerBytes)
    refuse(
      'idx-truncated',
      `${name} ends inside its header: expected ${count(headerBytes, 'byte')}, found ${figure(bytes.length)}.`,
      copyAgain,
    )
  const shape = Array.from({ length: rank }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis))
  if (shape.includes(0))
    refuse(
      'idx-empty',
      `${name} says that it holds ${shape.join(' x ')} elements.`,
      'Choose a file with data in it.',
    )
  const totalBytes = shape.reduce((product, size) => product * size, 1) + headerBytes
  if (totalBytes > mostBytes)
    refuse(
      'too-large',
      `${name} says that it holds ${shape.map(figure).join(' x ')} bytes; IDX files are read up to ${figure(mostBytes)}.`,
      'Check that the header is right, or cut the file into smaller ones.',
    )
  return { shape, headerBytes, totalBytes }
}

const copyAgain = 'Download or copy the file again.'

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`
}

/** Reads the header alone. @throws UserError */
export async function readIdxHeader(path: string, role: IdxRole): Promise<IdxHeader> {
  const start = await collect(path, 16).catch((error: unknown) => refuseGzip(error, path, 0, null))
  return parseHeader(start, path, role)
}

/**
 * Reads and checks the whole file.
 * @throws UserError the header's refusals, `data/idx-truncated`, `data/idx-length`, `data/gzip-corrupt`
 */
export async function readIdx(
  path: string,
  role: IdxRole,
  pace: Pace,
): Promise<{ shape: number[]; elements: Buffer }> {
  const header = await readIdxHeader(path, role)
  const { totalBytes, headerBytes, shape } = header
  const whole = Buffer.allocUnsafe(totalBytes)
  let filled = 0
  try {
    for await (const chunk of bytesOf(path)) {
      await pace.rest()
      chunk.copy(whole, filled)
      filled += chunk.length
      if (filled > totalBytes) break // more than the header says: refused below, without unpacking it all
    }
  } catch (error) {
    refuseGzip(error, path, filled, totalBytes)
  }
  if (filled < totalBytes)
    refuse(
      'idx-truncated',
      `${basename(path)} is truncated: ${describe(shape)} need ${count(totalBytes, 'byte')}, found ${figure(filled)}.`,
      copyAgain,
    )
  if (filled > totalBytes)
    refuse(
      'idx-length',
      `${basename(path)} is longer than its header says: ${describe(shape)} need ${count(totalBytes, 'byte')}, found at least ${figure(filled)}.`,
      copyAgain,
    )
  return { shape, elements: whole.subarray(headerBytes) }
}

function describe(shape: readonly number[]): string {
  const [items = 0, height, width] = shape
  return height === undefined ? count(items, 'label') : `${count(items, 'image')} of ${height} x ${width}`
}

async function collect(path: string, most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of bytesOf(path)) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= most) break
  }
  return Buffer.concat(chunks).subarray(0, most)
}

function refuseGzip(error: unknown, path: string, unpacked: number, expected: number | null): never {
  if (!(error instanceof GzipError)) throw error
  const name = basename(path)
  const of = expected === null ? '' : ` of ${count(expected, 'byte')}`
  if (error.truncated)
    refuse(
      'idx-truncated',
      `${name} is a truncated gzip file: it ends after ${figure(unpacked)}${of} unpacked.`,
      copyAgain,
      error,
    )
  refuse(
    'gzip-corrupt',
    `${name} is a damaged gzip file: it cannot be unpacked past ${figure(unpacked)}${of}.`,
    copyAgain,
    error,
  )
}
