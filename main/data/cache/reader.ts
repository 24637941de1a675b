/** Single rows of a stored data set. */
import { open, readFile } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dataset } from '../../common/data/dataset.ts'
import { refuse } from '../refuse.ts'
import { cacheFiles, elementBytes, hasPlaces, symbolsOf } from './layout.ts'

export interface StoredSample {
  bytes: Buffer
  /** The sample's own shape: no symbol is left in it. */
  shape: number[]
}

/** @throws UserError `data/cache-missing` where a file is cut short; the system's error where it is gone */
export async function readSamples(
  dataset: Dataset,
  folder: string,
  rows: readonly number[],
): Promise<StoredSample[]> {
  const symbols = symbolsOf(dataset.sampleShape)
  const width = 8 * (1 + symbols.length)
  const element = elementBytes[dataset.storedDtype]
  const places = hasPlaces(dataset)
    ? await withFile(join(folder, cacheFiles.rows), (file) =>
        Promise.all(rows.map((row) => readAt(file, row * width, width))),
      )
    : null
  return withFile(join(folder, cacheFiles.inputs), (file) =>
    Promise.all(
      rows.map(async (row, at) => {
        const place = places?.[at]
        const extents = symbols.map((_, index) => Number(place!.readBigUInt64LE(8 * (index + 1))))
        const shape = dataset.sampleShape.map((size) =>
          typeof size === 'number' ? size : extents[symbols.indexOf(size)]!,
        )
        const length = shape.reduce((product, size) => product * size, element)
        const begin = place ? Number(place.readBigUInt64LE(0)) * element : row * length
        return { bytes: await readAt(file, begin, length), shape }
      }),
    ),
  )
}

/** What each row is known by: its file, or its text. */
export async function readItems(folder: string, rows: readonly number[]): Promise<string[]> {
  const ranges = await withFile(join(folder, cacheFiles.offsets), (file) =>
    Promise.all(rows.map((row) => readAt(file, row * 8, 16))),
  )
  const lines = await withFile(join(folder, cacheFiles.items), (file) =>
    Promise.all(
      ranges.map((range) => {
        const from = Number(range.readBigUInt64LE(0))
        return readAt(file, from, Number(range.readBigUInt64LE(8)) - from)
      }),
    ),
  )
  // A line ends where the next begins, which leaves the comma between them on it.
  return lines.map((line) => String(JSON.parse(line.toString('utf8').replace(/,\n$/, ''))))
}

/**
 * A whole column of a data set: labels or targets of every row.
 * @param bytes of one element
 * @throws UserError `data/cache-missing`
 */
export async function readColumn(path: string, bytes: number): Promise<Buffer> {
  const column = await readFile(path).catch(() => null)
  if (column && column.length % bytes === 0) return column
  return refuse('cache-missing', 'The stored copy of a data set is not whole.', 'Import it again.')
}

/** Tokens by id, or words by feature. */
export async function readVocabulary(folder: string): Promise<string[]> {
  return JSON.parse(await readFile(join(folder, cacheFiles.vocabulary), 'utf8')) as string[]
}

async function withFile<Result>(path: string, use: (file: FileHandle) => Promise<Result>): Promise<Result> {
  const file = await open(path, 'r')
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  if (bytesRead < length)
    refuse(
      'cache-missing',
      `The stored copy of a data set is cut short at byte ${position + bytesRead}.`,
      'Import it again.',
    )
  return buffer
}
