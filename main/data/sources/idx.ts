/** MNIST IDX: images and labels in two files, one or two parts, plain or gzip. */
import { basename, dirname } from 'node:path'
import { plainOptions } from '../../common/data/options.ts'
import type { ImportOptions } from '../../common/data/options.ts'
import type { Reading } from '../../common/data/guess.ts'
import { look } from '../files.ts'
import { findIdx } from '../idx/find.ts'
import type { IdxPair } from '../idx/find.ts'
import { readIdx, readIdxHeader } from '../idx/read.ts'
import { scanPacked } from '../images/packed.ts'
import { createPace } from '../pace.ts'
import type { Pace } from '../pace.ts'
import { count, figure, refuse } from '../refuse.ts'
import type { Fitted } from '../single/preparation.ts'
import type { Scan, Source } from './source.ts'

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
    headerRow: false,
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

async function scan(path: string, _options: ImportOptions, pace: Pace, fitted: Fitted | null): Promise<Scan> {
  const found = await findIdx(path)
  if (!found)
    refuse(
      'idx-no-images',
      `${path} holds no IDX files.`,
      'Choose a folder with files named like train-images-idx3-ubyte and train-labels-idx1-ubyte (.gz too).',
    )
  const parts: { pair: IdxPair; shape: number[]; pixels: Buffer; labels: Buffer }[] = []
  for (const pair of found.pairs) {
    pace.report(parts.length, found.pairs.length, `Reading ${basename(pair.images)}`)
    const labels = await readIdx(pair.labels, 'labels', pace)
    const header = await readIdxHeader(pair.images, 'images')
    checkCounts(pair, header.shape[0]!, labels.shape[0]!)
    const images = await readIdx(pair.images, 'images', pace)
    parts.push({ pair, shape: images.shape, pixels: images.elements, labels: labels.elements })
  }
  const [, height, width] = checkSizes(parts) as [number, number, number]
  const values = checkLabels(parts)
  const bytes = height * width
  return scanPacked(
    {
      kind: 'idx',
      channels: 1,
      height,
      width,
      classNames: values.map(String),
      notes: [],
      parts: parts.map(({ pair, shape, pixels, labels }) => ({
        name: basename(pair.images),
        split: pair.split,
        count: labels.length,
        image: (item) => pixels.subarray(item * bytes, (item + 1) * bytes),
        classOf: (item) => values.indexOf(labels[item]!),
        identity: [labels, shape.join('x')],
      })),
    },
    pace,
    fitted,
  )
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
