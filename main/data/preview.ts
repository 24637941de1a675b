/** Single rows of an imported data set, as they are trained on. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { showsImages, type Dataset, type PreviewItem, type Split } from '../common/data/dataset.ts'
import { cacheFiles } from './cache/layout.ts'
import { readItems, readSamples, readVocabulary } from './cache/reader.ts'
import type { StoredSample } from './cache/reader.ts'
import { withCache } from './cache/withCache.ts'
import { toDataUrl } from './images/decoder.ts'
import { figure, refuse } from './refuse.ts'

const snippetCharacters = 400
const shownTokens = 200

export interface PreviewQuery {
  /** Null for both. */
  split: Split | null
  classIndex: number | null
  offset: number
  limit: number
}

/** What of a row is shown. */
type Shown = Pick<PreviewItem, 'image' | 'text' | 'tokens'>

/**
 * @returns the asked page of the rows that match, and how many match; `index` is the row in the cache
 * @throws UserError `data/cache-missing` when the cache is gone
 */
export async function preview(
  dataset: Dataset,
  datasetsFolder: string,
  query: PreviewQuery,
): Promise<{ total: number; items: PreviewItem[] }> {
  return withCache(dataset, datasetsFolder, async (folder) => {
    const { total, rows } = select(dataset, await readLabels(dataset, folder), query)
    return { total, items: await itemsOf(dataset, folder, rows) }
  })
}

/**
 * Single rows, in the order asked.
 * @throws UserError `data/unknown-row`; `data/cache-missing` when the cache is gone
 */
export async function samplesAt(
  dataset: Dataset,
  datasetsFolder: string,
  rows: readonly number[],
): Promise<PreviewItem[]> {
  const all = dataset.trainCount + dataset.validationCount + dataset.testCount
  const stranger = rows.find((row) => row >= all)
  if (stranger !== undefined)
    refuse(
      'unknown-row',
      `"${dataset.name}" has no row ${figure(stranger)}; its rows are 0 to ${figure(all - 1)}.`,
      'Ask for one of them.',
    )
  return withCache(dataset, datasetsFolder, (folder) => itemsOf(dataset, folder, rows))
}

const readLabels = (dataset: Dataset, folder: string): Promise<Buffer> | null =>
  dataset.task === 'classify' ? readFile(join(folder, cacheFiles.labels)) : null

/** Rows of a folder that holds them; `samplesAt` finds the one of a data set. */
export async function itemsOf(
  dataset: Dataset,
  folder: string,
  rows: readonly number[],
): Promise<PreviewItem[]> {
  const labels = await readLabels(dataset, folder)
  const shown = await show(dataset, folder, rows)
  return rows.map((row, at) => ({
    index: row,
    split: splitOf(dataset, row),
    classIndex: labels?.readUInt32LE(row * 8) ?? null,
    ...shown[at]!,
  }))
}

function select(
  dataset: Dataset,
  labels: Buffer | null,
  query: PreviewQuery,
): { total: number; rows: number[] } {
  const { split, classIndex, offset, limit } = query
  const validation = dataset.trainCount + dataset.validationCount
  const all = validation + dataset.testCount
  const [from, to] = {
    all: [0, all],
    train: [0, dataset.trainCount],
    validation: [dataset.trainCount, validation],
    test: [validation, all],
  }[split ?? 'all'] as [number, number]
  const rows: number[] = []
  let total = 0
  for (let row = from; row < to; row += 1) {
    if (classIndex !== null && labels?.readUInt32LE(row * 8) !== classIndex) continue
    if (total >= offset && rows.length < limit) rows.push(row)
    total += 1
  }
  return { total, rows }
}

const splitOf = ({ trainCount, validationCount }: Dataset, row: number): Split =>
  row < trainCount ? 'train' : row < trainCount + validationCount ? 'validation' : 'test'

async function show(dataset: Dataset, folder: string, rows: readonly number[]): Promise<Shown[]> {
  if (showsImages(dataset)) {
    const samples = await readSamples(dataset, folder, rows)
    return Promise.all(samples.map(async (one) => ({ image: await picture(one), text: null, tokens: null })))
  }
  const texts = (await readItems(folder, rows)).map(snippet)
  if (dataset.content !== 'tokens') return texts.map((text) => ({ image: null, text, tokens: null }))
  const vocabulary = await readVocabulary(folder)
  const samples = await readSamples(dataset, folder, rows)
  return samples.map(({ bytes }, at) => ({
    image: null,
    text: texts[at]!,
    tokens: Array.from(
      { length: Math.min(shownTokens, bytes.length / 4) },
      (_, step) => vocabulary[bytes.readInt32LE(4 * step)] ?? '',
    ),
  }))
}

function picture({ bytes, shape }: StoredSample): Promise<string> {
  const [channels, height = 1, width = 1] = shape
  return toDataUrl(bytes, { channels: channels === 1 ? 1 : 3, height, width })
}

const snippet = (text: string): string =>
  text.length > snippetCharacters ? `${text.slice(0, snippetCharacters)}...` : text
