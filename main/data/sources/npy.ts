/** NumPy arrays of images: images and labels in one .npz, or in .npy files that lie together. */
import { basename, dirname, extname } from 'node:path'
import { plainOptions } from '../../common/data/options.ts'
import type { ImportOptions } from '../../common/data/options.ts'
import type { Reading } from '../../common/data/guess.ts'
import { look } from '../files.ts'
import { scanPacked } from '../images/packed.ts'
import { findPairs } from '../npy/find.ts'
import type { Pairs } from '../npy/find.ts'
import { areFeatures } from '../npy/table.ts'
import { labelsOf, layoutOf, scaleOf, toImages } from '../npy/values.ts'
import type { ImageLayout, Labels, Scale } from '../npy/values.ts'
import { createPace } from '../pace.ts'
import type { Pace } from '../pace.ts'
import { count, refuse } from '../refuse.ts'
import type { Fitted } from '../single/preparation.ts'
import type { Scan, Source } from './source.ts'

interface Understood {
  layouts: ImageLayout[]
  scale: Scale
  labels: Labels
}

async function inspect(path: string): Promise<Reading | null> {
  const pace = createPace()
  const found = await findPairs(path, pace)
  // Rows of numbers are a table.
  if (!found || areFeatures(found)) return null
  const { layouts, scale, labels } = await understand(found, pace)
  const counts = new Uint32Array(labels.classNames.length)
  for (const part of labels.classes) for (const classIndex of part) counts[classIndex]! += 1
  const folder = (await look(path)).isDirectory() ? path : dirname(path)
  const named = extname(path) === '.npz' ? basename(path, extname(path)) : basename(folder)
  return {
    path,
    task: 'classify',
    columns: [],
    headerRow: false,
    options: { ...plainOptions, kind: 'npy', name: named.slice(0, 120) || 'Arrays' },
    reasons: [
      ...layouts.map(({ said }) => said),
      ...found.reasons,
      ...(scale.said ? [scale.said] : []),
      ...labels.said,
      `The labels hold ${count(labels.classNames.length, 'value')}, one class each.`,
    ],
    classes: labels.classNames.map((name, index) => ({ name, count: counts[index]! })),
    sampleCount: labels.classes.reduce((sum, part) => sum + part.length, 0),
    givenSplit: found.pairs.length > 1,
  }
}

async function scan(path: string, _options: ImportOptions, pace: Pace, fitted: Fitted | null): Promise<Scan> {
  pace.report(0, 0, `Reading ${basename(path)}`)
  const found = await findPairs(path, pace)
  if (!found)
    refuse(
      'npy-names',
      `${path} holds no NumPy arrays.`,
      'Choose an .npz, or a folder with X.npy and y.npy, or x_train.npy, y_train.npy and so on.',
    )
  const { layouts, scale, labels } = await understand(found, pace)
  const { channels, height, width } = layouts[0]!
  const size = channels * height * width
  const parts = []
  for (const [at, { split, samples, labels: array }] of found.pairs.entries()) {
    const pixels = await toImages(samples, layouts[at]!, scale, pace)
    const classes = labels.classes[at]!
    parts.push({
      name: samples.name,
      split,
      count: classes.length,
      image: (item: number) => pixels.subarray(item * size, (item + 1) * size),
      classOf: (item: number) => classes[item]!,
      identity: [new Uint8Array(classes.buffer), `${array.name}: ${channels}x${height}x${width}`],
    })
  }
  const { classNames } = labels
  const notes = [...(scale.said ? [scale.said] : []), ...labels.said]
  // Numbers alone do not tell the classes; the names are part of what is stored.
  parts[0]!.identity.push(classNames.join('\0'))
  return scanPacked({ kind: 'npy', channels, height, width, classNames, parts, notes }, pace, fitted)
}

/** @throws UserError the refusals of npy/values.ts, `data/npy-shape` where the parts differ */
async function understand({ pairs }: Pairs, pace: Pace): Promise<Understood> {
  const layouts = pairs.map(({ samples }) => layoutOf(samples))
  const sizeOf = ({ channels, height, width }: ImageLayout): string => `${channels} x ${height} x ${width}`
  const [first, ...others] = layouts
  const stranger = others.find((layout) => sizeOf(layout) !== sizeOf(first!))
  if (stranger)
    refuse(
      'npy-shape',
      `The parts differ: images of ${sizeOf(first!)} and of ${sizeOf(stranger)}.`,
      'Use parts of one set.',
    )
  const labels = labelsOf(pairs)
  const scale = await scaleOf(
    pairs.map(({ samples }) => samples),
    pace,
  )
  return { layouts, scale, labels }
}

export const npy: Source = { inspect, scan }
