import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { unpackRuns, type RunChanges } from '../common/storedRun.ts'
import { openStore, type Store } from './index.ts'
import { recordRun } from './runFixture.ts'

let folder: string
let store: Store

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-list-'))
  store = openStore(folder, 'test')
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const create = (name: string): number => recordRun(store, { name })
const log = (runId: number, metric: string, value: number): void =>
  store.transaction(() => store.metrics.append(runId, [{ metric, step: 1, value, epoch: 0, seconds: 0 }]))
const all = (since: number): RunChanges[] => {
  const pages = [store.runList.changes({ since, before: null })]
  for (let before = pages[0]?.before ?? null; before !== null;) {
    const page = store.runList.changes({ since, before })
    pages.push(page)
    before = page.before
  }
  return pages
}

it('gives every run once, as the store reads it, in pages', () => {
  const ids = Array.from({ length: 600 }, (_, i) => create(`run ${i}`))
  ids.forEach((id, i) => log(id, `metric ${i % 3}`, i))
  log(ids[7] ?? 0, 'val/perplexity', Infinity)
  const pages = all(0)
  expect(pages.length).toBe(6)
  const runs = pages.flatMap(unpackRuns)
  expect(runs.toSorted((a, b) => b.id - a.id)).toEqual(store.runs.list())
  expect(runs.find(({ id }) => id === ids[7])?.summaries['val/perplexity']).toMatchObject({ last: Infinity })
})

it('gives a page for a single run with very many metrics', () => {
  const wide = create('wide')
  const narrow = create('narrow')
  store.transaction(() =>
    store.metrics.append(
      wide,
      Array.from({ length: 6000 }, (_, i) => ({ metric: `m${i}`, step: 1, value: i, epoch: 0, seconds: 0 })),
    ),
  )
  log(narrow, 'm1', 1)
  store.runs.rename(wide, 'very wide')
  const pages = all(0)
  expect(pages.map((page) => unpackRuns(page).map(({ name }) => name))).toEqual([['very wide'], ['narrow']])
})

it('says what changed since: points, words, the bin, what was deleted; and nothing twice', () => {
  const [a, b, c] = ['a', 'b', 'c'].map(create) as [number, number, number]
  let { revision } = store.runList
  const changed = (): { runs: number[]; gone: number[] } => {
    const [page] = all(revision)
    revision = page?.revision ?? 0
    return { runs: page ? unpackRuns(page).map(({ id }) => id) : [], gone: page?.gone ?? [] }
  }
  expect(changed()).toEqual({ runs: [], gone: [] })
  log(b, 'm', 1)
  expect(changed()).toEqual({ runs: [b], gone: [] })
  store.runs.annotate(a, { note: 'n' })
  store.runs.bin(c, 5)
  expect(changed()).toEqual({ runs: [c, a], gone: [] })
  store.removal.begin(c)
  store.removal.begin(a)
  expect(changed()).toEqual({ runs: [], gone: [a, c] })
  // The number of a deleted run is not given again, nor are those of its changes.
  expect(create('d')).toBe(4)
  expect(changed().runs).toEqual([4])
})

it('lists the names of metrics with how many runs outside the bin have each', () => {
  const [a, b, c] = ['a', 'b', 'c'].map(create) as [number, number, number]
  for (const run of [a, b, c]) log(run, 'val/loss', 1)
  for (const run of [b, c]) log(run, 'layer/1', 1)
  log(c, 'only/binned', 1)
  store.runs.bin(c, 5)
  expect(store.runList.metricNames()).toEqual([
    { metric: 'val/loss', runs: 2 },
    { metric: 'layer/1', runs: 1 },
  ])
})
