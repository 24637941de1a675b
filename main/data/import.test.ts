import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { datasetSchema } from '../common/data/dataset.ts'
import type { Dataset } from '../common/data/dataset.ts'
import type { Progress } from '../common/schemas.ts'
import {
  idxOptions,
  idxPair,
  imageOptions,
  pictures,
  put,
  refusal,
  temporaryFolder,
  textOptions,
} from './fixtures.ts'
import { importDataset, preview, readCached, removeCache, samplesAt } from './index.ts'

async function workplace(count = 200): Promise<{ path: string; datasetsFolder: string }> {
  const folder = await temporaryFolder()
  return { path: await put(join(folder, 'set'), idxPair(count)), datasetsFolder: join(folder, 'datasets') }
}

async function inputsOf(
  dataset: Dataset,
  datasetsFolder: string,
): Promise<{ train: string[]; validation: string[] }> {
  const all = await readFile(join(datasetsFolder, dataset.id, 'inputs.bin'))
  const items = Array.from({ length: all.length / 6 }, (_, row) =>
    all.subarray(row * 6, row * 6 + 6).toString('hex'),
  )
  return { train: items.slice(0, dataset.trainCount), validation: items.slice(dataset.trainCount) }
}

describe('a data set on disk', () => {
  test('is a record with inputs, labels and items of matching length', async () => {
    const { path, datasetsFolder } = await workplace()
    const dataset = await importDataset(path, idxOptions, { datasetsFolder })
    const folder = join(datasetsFolder, dataset.id)
    expect(datasetSchema.parse(JSON.parse(await readFile(join(folder, 'dataset.json'), 'utf8')))).toEqual(
      dataset,
    )
    expect((await stat(join(folder, 'inputs.bin'))).size).toBe(200 * 6)
    expect((await stat(join(folder, 'labels.bin'))).size).toBe(200 * 8)
    const items = JSON.parse(await readFile(join(folder, 'items.json'), 'utf8')) as string[]
    expect(items).toHaveLength(200)
    expect(items[0]).toMatch(/^train-images-idx3-ubyte#\d+$/)
    expect(await readdir(datasetsFolder)).toEqual([dataset.id])
  })

  test('has the mean and standard deviation of the training inputs', async () => {
    const { path, datasetsFolder } = await workplace()
    const dataset = await importDataset(path, idxOptions, { datasetsFolder })
    const { train } = await inputsOf(dataset, datasetsFolder)
    const values = train.flatMap((item) => [...Buffer.from(item, 'hex')])
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    expect(dataset.mean).toBeCloseTo(mean, 9)
    expect(dataset.std).toBeCloseTo(Math.sqrt(variance), 9)
  })
})

test('images have a mean and a standard deviation for each channel', async () => {
  const folder = await temporaryFolder()
  const datasetsFolder = join(folder, 'datasets')
  const path = await put(join(folder, 'set'), await pictures(['a', 'b'], 12))
  const dataset = await importDataset(path, imageOptions, { datasetsFolder })
  // Of pictures() the blue is always 9, the green the class.
  const [red, green, blue] = dataset.channels
  expect(blue).toEqual({ mean: 9, std: 0 })
  expect(green!.mean).toBeCloseTo(dataset.classes[1]!.train / dataset.trainCount, 9)
  expect((red!.mean + green!.mean + 9) / 3).toBeCloseTo(dataset.mean, 9)
})

describe('the same and not the same', () => {
  test('the same content and options give the same data set, untouched; elsewhere and renamed too', async () => {
    const { path, datasetsFolder } = await workplace()
    const first = await importDataset(path, idxOptions, { datasetsFolder })
    const written = (await stat(join(datasetsFolder, first.id, 'inputs.bin'))).mtimeMs
    expect(await importDataset(path, idxOptions, { datasetsFolder })).toEqual(first)
    const moved = await put(join(await temporaryFolder(), 'moved'), idxPair(200))
    const renamed = await importDataset(moved, { ...idxOptions, name: 'other' }, { datasetsFolder })
    expect(renamed).toMatchObject({ id: first.id, name: 'other', path: moved, importedAt: first.importedAt })
    expect(await readCached(datasetsFolder, first.id)).toEqual(renamed)
    expect((await stat(join(datasetsFolder, first.id, 'inputs.bin'))).mtimeMs).toBe(written)
  })

  test('imports at the same time end in one data set', async () => {
    const { path, datasetsFolder } = await workplace()
    const imports = [1, 2, 3, 4].map(() => importDataset(path, idxOptions, { datasetsFolder }))
    const [a, ...others] = await Promise.all(imports)
    for (const other of others) expect(other.id).toBe(a!.id)
    expect(await readdir(datasetsFolder)).toEqual([a!.id])
  })

  test('another share or other content give another data set', async () => {
    const { path, datasetsFolder } = await workplace()
    const ids = new Set([(await importDataset(path, idxOptions, { datasetsFolder })).id])
    ids.add((await importDataset(path, { ...idxOptions, validationShare: 0.4 }, { datasetsFolder })).id)
    await put(path, idxPair(201))
    ids.add((await importDataset(path, idxOptions, { datasetsFolder })).id)
    expect(ids.size).toBe(3)
  })

  test('another size gives another data set, and adding an image moves none', async () => {
    const folder = await temporaryFolder()
    const datasetsFolder = join(folder, 'datasets')
    const path = await put(join(folder, 'set'), await pictures(['a', 'b'], 12))
    const first = await importDataset(path, imageOptions, { datasetsFolder })
    const image = { ...imageOptions.image!, width: 2, channels: 1 } as const
    expect((await importDataset(path, { ...imageOptions, image }, { datasetsFolder })).id).not.toBe(first.id)
    await put(path, await pictures(['a', 'b'], 15))
    const second = await importDataset(path, imageOptions, { datasetsFolder })
    const itemsOf = async (dataset: Dataset): Promise<string[]> =>
      (JSON.parse(await readFile(join(datasetsFolder, dataset.id, 'items.json'), 'utf8')) as string[]).slice(
        0,
        dataset.trainCount,
      )
    const [before, after] = [await itemsOf(first), await itemsOf(second)]
    expect(after.filter((item) => before.includes(item))).toEqual(before)
  })

  test('adding data moves no item to the other side, and keeps the order', async () => {
    const { path, datasetsFolder } = await workplace(200)
    const before = await inputsOf(await importDataset(path, idxOptions, { datasetsFolder }), datasetsFolder)
    await put(path, idxPair(300))
    const after = await inputsOf(await importDataset(path, idxOptions, { datasetsFolder }), datasetsFolder)
    const known = new Set([...before.train, ...before.validation])
    expect(after.train.filter((item) => known.has(item))).toEqual(before.train)
    expect(after.validation.filter((item) => known.has(item))).toEqual(before.validation)
  })

  test('a damaged cache is written again', async () => {
    const { path, datasetsFolder } = await workplace()
    const first = await importDataset(path, idxOptions, { datasetsFolder })
    await truncate(join(datasetsFolder, first.id, 'inputs.bin'), 100)
    expect(await readCached(datasetsFolder, first.id)).toBeNull()
    const again = await importDataset(path, idxOptions, { datasetsFolder })
    expect(again.id).toBe(first.id)
    expect((await stat(join(datasetsFolder, first.id, 'inputs.bin'))).size).toBe(1200)
  })
})

describe('an import that does not end', () => {
  test('leaves nothing when it is cancelled, early or late', async () => {
    const folder = await temporaryFolder()
    const datasetsFolder = join(folder, 'datasets')
    const path = await put(join(folder, 'set'), await pictures(['a', 'b'], 60))
    for (const note of ['Reading images', 'Decoding images']) {
      const abort = new AbortController()
      const reports: Progress[] = []
      const running = importDataset(path, imageOptions, {
        datasetsFolder,
        signal: abort.signal,
        onProgress(progress) {
          reports.push(progress)
          if (progress.note === note) abort.abort()
        },
      })
      await expect(running).rejects.toMatchObject({ name: 'AbortError' })
      expect(reports.at(-1)!.note).toBe(note)
      expect(await readdir(datasetsFolder)).toEqual([])
    }
  })

  test('leaves nothing when it is refused', async () => {
    const { path, datasetsFolder } = await workplace()
    await refusal(importDataset(path, textOptions, { datasetsFolder }))
    expect(await readdir(datasetsFolder)).toEqual([])
  })

  test('what a killed process left is removed by the next import, what a living one writes is not', async () => {
    const { path, datasetsFolder } = await workplace()
    await mkdir(join(datasetsFolder, '.unfinished-999999999-abc'), { recursive: true })
    await writeFile(join(datasetsFolder, '.unfinished-999999999-abc', 'inputs.bin'), 'half')
    await mkdir(join(datasetsFolder, `.unfinished-${process.ppid}-abc`))
    const dataset = await importDataset(path, idxOptions, { datasetsFolder })
    expect((await readdir(datasetsFolder)).toSorted()).toEqual([
      `.unfinished-${process.ppid}-abc`,
      dataset.id,
    ])
  })

  test('reports progress up to the end, never backwards within a stage', async () => {
    const { path, datasetsFolder } = await workplace()
    const reports: Progress[] = []
    await importDataset(path, idxOptions, {
      datasetsFolder,
      onProgress: (progress) => reports.push(progress),
    })
    expect(reports).toContainEqual({ done: 200, total: 200, note: 'Decoding images' })
    expect(reports.at(-1)).toMatchObject({ note: 'Checking' })
    expect(reports.at(-1)!.done).toBe(reports.at(-1)!.total)
    for (const [at, report] of reports.entries())
      if (reports[at - 1]?.note === report.note)
        expect(report.done).toBeGreaterThanOrEqual(reports[at - 1]!.done)
  })
})

describe('preview', () => {
  test('shows single rows as they are trained on, by part and class', async () => {
    const { path, datasetsFolder } = await workplace()
    const dataset = await importDataset(path, idxOptions, { datasetsFolder })
    const query = { split: 'validation', classIndex: 2, offset: 1, limit: 3 } as const
    const { total, items } = await preview(dataset, datasetsFolder, query)
    expect(total).toBe(dataset.classes[2]!.validation)
    expect(items).toHaveLength(3)
    const stored = await inputsOf(dataset, datasetsFolder)
    for (const item of items) {
      expect(item).toMatchObject({ split: 'validation', classIndex: 2, text: null })
      const { default: sharp } = await import('sharp')
      const png = Buffer.from(item.image!.replace('data:image/png;base64,', ''), 'base64')
      const { data, info } = await sharp(png).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
      expect(info).toMatchObject({ width: 3, height: 2, channels: 1 })
      expect(data.toString('hex')).toBe(stored.validation[item.index - dataset.trainCount])
    }
    expect((await preview(dataset, datasetsFolder, { ...query, offset: 999 })).items).toEqual([])
  })

  test('keeps colours in their channels', async () => {
    const folder = await temporaryFolder()
    const datasetsFolder = join(folder, 'datasets')
    const path = await put(join(folder, 'set'), await pictures(['a', 'b'], 12))
    const dataset = await importDataset(path, imageOptions, { datasetsFolder })
    const all = { split: null, classIndex: null, offset: 0, limit: 50 }
    const { items } = await preview(dataset, datasetsFolder, all)
    const { default: sharp } = await import('sharp')
    for (const item of items) {
      const { data } = await sharp(Buffer.from(item.image!.split(',')[1]!, 'base64'))
        .raw()
        .toBuffer({ resolveWithObject: true })
      expect([data[1], data[2]]).toEqual([item.classIndex, 9])
    }
  })

  test('says when the stored copy is gone, and removing is for ids only', async () => {
    const { path, datasetsFolder } = await workplace()
    const dataset = await importDataset(path, idxOptions, { datasetsFolder })
    await removeCache(dataset.id, datasetsFolder)
    const query = { split: null, classIndex: null, offset: 0, limit: 3 }
    expect(await refusal(preview(dataset, datasetsFolder, query))).toMatchObject({
      code: 'data/cache-missing',
    })
    expect((await refusal(removeCache('../set', datasetsFolder))).code).toBe('data/unknown-id')
    expect((await readdir(path)).length).toBe(2)
  })
})

describe('single rows', () => {
  test('are shown in the order asked', async () => {
    const { path, datasetsFolder } = await workplace()
    const dataset = await importDataset(path, idxOptions, { datasetsFolder })
    const query = { split: null, classIndex: null, offset: 0, limit: 200 }
    const { items } = await preview(dataset, datasetsFolder, query)
    expect(await samplesAt(dataset, datasetsFolder, [199, 3, 150])).toEqual([
      items[199],
      items[3],
      items[150],
    ])
    expect(await samplesAt(dataset, datasetsFolder, [])).toEqual([])
    expect((await refusal(samplesAt(dataset, datasetsFolder, [3, 200]))).code).toBe('data/unknown-row')
  })
})
