/** Small sources made for the tests of this folder. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import sharp from 'sharp'
import type { Sharp } from 'sharp'
import { expect, onTestFinished } from 'vitest'
import { toRefusal } from '../common/errors.ts'
import type { Refusal } from '../common/errors.ts'
import { plainOptions } from '../common/data/options.ts'
import type { ImportOptions } from '../common/data/options.ts'

/** A folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tapedeck-data-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Writes files by relative path; folders are made. */
export async function put(folder: string, files: Record<string, string | Uint8Array>): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  return folder
}

export function idxBytes(magic: number, shape: readonly number[], elements: Uint8Array | number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length)
  header.writeUInt32BE(magic, 0)
  shape.forEach((size, axis) => header.writeUInt32BE(size, 4 + 4 * axis))
  return Buffer.concat([header, Buffer.from(elements)])
}

/** `count` images of 2 x 3, all different, with labels 0, 1, 2, 0, ... */
export function idxPair(count: number, prefix = 'train', from = 0): Record<string, Buffer> {
  const pixels = Array.from({ length: count * 6 }, (_, at) => {
    const item = from + Math.floor(at / 6)
    return at % 6 === 0 ? item & 255 : at % 6 === 1 ? item >> 8 : 7 * (at % 6)
  })
  return {
    [`${prefix}-images-idx3-ubyte`]: idxBytes(0x803, [count, 2, 3], pixels),
    [`${prefix}-labels-idx1-ubyte`]: idxBytes(
      0x801,
      [count],
      Array.from({ length: count }, (_, item) => item % 3),
    ),
  }
}

export function zipped(files: Record<string, Buffer>): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [`${name}.gz`, gzipSync(content)]))
}

/** A picture of one colour. */
export function picture(width: number, height: number, colour: string): Sharp {
  return sharp({ create: { width, height, channels: 3, background: colour } })
}

/** Small pictures, all different: `a/0.png`, `b/0.png`, ... */
export async function pictures(
  classes: readonly string[],
  each: number,
  side = 4,
): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {}
  for (const [index, name] of classes.entries())
    for (let item = 0; item < each; item += 1)
      files[`${name}/${item}.png`] = await picture(side, side, `rgb(${item}, ${index}, 9)`).png().toBuffer()
  return files
}

export const idxOptions: ImportOptions = {
  ...plainOptions,
  kind: 'idx',
  name: 'idx',
  validationShare: 0.25,
}
export const imageOptions: ImportOptions = {
  ...plainOptions,
  kind: 'image-folder',
  name: 'images',
  validationShare: 0.5,
  image: {
    sizing: 'resize',
    height: 4,
    width: 4,
    channels: 3,
    longestSide: 96,
    mostPadding: 0,
  },
}
export const textOptions: ImportOptions = {
  ...plainOptions,
  kind: 'text-classes',
  name: 'texts',
  validationShare: 0.25,
  text: {
    representation: 'bag-of-words',
    tokenizer: 'word',
    tokenizerFile: null,
    vocabularySize: 50,
    minimumFrequency: 1,
    maximumLength: 256,
  },
}
/** The same texts as token ids in their order. */
export const tokenOptions: ImportOptions = {
  ...textOptions,
  text: { ...textOptions.text!, representation: 'tokens' },
}

/** The refusal that a promise ends in; it must say what to do. */
export async function refusal(promise: Promise<unknown>): Promise<Refusal> {
  const error = await promise.then(
    () => expect.unreachable('was not refused'),
    (thrown: unknown) => toRefusal(thrown),
  )
  expect(error.mend).not.toBe('')
  return error
}
