/** A workspace of the first version, opened by this one: everything in it is still there, and says the same. */
import Database from 'better-sqlite3'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStore, type Store } from './index.ts'
import { ownRun } from '../common/ownRun.ts'
import { migrations } from './schema.ts'

const script = readFileSync(join(import.meta.dirname, 'fixtures', 'first.sql'), 'utf8')

let folder: string
let store: Store

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-migration-'))
  const first = new Database(join(folder, 'workspace.db'))
  first.exec(script)
  expect(first.pragma('user_version', { simple: true })).toBe(1)
  first.close()
  store = openStore(folder, 'test')
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

it('keeps its data sets and models, read with what came since', () => {
  expect(store.datasets.list()).toMatchObject([
    {
      id: 'd0',
      trainCount: 16,
      validationCount: 4,
      problems: [{ path: 'x.png', reason: 'not an image' }],
      task: 'classify',
      content: 'values',
      testCount: 0,
    },
  ])
  const [model] = store.models.list()
  expect(model).toMatchObject({ id: 'm0', name: 'Digits MLP', updatedAt: 1763841595000 })
  expect(model?.document.nodes.map(({ kind }) => kind)).toContain('linear')
})

it('keeps its runs: how they ended, their settings, events and every point', () => {
  const [cut, failed, done] = store.runs.list()
  expect(done).toMatchObject({
    id: 1,
    name: 'first',
    status: 'finished',
    steps: 40,
    createdAt: 1763841600001,
  })
  expect(done?.config).toMatchObject({ optimizer: 'sgd', learningRate: 0.05, clipNorm: null, accumulate: 1 })
  expect(failed).toMatchObject({
    id: 2,
    status: 'failed',
    error: { code: 'training/memory', what: 'Too large.' },
  })
  // It claimed to be running when that version was killed.
  expect(cut).toMatchObject({ id: 3, status: 'interrupted' })
  const detail = store.runs.get(1)
  expect(detail).toMatchObject({ checkpoints: [], parent: null, weightsSha256: null, notFinite: null })
  expect(detail.events).toEqual([{ step: 20, kind: 'learning-rate', note: 'lr 0.05 → 0.01' }])
  expect(detail.summaries['batch/loss']).toMatchObject({ count: 40, max: 9, maxStep: 21 })
  const query = { runIds: [1], metrics: ['batch/loss'], fromStep: null, toStep: null }
  const [all] = store.metrics.series({ ...query, maxBuckets: 100 })
  expect(all?.buckets.map(({ last }) => last)).toEqual(
    Array.from({ length: 40 }, (_, i) => (i === 20 ? 9 : 2 - i / 40)),
  )
  // Levels are made of points that were there before there were levels.
  const [few] = store.metrics.series({ ...query, maxBuckets: 3 })
  expect(Math.max(...(few?.buckets.map(({ max }) => max) ?? []))).toBe(9)
})

it('goes on from there: the same tables as a new workspace, in order, and a new run beside the old', () => {
  const other = mkdtempSync(join(tmpdir(), 'tapedeck-fresh-'))
  openStore(other, 'test').close()
  const schema = (where: string): unknown => {
    const database = new Database(join(where, 'workspace.db'), { readonly: true })
    const tables = database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
      .all() as {
      name: string
    }[]
    const described = tables.map(({ name }) => [name, database.pragma(`table_info(${name})`)])
    const version = database.pragma('user_version', { simple: true })
    const sound = database.pragma('integrity_check', { simple: true })
    const dangling = database.pragma('foreign_key_check')
    database.close()
    return { described, version, sound, dangling }
  }
  const migrated = schema(folder)
  expect(migrated).toEqual(schema(other))
  expect(migrated).toMatchObject({ version: migrations.length, sound: 'ok', dangling: [] })
  rmSync(other, { recursive: true, force: true })
  const { document, config, engine, parameters } = ownRun(store.runs.get(1))
  const subject = { datasetId: 'd0', datasetName: 'digits', document, config, engine, parameters }
  expect(store.runs.newestOf('d0', 'Digits MLP')?.id).toBe(3)
  expect(store.runs.create({ name: 'next', ...subject })).toBe(4)
})
