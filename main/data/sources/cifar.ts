/**
 * CIFAR-10 and CIFAR-100 in their binary form: a byte or two of labels, then 32 x 32 bytes each of red, green and blue.
 * Format: https://www.cs.toronto.edu/~kriz/cifar.html
 */
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { plainOptions } from '../../common/data/options.ts'
import type { ImportOptions } from '../../common/data/options.ts'
import type { Reading } from '../../common/data/guess.ts'
import type { Split } from '../../common/data/dataset.ts'
import { listFolder, look, naturalOrder } from '../files.ts'
import { scanPacked } from '../images/packed.ts'
import { createPace } from '../pace.ts'
import type { Pace } from '../pace.ts'
import { count, figure, refuse, refuseFileError, someOf } from '../refuse.ts'
import type { Fitted } from '../single/preparation.ts'
import type { Scan, Source } from './source.ts'

const side = 32
const pixels = 3 * side * side
const mostBytes = 1 << 30

interface Layout {
  title: string
  /** By what a person may choose; the place of its byte in a record, and the file that names the classes. */
  labels: Record<string, { place: number; names: string; classes: number }>
  labelBytes: number
  train: RegExp
  test: RegExp
}

const layouts: readonly Layout[] = [
  {
    title: 'CIFAR-10',
    labels: { label: { place: 0, names: 'batches.meta.txt', classes: 10 } },
    labelBytes: 1,
    train: /^data_batch_\d+\.bin$/i,
    test: /^test_batch\.bin$/i,
  },
  {
    title: 'CIFAR-100',
    labels: {
      fine: { place: 1, names: 'fine_label_names.txt', classes: 100 },
      coarse: { place: 0, names: 'coarse_label_names.txt', classes: 20 },
    },
    labelBytes: 2,
    train: /^train\.bin$/i,
    test: /^test\.bin$/i,
  },
]

const copyAgain = 'Download the binary version again.'

interface Batches {
  layout: Layout
  folder: string
  files: { path: string; split: Split | null }[]
  reasons: string[]
}

/** The batches of a folder, of its only sub-folder, or of the folder that a file lies in. @throws UserError */
async function find(path: string): Promise<Batches | null> {
  const chosen = !(await look(path)).isDirectory()
  const named = layouts.some(({ train, test }) => [train, test].some((word) => word.test(basename(path))))
  if (chosen && !named) return null
  const root = chosen ? dirname(path) : path
  const entries = await listFolder(root)
  const folders = entries.filter((entry) => entry.folder)
  return (
    (await findIn(root)) ?? (!chosen && folders.length === 1 ? await findIn(folders[0]!.path) : null) ?? null
  )
}

async function findIn(folder: string): Promise<Batches | null> {
  const names = (await listFolder(folder).catch(() => [])).flatMap(({ name, folder: is }) =>
    is ? [] : [name],
  )
  const layout = layouts.find(({ train, test }) => names.some((name) => train.test(name) || test.test(name)))
  if (!layout) {
    if (names.includes('data_batch_1') && names.includes('batches.meta'))
      refuse(
        'cifar-pickle',
        `${folder} holds the Python version of CIFAR, which is pickled and never read: it may hold programs.`,
        'Download the binary version: cifar-10-binary.tar.gz.',
      )
    return null
  }
  // A train.bin may be anything; of CIFAR-100 its length must fit, or the names lie beside it.
  const train = names.filter((name) => layout.train.test(name)).sort(naturalOrder)
  const test = names.filter((name) => layout.test.test(name))
  const telling = layout.labelBytes === 1 || names.some((name) => /_label_names\.txt$/.test(name))
  if (!telling && (await look(join(folder, (train[0] ?? test[0])!))).size % (pixels + 2) !== 0) return null
  const both = train.length > 0 && test.length > 0
  const reasons = [
    both
      ? `${someOf(train, 6)} for training, ${test[0]!} for validation.`
      : `Only ${someOf([...train, ...test], 6)}: part is held out for validation.`,
  ]
  const part = (split: Split) => (name: string) => ({
    path: join(folder, name),
    split: both ? split : null,
  })
  return { layout, folder, files: [...train.map(part('train')), ...test.map(part('validation'))], reasons }
}

interface Loaded {
  classNames: string[]
  parts: { name: string; split: Split | null; bytes: Buffer; count: number }[]
  /** Bytes of an image with its labels. */
  record: number
  place: number
  said: string
}

/** @throws UserError `data/cifar-length`, `data/label-range`, `data/too-large`, `data/options` */
async function load(found: Batches, wanted: string | undefined, pace: Pace): Promise<Loaded> {
  const { layout } = found
  const choices = Object.keys(layout.labels)
  const choice = wanted ?? choices[0]!
  const label = layout.labels[choice]
  if (!label)
    refuse('options', `${layout.title} has no labels called "${choice}".`, `Choose ${choices.join(' or ')}.`)
  const record = layout.labelBytes + pixels
  const parts: Loaded['parts'] = []
  let total = 0
  for (const [at, { path, split }] of found.files.entries()) {
    pace.report(at, found.files.length, `Reading ${basename(path)}`)
    const { size } = await look(path)
    total += size
    if (size === 0 || size % record !== 0)
      refuse(
        'cifar-length',
        `${basename(path)} has ${count(size, 'byte')}, expected a multiple of ${figure(record)}: ${layout.labelBytes} of labels and ${figure(pixels)} of pixels for each image.`,
        copyAgain,
      )
    if (total > mostBytes)
      refuse('too-large', `The batches take more than ${figure(mostBytes)} bytes.`, 'Take some of them out.')
    const bytes = await readFile(path).catch((error: unknown) => refuseFileError(error, path))
    parts.push({ name: basename(path), split, bytes, count: Math.floor(bytes.length / record) })
  }
  const names = await namesIn(join(found.folder, label.names))
  const classNames = names ?? Array.from({ length: label.classes }, (_, value) => String(value))
  for (const part of parts)
    for (let item = 0; item < part.count; item += 1) {
      const value = part.bytes[item * record + label.place]!
      if (value >= classNames.length)
        refuse(
          'label-range',
          `${part.name} has the label ${value} at item ${figure(item)}, out of range: ${layout.title} has ${count(classNames.length, 'class', 'classes')} (${names ? label.names : choice}).`,
          copyAgain,
        )
    }
  const said = names ? `Classes are named by ${label.names}.` : `Without ${label.names} classes are numbers.`
  return { classNames, parts, record, place: label.place, said }
}

/** Null where there is no such file, or no name in it. */
async function namesIn(path: string): Promise<string[] | null> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const names = text.split(/\r?\n/).flatMap((line) => line.trim().slice(0, 120) || [])
  return names.length > 1 && names.length <= 256 && new Set(names).size === names.length ? names : null
}

async function inspect(path: string): Promise<Reading | null> {
  const found = await find(path)
  if (!found) return null
  const { layout, reasons } = found
  const { classNames, parts, record, place, said } = await load(found, undefined, createPace())
  const classes = classNames.map((name) => ({ name, count: 0 }))
  for (const { bytes, count: images } of parts)
    for (let item = 0; item < images; item += 1) classes[bytes[item * record + place]!]!.count += 1
  const sampleCount = parts.reduce((sum, part) => sum + part.count, 0)
  const choices = Object.keys(layout.labels)
  const several = choices.length > 1
  return {
    path,
    task: 'classify',
    columns: several ? ['image', ...choices] : [],
    headerRow: false,
    options: {
      ...plainOptions,
      kind: 'cifar',
      name: layout.title,
      columns: several ? { header: true, input: 'image', label: choices[0]! } : null,
    },
    reasons: [
      `${layout.title} in binary form, by names and lengths: ${count(sampleCount, 'colour image')} of ${side} x ${side}.`,
      ...reasons,
      said,
      ...(several ? [`Of its labels the ${choices[0]!} ones; ${choices[1]!} ones can be chosen.`] : []),
    ],
    classes,
    sampleCount,
    givenSplit: parts.some((part) => part.split !== null),
  }
}

async function scan(path: string, options: ImportOptions, pace: Pace, fitted: Fitted | null): Promise<Scan> {
  const found = await find(path)
  if (!found)
    refuse(
      'cifar-missing',
      `${path} holds no CIFAR batches.`,
      'Choose the folder with data_batch_1.bin and so on, or with train.bin and test.bin.',
    )
  const { classNames, parts, record, place } = await load(found, options.columns?.label, pace)
  const packed = parts.map(({ name, split, bytes, count: images }) => {
    const classes = Uint8Array.from({ length: images }, (_, item) => bytes[item * record + place]!)
    return {
      name,
      split,
      count: images,
      image: (item: number) => bytes.subarray((item + 1) * record - pixels, (item + 1) * record),
      classOf: (item: number) => classes[item]!,
      identity: [classes, classNames.join('\0')],
    }
  })
  const shape = { channels: 3, height: side, width: side } as const
  return scanPacked({ kind: 'cifar', ...shape, classNames, parts: packed, notes: [] }, pace, fitted)
}

export const cifar: Source = { inspect, scan }
