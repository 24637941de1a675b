/** MNIST IDX: images and labels in two files, one or two parts, plain or gzip. */
import { basename, dirname } from 'node:path'
import { plainOptions } from '../../common/schemas.ts'
import type { ImportOptions, Reading } from '../../common/schemas.ts'
import { digestNow, Fingerprint, identity } from '../digest.ts'
import { look } from '../files.ts'
import { findIdx } from '../idx/find.ts'
import type { IdxPair } from '../idx/find.ts'
import { readIdx, readIdxHeader } from '../idx/read.ts'
import { createPace } from '../pace.ts'
import type { Pace } from '../pace.ts'
import { Problems } from '../problems.ts'
import { count, figure, refuse } from '../refuse.ts'
import type { Order, Row } from '../split.ts'
import type { Encoded, Encoder, Scan, Source } from './source.ts'

async function inspect(path: string): Promise<Reading | null> {
  const found = await findIdx(path)
  if (!found) return null
  const counts = new Map<number, number>()
  let sampleCount = 0
  let size = ''
  for (const pair of found.pairs) {
    const { shape } = await readIdxHeader(pair.images, 'images')
    const labels = await readIdx(pair.labels, 'labels', createPace())
    checkCounts(pair, shape[0]!, labels.shape[0]!)
    sampleCount += shape[0]!
    size = `${shape[1]} x ${shape[2]}`
    for (const label of labels.elements) counts.set(label, (counts.get(label) ?? 0) + 1)
  }
  const values = [...counts.keys()].sort((a, b) => a - b)
  return {
    path,
    task: 'classify',
    columns: [],
    options: {
      ...plainOptions,
      kind: 'idx',
      name: basename((await look(path)).isDirectory() ? path : dirname(path)).slice(0, 120) || 'IDX images',
    },
    reasons: [
      `IDX files by name and content: ${count(sampleCount, 'grey image')} of ${size}.`,
      ...found.reasons,
      `The labels hold ${count(values.length, 'value')}, one class each.`,
    ],
    classes: values.map((value) => ({ name: String(value), count: counts.get(value)! })),
    sampleCount,
    givenSplit: found.pairs.length === 2,
  }
}

async function scan(path: string, _options: ImportOptions, pace: Pace): Promise<Scan> {
  const found = await findIdx(path)
  if (!found)
    refuse(
      'idx-no-images',
      `${path} holds no IDX files.`,
      'Choose a folder with files named like train-images-idx3-ubyte and train-labels-idx1-ubyte (.gz too).',
    )
  const fingerprint = new Fingerprint().add('idx')
  const parts: { pair: IdxPair; shape: number[]; pixels: Buffer; labels: Buffer; first: number }[] = []
  const rows: Row[] = []
  for (const pair of found.pairs) {
    pace.report(parts.length, found.pairs.length, `Reading ${basename(pair.images)}`)
    const labels = await readIdx(pair.labels, 'labels', pace)
    const header = await readIdxHeader(pair.images, 'images')
    checkCounts(pair, header.shape[0]!, labels.shape[0]!)
    const images = await readIdx(pair.images, 'images', pace)
    parts.push({ pair, shape: images.shape, pixels: images.elements, labels: labels.elements, first: 0 })
  }
  const size = checkSizes(parts)
  const values = checkLabels(parts)
  const sampleBytes = size[1]! * size[2]!
  for (const part of parts) {
    part.first = rows.length
    const digests = new Fingerprint()
    for (let item = 0; item < part.labels.length; item += 1) {
      await pace.rest()
      const itemDigest = digestNow(part.pixels.subarray(item * sampleBytes, (item + 1) * sampleBytes))
      digests.add(itemDigest)
      rows.push({
        classIndex: values.indexOf(part.labels[item]!),
        ...identity(itemDigest),
        split: part.pair.split,
      })
    }
    fingerprint
      .add(part.pair.split ?? '')
      .add(digests.hex())
      .add(part.labels)
      .add(part.shape.join('x'))
  }

  async function* encode(wanted: readonly number[]): AsyncGenerator<Encoded> {
    for (const row of wanted) {
      const part = parts.findLast((candidate) => row >= candidate.first)!
      const item = row - part.first
      yield {
        row,
        input: part.pixels.subarray(item * sampleBytes, (item + 1) * sampleBytes),
        item: `${basename(part.pair.images)}#${item}`,
        problem: null,
      }
    }
  }

  return {
    task: 'classify',
    classNames: values.map(String),
    rows,
    fingerprint: fingerprint.hex(),
    problems: new Problems(),
    encoder: (_order: Order): Promise<Encoder> =>
      Promise.resolve({
        sampleShape: [1, size[1]!, size[2]!],
        storedDtype: 'uint8',
        bytes: rows.length * sampleBytes,
        encode,
        note: 'Decoding images',
        sizes: new Map([[`${size[2]}x${size[1]}`, rows.length]]),
        vocabulary: null,
        notes: () => [],
      }),
  }
}

function checkCounts(pair: IdxPair, images: number, labels: number): void {
  if (images === labels) return
  refuse(
    'idx-count',
    `${basename(pair.images)} holds ${count(images, 'image')}, but ${basename(pair.labels)} holds ${count(labels, 'label')}.`,
    'Use two files that belong together: every image needs one label.',
  )
}

function checkSizes(parts: { pair: IdxPair; shape: number[] }[]): number[] {
  const [first, second] = parts
  if (second && first!.shape.slice(1).join() !== second.shape.slice(1).join())
    refuse(
      'idx-size',
      `Training images are ${first!.shape.slice(1).join(' x ')}, validation images ${second.shape.slice(1).join(' x ')}.`,
      'Use two parts of one set.',
    )
  return first!.shape
}

/**
 * The label values, which become the classes in their order. IDX does not say how many classes there
 * are, so a value counts as out of range when no training label has it, or when it lies far outside of
 * what the number of different values explains (0 to 9 and a lone 200: damage, not a class).
 * @throws UserError `data/label-range`
 */
function checkLabels(parts: { pair: IdxPair; labels: Buffer }[]): number[] {
  const [train, validation] = parts
  const values = [...new Set(train!.labels)].sort((a, b) => a - b)
  const range = `${figure(values[0]!)} to ${figure(values[values.length - 1]!)}`
  const highest = values[values.length - 1]!
  if (values.length > 1 && highest >= 2 * values.length + 10) {
    const lower = values[values.length - 2]!
    refuse(
      'label-range',
      `${basename(train!.pair.labels)} has the label ${highest} at item ${figure(train!.labels.indexOf(highest))}, out of range: there are only ${values.length} different values, the next one is ${lower}.`,
      'Check the labels file: classes are expected to be numbered from 0 without large gaps.',
    )
  }
  if (validation) {
    const known = new Set(values)
    const stranger = validation.labels.findIndex((label) => !known.has(label))
    if (stranger >= 0)
      refuse(
        'label-range',
        `${basename(validation.pair.labels)} has the label ${validation.labels[stranger]} at item ${figure(stranger)}, out of range: training labels run from ${range}.`,
        'Use two parts of one set, or mend that label.',
      )
  }
  return values
}

export const idx: Source = { inspect, scan }
