/**
 * Makes the sample sets in `resources/samples/`: `node resources/generate.ts [folder]`.
 * Deterministic: the same code gives the same pictures, bytes and texts on every machine.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { digitSide, drawDigits } from './generator/digits.ts'
import { drawPatterns } from './generator/patterns.ts'
import type { ColourPicture } from './generator/patterns.ts'
import { walkRows } from './generator/sequences.ts'
import { drawShapes } from './generator/shapes.ts'
import type { Picture } from './generator/shapes.ts'
import { stories } from './generator/story.ts'
import { flowers, houses } from './generator/tables.ts'
import { topicRows } from './generator/topics.ts'

const seeds = {
  digitsTrain: 2701,
  digitsValidation: 2702,
  shapes: 3301,
  topics: 4111,
  sequences: 5201,
  story: 6301,
  patterns: 7401,
  houses: 8501,
  flowers: 9601,
}
export const counts = {
  digitsTrain: 2500,
  digitsValidation: 500,
  shapesPerClass: 150,
  topicsPerClass: 300,
  walksPerClass: 400,
  storyCharacters: 200_000,
  patternsPerClass: 80,
  houses: 1200,
  flowersPerSpecies: 150,
}

const list = [
  {
    id: 'digits',
    title: 'Drawn digits',
    description: '3,000 generated digits, 28 x 28 grey, in the MNIST format; 500 of them for validation.',
    path: 'digits',
  },
  {
    id: 'shapes',
    title: 'Sketched shapes',
    description: '900 generated sketches of 6 shapes, 20 to 48 pixels a side, in a folder per class.',
    path: 'shapes',
  },
  {
    id: 'topics',
    title: 'Short texts by topic',
    description: '1,200 generated texts of 3 to 60 words about cooking, sport, travel or weather.',
    path: 'topics/topics.tsv',
  },
  {
    id: 'sequences',
    title: 'Letter walks',
    description: '1,600 sequences of 5 to 60 letters; only their order tells the four kinds apart.',
    path: 'sequences/sequences.tsv',
  },
  {
    id: 'story',
    title: 'Little stories',
    description: '200 kB of generated stories in simple sentences, for a small language model.',
    path: 'story/story.txt',
  },
  {
    id: 'any-size',
    title: 'Patterns of any size',
    description: '400 coloured patterns of 5 kinds, each as large as it likes: 24 to 64 pixels a side.',
    path: 'any-size',
  },
  {
    id: 'houses',
    title: 'Prices of homes',
    description: 'A table of 1,200 homes: numbers, categories and gaps; the price is to be predicted.',
    path: 'houses/houses.csv',
  },
  {
    id: 'flowers',
    title: 'Three flowers',
    description: 'A table of 450 measured flowers; the species is to be told.',
    path: 'flowers/flowers.csv',
  },
]

/** An IDX file of unsigned bytes. */
function idxFile(shape: readonly number[], elements: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length)
  header.writeUInt32BE(0x0800 + shape.length, 0)
  shape.forEach((size, axis) => header.writeUInt32BE(size, 4 + 4 * axis))
  return Buffer.concat([header, elements])
}

function encodeGrey({ width, height, pixels }: Picture): Promise<Buffer> {
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 9 })
    .toBuffer()
}

function encodeColour({ width, height, pixels }: ColourPicture): Promise<Buffer> {
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 9 })
    .toBuffer()
}

async function writeIn(folder: string, name: string, content: string | Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, name), content)
}

const pictureName = (index: number): string => `${String(index).padStart(3, '0')}.png`

/** Writes the samples into `folder`, replacing what is there; fewer pictures of each class when asked. */
export async function generate(folder: string, picturesPerClass = Infinity): Promise<void> {
  const { shapesPerClass, patternsPerClass } = counts
  await rm(folder, { recursive: true, force: true })
  await mkdir(join(folder, 'digits'), { recursive: true })
  const parts = [
    { prefix: 'train', set: drawDigits(counts.digitsTrain, seeds.digitsTrain) },
    { prefix: 't10k', set: drawDigits(counts.digitsValidation, seeds.digitsValidation) },
  ]
  for (const { prefix, set } of parts) {
    const images = idxFile([set.labels.length, digitSide, digitSide], set.images)
    const labels = idxFile([set.labels.length], set.labels)
    await writeFile(join(folder, 'digits', `${prefix}-images-idx3-ubyte.gz`), gzipSync(images, { level: 9 }))
    await writeFile(join(folder, 'digits', `${prefix}-labels-idx1-ubyte.gz`), gzipSync(labels, { level: 9 }))
  }
  for (const { name, index, picture } of drawShapes(Math.min(picturesPerClass, shapesPerClass), seeds.shapes))
    await writeIn(join(folder, 'shapes', name), pictureName(index), await encodeGrey(picture))
  const patterns = drawPatterns(Math.min(picturesPerClass, patternsPerClass), seeds.patterns)
  for (const { name, index, picture } of patterns)
    await writeIn(join(folder, 'any-size', name), pictureName(index), await encodeColour(picture))
  const topics = topicRows(counts.topicsPerClass, seeds.topics).map(
    ({ topic, text }) => `${topic}\t${text}\n`,
  )
  await writeIn(join(folder, 'topics'), 'topics.tsv', topics.join(''))
  const walks = walkRows(counts.walksPerClass, seeds.sequences).map(({ walk, text }) => `${walk}\t${text}\n`)
  await writeIn(join(folder, 'sequences'), 'sequences.tsv', walks.join(''))
  await writeIn(join(folder, 'story'), 'story.txt', stories(counts.storyCharacters, seeds.story))
  await writeIn(join(folder, 'houses'), 'houses.csv', houses(counts.houses, seeds.houses))
  await writeIn(join(folder, 'flowers'), 'flowers.csv', flowers(counts.flowersPerSpecies, seeds.flowers))
  await writeFile(join(folder, 'samples.json'), `${JSON.stringify(list, null, 2)}\n`)
}

if (import.meta.main) await generate(process.argv[2] ?? join(import.meta.dirname, 'samples'))
