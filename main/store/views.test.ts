import Database from 'better-sqlite3'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { emptyDocument, type ModelDocument } from '../common/document.ts'
import { exampleEngine } from '../common/runFixture.ts'
import { defaultTrainConfig } from '../common/training.ts'
import type { TableView } from '../common/views/schemas.ts'
import { openStore, type Store } from './index.ts'

let folder: string
let store: Store

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-views-'))
  store = openStore(folder, 'test')
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const view = (filter: string): TableView => ({
  filter,
  sort: [{ field: 'val/accuracy.best', descending: true }],
  columns: [{ field: 'name', width: 200 }],
  frozen: 1,
  groupBy: ['lr'],
  foldSeeds: true,
  directions: { reward: 'max' },
  overlay: { metric: 'val/loss', smoothing: 0.5 },
})

describe('saved views', () => {
  it.each(['{"filter": ', '{"filter": 7}', ''])(
    'one that cannot be read, %o, is left out, the others are there',
    (text) => {
      store.views.save(null, 'whole', view(''))
      store.views.save(null, 'damaged', view(''))
      const direct = new Database(join(folder, 'workspace.db'))
      direct.prepare("UPDATE saved_view SET view = ? WHERE name = 'damaged'").run(text)
      direct.close()
      expect(store.views.list().map(({ name }) => name)).toEqual(['whole'])
    },
  )

  it('are there after a restart, whole, by name', () => {
    const second = store.views.save(null, 'second', view('lr < 1'))
    store.views.save(null, 'First', view('tag = "a"'))
    store.views.setDefault(second.id)
    store.close()
    store = openStore(folder, 'test')
    expect(store.views.list()).toEqual([
      { id: 2, name: 'First', view: view('tag = "a"'), isDefault: false },
      { id: 1, name: 'second', view: view('lr < 1'), isDefault: true },
    ])
  })

  it('are renamed, changed and deleted; the default is one of them or none', () => {
    const { id } = store.views.save(null, 'a', view(''))
    store.views.setDefault(id)
    expect(store.views.save(id, 'b', view('x'))).toEqual({ id, name: 'b', view: view('x'), isDefault: true })
    store.views.setDefault(null)
    expect(store.views.list()).toMatchObject([{ name: 'b', isDefault: false }])
    store.views.remove(id)
    expect(store.views.list()).toEqual([])
  })

  it('have one name each, and a deleted one is not written to', () => {
    const { id } = store.views.save(null, 'a', view(''))
    store.views.save(null, 'b', view(''))
    expect(() => store.views.save(null, 'a', view(''))).toThrow('There is a view called "a" already.')
    expect(() => store.views.save(id, 'b', view(''))).toThrow('There is a view called "b" already.')
    expect(() => store.views.save(99, 'c', view(''))).toThrow('There is no view 99')
    store.views.setDefault(id)
    expect(() => store.views.setDefault(99)).toThrow('There is no view 99')
    expect(store.views.list()).toMatchObject([{ name: 'a', isDefault: true }, { name: 'b' }])
  })
})

const create = (document: ModelDocument): number =>
  store.runs.create({
    name: 'r',
    ...{
      datasetId: 'd',
      datasetName: 'digits',
      config: defaultTrainConfig,
      document,
      engine: exampleEngine,
      parameters: 1,
    },
  })

describe('a metric where another was best', () => {
  it('is its newest value at that step', () => {
    const run = create(emptyDocument())
    const other = create(emptyDocument())
    const point = (metric: string, step: number, value: number) => ({
      metric,
      step,
      value,
      epoch: 0,
      seconds: 0,
    })
    store.transaction(() => {
      store.metrics.append(run, [
        ...[point('a', 1, 10), point('a', 4, 20), point('a', 9, 30)],
        ...[point('b', 3, 2), point('b', 5, 1), point('b', 8, 3)],
      ])
      store.metrics.append(other, [point('b', 1, 1), point('a', 2, 5)])
    })
    expect(store.valuesAt.read('a', 'b', 'min')).toEqual([{ runId: run, value: 20 }])
    expect(store.valuesAt.read('a', 'b', 'max')).toEqual([{ runId: run, value: 20 }])
    expect(store.valuesAt.read('b', 'a', 'max')).toEqual([
      { runId: run, value: 3 },
      { runId: other, value: 1 },
    ])
    expect(store.valuesAt.read('a', 'nothing', 'min')).toEqual([])
  })
})

it('models that compute the same are told from those that do not', () => {
  const node = (kind: string, x = 0) => ({ id: 'n', kind, name: '', parameters: {}, position: { x, y: 0 } })
  const model = (name: string, kind: string, x = 0) => ({ ...emptyDocument(), name, nodes: [node(kind, x)] })
  create(model('A', 'relu'))
  create(model('B', 'relu', 50))
  create(model('A', 'gelu'))
  const [gelu, moved, relu] = store.runs.list().map((run) => run.architecture)
  expect(moved).toBe(relu)
  expect(gelu).not.toBe(relu)
  expect(relu).toMatch(/^[0-9a-f]{16}$/)
})
