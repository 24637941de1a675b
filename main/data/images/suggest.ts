/** What size and how many channels to propose for a folder of pictures, from a sample of their headers. */
import { readFile } from 'node:fs/promises'
import { decodeLimit, inOrder } from '../parallel.ts'
import { lookAtImage } from './decoder.ts'
import type { ImportOptions } from '../../common/schemas.ts'
import type { ImageLook } from './codec.ts'

const looksAt = 48
/** Sides to propose: small enough for a first network to train within a minute. */
const sides = [16, 24, 28, 32, 48, 64]

export type ImageOptions = NonNullable<ImportOptions['image']>

/** Where sizes repeat at least this much, images of one size fill a batch: each is kept as large as it is. */
const mostDifferent = 0.6
const keeping = { longestSide: 96, multipleOf: 1, mostPadding: 0 }

/** @returns the proposal, with sentences saying why. */
export async function suggestSize(
  paths: readonly string[],
): Promise<{ size: ImageOptions; reasons: string[] }> {
  const step = Math.max(1, Math.floor(paths.length / looksAt))
  const chosen = paths.filter((_, index) => index % step === 0).slice(0, looksAt)
  const looks: ImageLook[] = []
  for await (const seen of inOrder(chosen, decodeLimit, lookInside)) if (seen) looks.push(seen)
  const grey = looks.length > 0 && looks.every((seen) => seen.grey)
  const channels = grey ? 1 : 3
  const kinds = new Set(looks.map((seen) => `${seen.width} x ${seen.height}`))
  const [first] = looks
  const reasons: string[] = []
  if (first && kinds.size === 1 && first.width <= 96 && first.height <= 96) {
    reasons.push(`All images looked at are ${[...kinds][0]} pixels: kept as they are.`)
    return {
      size: { sizing: 'resize', height: first.height, width: first.width, channels, ...keeping },
      reasons: [...reasons, colours(grey)],
    }
  }
  const shorter = looks.map((seen) => Math.min(seen.width, seen.height)).sort((a, b) => a - b)
  const median = shorter[Math.floor(shorter.length / 2)] ?? 32
  const side = sides.findLast((candidate) => candidate <= median) ?? sides[0]!
  const small = looks.every((seen) => Math.max(seen.width, seen.height) <= keeping.longestSide)
  const sizing = small && kinds.size <= mostDifferent * looks.length ? 'keep' : 'resize'
  reasons.push(
    `${kinds.size} different sizes among ${looks.length} images looked at: ${
      sizing === 'keep'
        ? 'each stays as large as it is, and a batch holds images of one size.'
        : `each is stretched to ${side} x ${side}.`
    }`,
  )
  return {
    size: { sizing, height: side, width: side, channels, ...keeping },
    reasons: [...reasons, colours(grey)],
  }
}

function colours(grey: boolean): string {
  return grey ? 'All images looked at are grey: 1 channel.' : 'Colour images: 3 channels.'
}

async function lookInside(path: string): Promise<ImageLook | null> {
  const bytes = await readFile(path).catch(() => null)
  return bytes && lookAtImage(bytes)
}
