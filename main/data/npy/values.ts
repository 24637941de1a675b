/** Arrays of any type and order to images of bytes, and to classes. */
import { naturalOrder } from '../files.ts'
import type { Pace } from '../pace.ts'
import { count, figure, refuse } from '../refuse.ts'
import { numberReader, stridesOf, textAt } from './array.ts'
import type { NpyArray } from './array.ts'
import type { Pair } from './find.ts'

export interface ImageLayout {
  channels: 1 | 3
  height: number
  width: number
  /** Axis of the array that each of channel, row and column runs along; null for the channel of grey images. */
  axes: { channel: number | null; row: number; column: number }
  said: string
}

/** @throws UserError `data/npy-shape` */
export function layoutOf({ shape, name }: NpyArray): ImageLayout {
  const text = shape.join(' x ')
  const [items, a = 0, b = 0, c = 0] = shape
  const isChannels = (size: number): size is 1 | 3 => size === 1 || size === 3
  const of = (channels: 1 | 3, height: number, width: number, axes: ImageLayout['axes']): ImageLayout => ({
    channels,
    height,
    width,
    axes,
    said: `${name} is ${text}: ${count(items!, channels === 1 ? 'grey image' : 'colour image')} of ${width} x ${height}.`,
  })
  if (shape.length === 3) return of(1, a, b, { channel: null, row: 1, column: 2 })
  if (shape.length === 4 && isChannels(c)) return of(c, a, b, { channel: 3, row: 1, column: 2 })
  if (shape.length === 4 && isChannels(a)) return of(a, b, c, { channel: 1, row: 2, column: 3 })
  const mend = 'Images are samples x height x width, with 1 or 3 channels in the last or the second place.'
  if (shape.length === 2)
    refuse(
      'npy-shape',
      `${name} is ${text}: a table of ${count(a, 'feature')}, not images.`,
      `Read it as a table, or reshape it: ${mend}`,
    )
  refuse('npy-shape', `${name} is ${text}, which is no set of images.`, mend)
}

export interface Scale {
  /** A stored byte of a value of the array. */
  toByte: (value: number) => number
  /** What is done, in a sentence; null where the array holds bytes. */
  said: string | null
}

/** How values become bytes, decided by all values of all parts. @throws UserError `data/npy-range` */
export async function scaleOf(arrays: readonly NpyArray[], pace: Pace): Promise<Scale> {
  const kinds = new Set(arrays.map(({ type }) => `${type.kind}${type.bytes}`))
  if (kinds.size === 1 && kinds.has('u1')) return { toByte: (value) => value, said: null }
  const names = arrays.map(({ name }) => name).join(' and ')
  if (kinds.size === 1 && kinds.has('b1'))
    return { toByte: (value) => 255 * value, said: `${names}: true and false became 255 and 0.` }
  const { least, most, whole } = await rangeOf(arrays, pace)
  const range = `${shown(least)} to ${shown(most)}`
  if (!Number.isFinite(least) || !Number.isFinite(most))
    refuse(
      'npy-range',
      `${names} holds values that are no numbers, or infinite (${range}).`,
      'Replace them before saving.',
    )
  const bytes = (scale: number, shift: number, said: string): Scale => ({
    toByte: (value) => Math.round((value + shift) * scale),
    said: `${names}: values from ${range} ${said}.`,
  })
  if (least >= 0 && most <= 1 && !(whole && arrays.every(({ type }) => type.kind !== 'f')))
    return bytes(255, 0, 'were multiplied by 255')
  if (least >= 0 && most <= 255) return bytes(1, 0, whole ? 'are kept as bytes' : 'were rounded to bytes')
  if (least >= 0 && most <= 65535 && whole)
    return bytes(255 / 65535, 0, 'are 16-bit values and were divided by 257')
  if (least >= -1 && most <= 1) return bytes(127.5, 1, 'were moved from -1..1 to 0..255')
  refuse(
    'npy-range',
    `${names} has values from ${range}; images have 0 to 255, 0 to 1, -1 to 1 or 0 to 65,535.`,
    'Save the images as they were before they were standardised.',
  )
}

async function rangeOf(
  arrays: readonly NpyArray[],
  pace: Pace,
): Promise<{ least: number; most: number; whole: boolean }> {
  let [least, most, whole] = [Infinity, -Infinity, true]
  for (const array of arrays) {
    const read = numberReader(array)
    const elements = array.dataBytes / array.type.bytes
    for (let at = 0; at < elements; at += 1) {
      if (at % 65536 === 0) await pace.rest()
      const value = read(at)
      if (Number.isNaN(value)) return { least: NaN, most: NaN, whole }
      if (value < least) least = value
      if (value > most) most = value
      whole &&= Number.isInteger(value)
    }
  }
  return { least, most, whole }
}

const shown = (value: number): string => (Number.isInteger(value) ? figure(value) : value.toPrecision(3))

/** uint8 `[items, channels, height, width]`. */
export async function toImages(
  array: NpyArray,
  { channels, height, width, axes }: ImageLayout,
  { toByte }: Scale,
  pace: Pace,
): Promise<Buffer> {
  const items = array.shape[0]!
  const strides = stridesOf(array)
  const [item, row, column] = [strides[0]!, strides[axes.row]!, strides[axes.column]!]
  const plane = axes.channel === null ? 0 : strides[axes.channel]!
  const size = channels * height * width
  // As it should be already: nothing to move, and nothing to copy.
  const inOrder =
    item === size && row === width && column === 1 && (channels === 1 || plane === height * width)
  if (inOrder && array.type.kind === 'u' && array.type.bytes === 1) return array.data
  const read = numberReader(array)
  const images = Buffer.allocUnsafe(items * size)
  let to = 0
  for (let image = 0; image < items; image += 1) {
    for (let channel = 0; channel < channels; channel += 1)
      for (let y = 0; y < height; y += 1) {
        if (y % 64 === 0) await pace.rest()
        const from = image * item + channel * plane + y * row
        for (let x = 0; x < width; x += 1) images[to++] = toByte(read(from + x * column))
      }
  }
  return images
}

export interface Labels {
  /** In natural order. */
  classNames: string[]
  /** By part and sample. */
  classes: Uint32Array[]
  said: string[]
}

const mostClasses = 1000

/** @throws UserError `data/npy-count`, `data/npy-labels`, `data/label-range`, `data/too-many-classes` */
export function labelsOf(pairs: readonly Pair[]): Labels {
  const said: string[] = []
  const names = pairs.map((pair) => namesOf(pair, said))
  const training = names[0]!
  const classNames = [...new Set(training)].sort(naturalOrder)
  if (classNames.length > mostClasses)
    refuse(
      'too-many-classes',
      `${pairs[0]!.labels.name} has ${count(classNames.length, 'different label')} in ${count(training.length, 'sample')}: too many to be classes.`,
      'Choose an array of class numbers or names as the labels.',
    )
  const index = new Map(classNames.map((name, at) => [name, at]))
  const classes = names.map((part, at) =>
    Uint32Array.from(part, (name, item) => {
      const known = index.get(name)
      if (known === undefined)
        refuse(
          'label-range',
          `${pairs[at]!.labels.name} has the label ${name} at item ${figure(item)}, which no training label has.`,
          'Use parts of one set, or mend that label.',
        )
      return known
    }),
  )
  return { classNames, classes, said: [...new Set(said)] }
}

/** The class of every sample. */
function namesOf(pair: Pair, said: string[]): string[] {
  const { name, type } = pair.labels
  const texts = labelTexts(pair, said)
  if (type.kind === 'U' || type.kind === 'S') return texts.map((text) => text || '(empty)')
  const wrong = texts.findIndex((text) => !Number.isInteger(Number(text)))
  if (wrong >= 0)
    refuse(
      'npy-labels',
      `${name} has the label ${texts[wrong]!} at item ${figure(wrong)}, expected class numbers.`,
      'Save whole numbers or names, one for each class; numbers are predicted from rows of features only.',
    )
  return texts
}

/**
 * The label of every sample, as text; of one-hot rows the place of the 1.
 * @throws UserError `data/npy-count`, `data/npy-labels`
 */
export function labelTexts({ samples, labels }: Pair, said: string[]): string[] {
  const { shape, name, type } = labels
  const [items = 1, width = 1] = shape
  if (items !== samples.shape[0] || shape.length === 0)
    refuse(
      'npy-count',
      `${samples.name} holds ${count(samples.shape[0] ?? 1, 'sample')}, but ${name} holds ${count(shape.length === 0 ? 1 : items, 'label')}.`,
      'Use two arrays that belong together: every sample needs one label.',
    )
  if (shape.length > 2)
    refuse(
      'npy-labels',
      `${name} is ${shape.join(' x ')}, expected one label a sample.`,
      'Save a flat array of labels.',
    )
  if (type.kind === 'U' || type.kind === 'S') {
    if (width > 1) refuseWide(name, shape)
    return Array.from({ length: items }, (_, item) => textAt(labels, item).slice(0, 120))
  }
  const read = numberReader(labels)
  const strides = stridesOf(labels)
  const at = (item: number, column: number): number => read(item * strides[0]! + column * (strides[1] ?? 0))
  if (width > 1) {
    said.push(`${name} is one-hot: the place of the 1 is the class.`)
    return Array.from({ length: items }, (_, item) => {
      let hot = -1
      for (let column = 0; column < width; column += 1) {
        const value = at(item, column)
        if (value === 1 && hot < 0) hot = column
        else if (value !== 0) refuseWide(name, shape)
      }
      if (hot < 0) refuseWide(name, shape)
      return String(hot)
    })
  }
  return Array.from({ length: items }, (_, item) => String(at(item, 0)))
}

function refuseWide(name: string, shape: readonly number[]): never {
  refuse(
    'npy-labels',
    `${name} is ${shape.join(' x ')}, but its rows are not one-hot.`,
    'Save one label a sample.',
  )
}
