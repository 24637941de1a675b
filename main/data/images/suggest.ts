/** What size and how many channels to propose for a set of pictures, from a sample of their headers. */
import { open } from 'node:fs/promises'
import { decodeLimit, inOrder } from '../parallel.ts'
import { lookAtImage } from './decoder.ts'
import type { ImageLook } from './header.ts'
import type { ImageOptions } from './sizing.ts'

const looksAt = 48
/** Bytes of a file that hold its header, whatever stands before it. */
const headBytes = 1 << 18
/** Sides to propose: small enough for a first network to train within a minute. */
const sides = [16, 24, 28, 32, 48, 64]

/** Where sizes repeat at least this much, images of one size fill a batch: each is kept as large as it is. */
const mostDifferent = 0.6
/** Small images of any size, kept as they are. */
const small = { longestSide: 96, mostPadding: 0 }
/** Photographs: kept in their proportions, small enough to train on, and alike enough to share batches. */
const photographs = { longestSide: 160, mostPadding: 0.1 }

/** @returns the proposal, with sentences saying why. */
export async function suggestSize(
  paths: readonly string[],
): Promise<{ size: ImageOptions; reasons: string[] }> {
  const step = Math.max(1, Math.floor(paths.length / looksAt))
  const chosen = paths.filter((_, index) => index % step === 0).slice(0, looksAt)
  const looks: ImageLook[] = []
  for await (const seen of inOrder(chosen, decodeLimit, lookInside)) if (seen) looks.push(seen)
  const grey = looks.length > 0 && looks.every((seen) => seen.grey)
  const { said, ...options } = propose(looks)
  return { size: { ...options, channels: grey ? 1 : 3 }, reasons: [said, colours(grey)] }
}

function propose(looks: readonly ImageLook[]): Omit<ImageOptions, 'channels'> & { said: string } {
  const kinds = new Set(looks.map((seen) => `${seen.width} x ${seen.height}`))
  const [first] = looks
  if (first && kinds.size === 1 && first.width <= small.longestSide && first.height <= small.longestSide)
    return {
      sizing: 'resize',
      height: first.height,
      width: first.width,
      ...small,
      said: `All images looked at are ${[...kinds][0]} pixels: kept as they are.`,
    }
  const shorter = looks.map((seen) => Math.min(seen.width, seen.height)).sort((a, b) => a - b)
  const median = shorter[Math.floor(shorter.length / 2)] ?? 32
  const side = sides.findLast((candidate) => candidate <= median) ?? sides[0]!
  const square = { height: side, width: side }
  const different = `${kinds.size} different sizes among ${looks.length} images looked at`
  const largest = Math.max(0, ...looks.map((seen) => Math.max(seen.width, seen.height)))
  const varied = kinds.size > mostDifferent * looks.length
  if (largest <= small.longestSide && !varied)
    return {
      sizing: 'keep',
      ...square,
      ...small,
      said: `${different}: each stays as large as it is, and a batch holds images of one size.`,
    }
  if (median >= photographs.longestSide / 2 && kinds.size > 1)
    return {
      sizing: 'keep',
      ...square,
      ...photographs,
      said: `${different}: each keeps its proportions, shrunk to ${photographs.longestSide} pixels on its longer side and padded by at most ${100 * photographs.mostPadding} %, so that a batch holds images of one size.`,
    }
  return {
    sizing: 'resize',
    ...square,
    ...small,
    said: `${different}: each is stretched to ${side} x ${side}.`,
  }
}

function colours(grey: boolean): string {
  return grey ? 'All images looked at are grey: 1 channel.' : 'Colour images: 3 channels.'
}

/** Of the beginning of the file; a large TIFF may have its header at the end, and is passed over. */
async function lookInside(path: string): Promise<ImageLook | null> {
  const file = await open(path, 'r').catch(() => null)
  if (!file) return null
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    return await lookAtImage(buffer.subarray(0, bytesRead))
  } catch {
    return null
  } finally {
    await file.close()
  }
}
