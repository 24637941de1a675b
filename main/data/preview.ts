/** Single rows of an imported data set, as they are trained on. */
import { open, readFile } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dataset, PreviewItem, Split } from '../common/schemas.ts'
import { cacheFiles, cacheFolder } from './cache/layout.ts'
import { toDataUrl } from './images/decoder.ts'
import type { ImageSize } from './images/codec.ts'
import { fileErrorCode, refuse, refuseFileError } from './refuse.ts'

const snippetCharacters = 400

export interface PreviewQuery {
  /** Null for both. */
  split: Split | null
  classIndex: number | null
  offset: number
  limit: number
}

/**
 * @returns the asked page of the rows that match, and how many match; `index` is the row in the cache
 * @throws UserError `data/cache-missing` when the cache is gone
 */
export async function preview(
  dataset: Dataset,
  datasetsFolder: string,
  query: PreviewQuery,
): Promise<{ total: number; items: PreviewItem[] }> {
  const folder = cacheFolder(datasetsFolder, dataset.id)
  try {
    const labels = await readFile(join(folder, cacheFiles.labels))
    const { total, rows } = select(dataset, labels, query)
    const isImage = dataset.sampleShape.length === 3
    const read = isImage ? images(dataset, folder, rows) : texts(folder, rows)
    const shown = await read
    const items = rows.map((row, at): PreviewItem => ({
      index: row,
      split: row < dataset.trainCount ? 'train' : 'validation',
      classIndex: labels.readUInt32LE(row * 8),
      image: isImage ? shown[at]! : null,
      text: isImage ? null : shown[at]!,
    }))
    return { total, items }
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT')
      refuse(
        'cache-missing',
        `The stored copy of "${dataset.name}" is gone (${folder}).`,
        `Import ${dataset.path} again.`,
        error,
      )
    refuseFileError(error, folder)
  }
}

function select(dataset: Dataset, labels: Buffer, query: PreviewQuery): { total: number; rows: number[] } {
  const { split, classIndex, offset, limit } = query
  const all = dataset.trainCount + dataset.validationCount
  const from = split === 'validation' ? dataset.trainCount : 0
  const to = split === 'train' ? dataset.trainCount : all
  const rows: number[] = []
  let total = 0
  for (let row = from; row < to; row += 1) {
    if (classIndex !== null && labels.readUInt32LE(row * 8) !== classIndex) continue
    if (total >= offset && rows.length < limit) rows.push(row)
    total += 1
  }
  return { total, rows }
}

async function images(dataset: Dataset, folder: string, rows: readonly number[]): Promise<string[]> {
  const [channels = 1, height = 1, width = 1] = dataset.sampleShape.map(Number)
  const size: ImageSize = { channels: channels === 1 ? 1 : 3, height, width }
  const bytes = channels * height * width
  const samples = await withFile(join(folder, cacheFiles.inputs), (file) =>
    Promise.all(rows.map((row) => readAt(file, row * bytes, bytes))),
  )
  return Promise.all(samples.map((sample) => toDataUrl(sample, size)))
}

async function texts(folder: string, rows: readonly number[]): Promise<string[]> {
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
  return lines.map((line) => {
    // A line ends where the next begins, which leaves the comma between them on it.
    const text = String(JSON.parse(line.toString('utf8').replace(/,\n$/, '')))
    return text.length > snippetCharacters ? `${text.slice(0, snippetCharacters)}...` : text
  })
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
