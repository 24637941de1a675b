/** Arrays with a row of numbers a sample, read as the records of a table: features `f0`, `f1`, ..., then what is predicted. */
import { extname } from 'node:path'
import type { Pace } from '../pace.ts'
import { mostColumns, sampleRows } from '../records/index.ts'
import type { RecordRow, Records } from '../records/index.ts'
import { count, figure, refuse } from '../refuse.ts'
import { numberReader, stridesOf, textAt } from './array.ts'
import type { NpyArray } from './array.ts'
import { findPairs, roleOf } from './find.ts'
import type { Pair, Pairs } from './find.ts'
import { labelTexts } from './values.ts'

/** Whether the samples are rows of numbers, and not images. */
export const areFeatures = ({ pairs }: Pairs): boolean =>
  pairs.every(({ samples }) => samples.shape.length === 1 || samples.shape.length === 2)

/**
 * Reads all arrays; rows are made one by one.
 * @returns null where the path holds no arrays, or arrays of images
 * @throws UserError the refusals of find.ts and values.ts, `data/npy-shape`, `data/table-columns`
 */
export async function openArrayTable(path: string, mostRows: number, pace: Pace): Promise<Records | null> {
  const found = await findPairs(path, pace)
  if (!found || !areFeatures(found)) return null
  const { pairs } = found
  const width = sameWidth(pairs)
  const said: string[] = []
  const labels = pairs.map((pair) => labelTexts(pair, said))
  const target = targetName(pairs[0]!.labels.name)
  const split = pairs.length > 1
  const columns = [
    ...Array.from({ length: width }, (_, index) => `f${index}`),
    ...(split ? ['split'] : []),
    target,
  ]
  async function* rows(): AsyncGenerator<RecordRow> {
    let number = 0
    for (const [part, { samples, split: side }] of pairs.entries()) {
      const cellOf = cellReader(samples)
      for (let item = 0; item < samples.shape[0]!; item += 1) {
        if (number === mostRows) return
        number += 1
        const cells = Array.from({ length: width }, (_, index) => cellOf(item, index))
        if (split) cells.push(side)
        cells.push(labels[part]![item]!)
        yield { number, cells, problem: null }
      }
    }
  }
  const sample: Records['sample'] = []
  for await (const { cells } of rows()) if (sample.push(cells) === sampleRows) break
  const total = pairs.reduce((sum, { samples }) => sum + samples.shape[0]!, 0)
  return {
    format: 'arrays',
    columns,
    header: true,
    delimiter: null,
    approximateRows: total,
    exact: true,
    reasons: [...pairs.map(({ samples }) => describe(samples)), ...found.reasons, ...said, ...pixels(width)],
    sample,
    rows,
  }
}

function sameWidth(pairs: readonly Pair[]): number {
  const widths = pairs.map(({ samples }) => samples.shape[1] ?? 1)
  const [width] = widths
  const stranger = widths.findIndex((other) => other !== width)
  if (stranger >= 0)
    refuse(
      'npy-shape',
      `The parts differ: ${count(width!, 'feature')} in ${pairs[0]!.samples.name}, ${figure(widths[stranger]!)} in ${pairs[stranger]!.samples.name}.`,
      'Use parts of one set.',
    )
  if (width! > mostColumns)
    refuse(
      'table-columns',
      `${pairs[0]!.samples.name} has ${count(width!, 'feature')} a row.`,
      `At most ${figure(mostColumns)} are read; images are samples x height x width.`,
    )
  return width!
}

const describe = ({ name, shape }: NpyArray): string =>
  `${name} is ${shape.join(' x ')}: ${count(shape[0]!, 'row')} of ${count(shape[1] ?? 1, 'feature')}.`

/** Images are often saved flat; one who did that should know. */
function pixels(width: number): string[] {
  const side = Math.sqrt(width)
  return Number.isInteger(side) && side >= 8
    ? [
        `If the ${width} numbers of a row are pixels: arrays of samples x ${side} x ${side} are read as images.`,
      ]
    : []
}

/** `y` of `y_train.npy`. */
function targetName(array: string): string {
  const key = array.slice(0, array.length - (extname(array) === '.npy' ? 4 : 0))
  return roleOf(key)?.word ?? key
}

/** A cell as a table would hold it; null where the number is missing. */
function cellReader(array: NpyArray): (item: number, index: number) => string | null {
  const [row = 1, column = 0] = stridesOf(array)
  const place = (item: number, index: number): number => item * row + index * column
  const { kind } = array.type
  if (kind === 'U' || kind === 'S') return (item, index) => textAt(array, place(item, index))
  const read = numberReader(array)
  return (item, index) => {
    const value = read(place(item, index))
    return Number.isNaN(value) ? null : String(value)
  }
}
