/**
 * Makes the sample sets in `resources/samples/`: `node resources/generate.ts [folder]`.
 * Deterministic: the same code gives the same pictures, bytes and texts on every machine.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { digitSide, drawDigits } from './generator/digits.ts'
import { drawShapes } from './generator/shapes.ts'
import type { Picture } from './generator/shapes.ts'
import { topicRows } from './generator/topics.ts'

const seeds = { digitsTrain: 2701, digitsValidation: 2702, shapes: 3301, topics: 4111 }
export const counts = { digitsTrain: 2500, digitsValidation: 500, shapesPerClass: 150, topicsPerClass: 300 }

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
]

/** An IDX file of unsigned bytes. */
function idxFile(shape: readonly number[], elements: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length)
  header.writeUInt32BE(0x0800 + shape.length, 0)
  shape.forEach((size, axis) => header.writeUInt32BE(size, 4 + 4 * axis))
  return Buffer.concat([header, elements])
}

function encodePng({ width, height, pixels }: Picture): Promise<Buffer> {
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 9 })
    .toBuffer()
}

/** Writes the samples into `folder`, replacing what is there; fewer pictures of each shape when asked. */
export async function generate(folder: string, shapesPerClass = counts.shapesPerClass): Promise<void> {
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
  for (const { name, index, picture } of drawShapes(shapesPerClass, seeds.shapes)) {
    await mkdir(join(folder, 'shapes', name), { recursive: true })
    await writeFile(
      join(folder, 'shapes', name, `${String(index).padStart(3, '0')}.png`),
      await encodePng(picture),
    )
  }
  await mkdir(join(folder, 'topics'))
  const rows = topicRows(counts.topicsPerClass, seeds.topics)
  await writeFile(
    join(folder, 'topics', 'topics.tsv'),
    rows.map(({ topic, text }) => `${topic}\t${text}\n`).join(''),
  )
  await writeFile(join(folder, 'samples.json'), `${JSON.stringify(list, null, 2)}\n`)
}

if (import.meta.main) await generate(process.argv[2] ?? join(import.meta.dirname, 'samples'))
