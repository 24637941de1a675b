import { readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { datasetSchema, type Dataset, type Refreshed } from '../common/data/dataset.ts'
import { type ImportOptions } from '../common/data/options.ts'
import { type Progress } from '../common/schemas.ts'
import {
  pictures,
  put,
  imageOptions,
  refusal,
  temporaryFolder,
  textOptions,
  tokenOptions,
} from '../data/fixtures.ts'
import { createPace, importDataset, makeDataset, sourceChange } from '../data/index.ts'
import { openStore, type Store } from '../store/index.ts'
import { refreshTask, renameDataset } from './refreshService.ts'

interface Place {
  workspace: string
  path: string
  store: Store
}

const line = (index: number, label = index % 2 ? 'spam' : 'ham'): string =>
  `${label}\tmessage number ${index} of many\n`
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => line(from + index)).join('')

async function place(files: Record<string, string | Uint8Array>, name: string): Promise<Place> {
  const workspace = await temporaryFolder()
  const store = openStore(workspace, 'test')
  onTestFinished(() => store.close())
  await put(workspace, files)
  return { workspace, path: join(workspace, name), store }
}

async function load({ path, workspace, store }: Place, options: ImportOptions): Promise<Dataset> {
  const dataset = await importDataset(path, options, { datasetsFolder: join(workspace, 'datasets') })
  store.datasets.put(dataset)
  return dataset
}

async function refresh({ workspace, store }: Place, dataset: Dataset): Promise<Refreshed> {
  const task = refreshTask(dataset.id, workspace, store, makeDataset)
  const progress: Progress[] = []
  for (;;) {
    const step = await task.next()
    if (step.done) return step.value
    progress.push(step.value)
  }
}

const names = ({ store }: Place): string[] => store.datasets.list().map(({ name }) => name)
const today = /\(until \d{4}-\d\d-\d\d\)$/

describe('reading the source again', () => {
  test('keeps the data set where nothing has changed, and says so', async () => {
    const here = await place({ 'a.tsv': lines(0, 60) }, 'a.tsv')
    const dataset = await load(here, tokenOptions)
    await utimes(here.path, new Date(), new Date(Date.now() + 5000))
    expect((await sourceChange(dataset, createPace())).state).toBe('changed')
    const { dataset: after, changes } = await refresh(here, dataset)
    expect(after.id).toBe(dataset.id)
    expect(changes).toEqual({
      added: 0,
      removed: 0,
      kept: 60,
      sentences: ['Nothing has changed: the data set stays as it is.'],
    })
    expect(here.store.datasets.list()).toEqual([after])
    // The hint is gone: the times are the new ones.
    expect((await sourceChange(after, createPace())).state).toBe('same')
  })

  test('makes the check-up of a data set that is older than check-ups; its runs keep it', async () => {
    const here = await place({ 'a.tsv': lines(0, 40) + lines(0, 3) }, 'a.tsv')
    const { checks, ...older } = await load(here, tokenOptions)
    const record = join(here.workspace, 'datasets', older.id, 'dataset.json')
    await writeFile(record, JSON.stringify(older))
    here.store.datasets.put(datasetSchema.parse(older))
    expect(here.store.datasets.get(older.id).checks).toBeNull()
    const { dataset: after } = await refresh(here, here.store.datasets.get(older.id))
    expect(after.id).toBe(older.id)
    expect(after.checks?.map(({ kind }) => kind)).toContain('exact-duplicates')
    expect(after.checks).toEqual(checks)
    expect(here.store.datasets.list()).toEqual([after])
    expect(datasetSchema.parse(JSON.parse(await readFile(record, 'utf8')))).toEqual(after)
  })

  test('counts what came, went and stayed, and keeps the older one for its runs', async () => {
    const here = await place({ 'a.tsv': lines(0, 60) }, 'a.tsv')
    const dataset = await load(here, tokenOptions)
    await writeFile(here.path, lines(10, 60) + lines(100, 123))
    const { dataset: after, changes } = await refresh(here, dataset)
    expect(changes).toMatchObject({ added: 23, removed: 10, kept: 50 })
    expect(changes.sentences[0]).toBe('23 samples are new, 10 are gone, 50 are as they were.')
    expect(changes.sentences.at(-1)).toMatch(
      /stays in the list as "texts \(until .*\)"; no run was trained on it/,
    )
    expect(after).toMatchObject({ name: 'texts', options: tokenOptions })
    expect(names(here)).toContain('texts')
    const older = here.store.datasets.get(dataset.id)
    expect(older.name).toMatch(today)
    const record = await readFile(join(here.workspace, 'datasets', dataset.id, 'dataset.json'), 'utf8')
    expect(datasetSchema.parse(JSON.parse(record))).toEqual(older)

    // And back: the content is known, so no third data set is made.
    await writeFile(here.path, lines(0, 60))
    const back = await refresh(here, after)
    expect(back.dataset.id).toBe(dataset.id)
    expect(back.changes).toMatchObject({ added: 10, removed: 23, kept: 50 })
    expect(names(here).toSorted()).toEqual(['texts', older.name])
  })

  test('of several copies, those that are too many are gone', async () => {
    const here = await place({ 'a.tsv': lines(0, 40) + lines(0, 10) + lines(0, 10) }, 'a.tsv')
    const dataset = await load(here, textOptions)
    await writeFile(here.path, lines(0, 40) + lines(30, 35))
    expect((await refresh(here, dataset)).changes).toMatchObject({ added: 5, removed: 20, kept: 40 })
  })

  test('sees other classes', async () => {
    const here = await place({ 'a.tsv': lines(0, 40) }, 'a.tsv')
    const dataset = await load(here, textOptions)
    await writeFile(here.path, lines(0, 36) + [36, 37, 38, 39].map((index) => line(index, 'news')).join(''))
    const { changes } = await refresh(here, dataset)
    expect(changes).toMatchObject({ added: 0, removed: 0, kept: 40 })
    expect(changes.sentences).toEqual(
      expect.arrayContaining(['4 samples have another class than before.', '1 class is new: news.']),
    )
  })

  test('says how many there were where the older one has no digests', async () => {
    const here = await place({ 'a.tsv': lines(0, 40) }, 'a.tsv')
    const dataset = await load(here, textOptions)
    await rm(join(here.workspace, 'datasets', dataset.id, 'digests.bin'))
    await writeFile(here.path, lines(0, 50))
    const { sentences } = (await refresh(here, dataset)).changes
    expect(sentences[0]).toBe('The content has changed: 40 samples before, 50 samples now.')
  })

  test('is refused where the source is gone or spoilt; nothing is lost', async () => {
    const here = await place(await pictures(['set/a', 'set/b'], 8), 'set')
    const dataset = await load(here, imageOptions)
    const kept = here.store.datasets.list()
    await rm(join(here.path, 'b'), { recursive: true })
    expect((await sourceChange(dataset, createPace())).what).toBe(
      `8 files in ${here.path}, 16 files at the import.`,
    )
    expect((await refusal(refresh(here, dataset))).code).toBe('data/one-class')
    await rm(here.path, { recursive: true })
    const refused = await refusal(refresh(here, dataset))
    expect(refused.code).toBe('data/source-gone')
    expect(refused.what).toContain(here.path)
    expect(here.store.datasets.list()).toEqual(kept)
  })

  test('that is left half-way changes nothing', async () => {
    const here = await place({ 'a.tsv': lines(0, 40) }, 'a.tsv')
    const dataset = await load(here, textOptions)
    await writeFile(here.path, lines(0, 50))
    const task = refreshTask(dataset.id, here.workspace, here.store, makeDataset)
    await task.next()
    await task.return(undefined as never)
    expect(here.store.datasets.list()).toEqual([dataset])
  })
})

test('renaming is for the list and the disk, and needs no stored copy', async () => {
  const here = await place({ 'a.tsv': lines(0, 40) }, 'a.tsv')
  const dataset = await load(here, textOptions)
  const renamed = await renameDataset(dataset, 'mail', here.workspace, here.store)
  expect(renamed).toEqual({ ...dataset, name: 'mail', options: { ...dataset.options, name: 'mail' } })
  const folder = join(here.workspace, 'datasets', dataset.id)
  expect(datasetSchema.parse(JSON.parse(await readFile(join(folder, 'dataset.json'), 'utf8')))).toEqual(
    renamed,
  )
  await rm(folder, { recursive: true })
  await renameDataset(renamed, 'post', here.workspace, here.store)
  expect(names(here)).toEqual(['post'])
})
