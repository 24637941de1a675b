import Database from 'better-sqlite3'
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultTrainConfig } from '../common/training.ts'
import { type EngineInfo } from '../common/schemas.ts'
import { templates } from '../common/templates.ts'
import { emptyLog, listRuns, openStore, openStoreOrRead, type Point, type Store } from './index.ts'
import { migrations } from './schema.ts'

const engine: EngineInfo = {
  version: '0.1.0',
  build: 'test',
  instructionSet: 'generic',
  bfloat16: false,
  threads: 1,
  oneDNN: null,
  cuda: { available: false, reason: 'not built' },
}
const document = templates()[0]?.document
if (!document) throw new Error('no template')

let folder: string
let open: Store[] = []
const store = (): Store => {
  const opened = openStore(folder, 'test')
  open.push(opened)
  return opened
}
const newRun = (s: Store, name = 'a run'): number =>
  s.runs.create({
    name,
    datasetId: 'd1',
    datasetName: 'Digits',
    config: defaultTrainConfig,
    document,
    engine,
    parameters: 203530,
  })
const points = (values: readonly number[], metric = 'batch/loss', from = 1): Point[] =>
  values.map((value, i) => ({ metric, step: from + i, value, epoch: (from + i) / 100, seconds: i / 10 }))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-store-'))
})
afterEach(() => {
  for (const opened of open) opened.close()
  open = []
  rmSync(folder, { recursive: true, force: true })
})

describe('a workspace', () => {
  it('leaves its log to another connection while much is written, and loses nothing', () => {
    const s = store()
    const file = join(folder, 'workspace.db')
    const before = statSync(file).size
    const done = s.leaveLog()
    const run = newRun(s)
    const many = Array.from({ length: 500 }, (_, i) => i)
    for (let i = 0; i < 60; i++) s.transaction(() => s.metrics.append(run, points(many, 'm', 1 + i * 500)))
    expect(statSync(file).size).toBe(before)
    emptyLog(folder)
    expect(statSync(file).size).toBeGreaterThan(before + 1e6)
    done()
    s.transaction(() => s.metrics.append(run, points(many, 'm', 30_001)))
    expect(s.runs.get(run).summaries['m']?.count).toBe(30_500)
  })

  it('that is read is written to once its writer has gone; what is being read then is read to its end', () => {
    const writer = openStore(folder, 'test')
    const run = newRun(writer)
    for (const metric of ['a', 'b'])
      writer.transaction(() => writer.metrics.append(run, points([1, 2], metric)))
    const reader = openStoreOrRead(folder, 'test')
    open.push(reader)
    const query = { runIds: [run], metrics: ['a', 'b'], maxBuckets: 10, fromStep: null, toStep: null }
    const series = reader.metrics.eachSeries(query)
    expect(series.next().value?.total).toBe(2)
    expect(() => reader.takeOver('test')).toThrow(/already open in another Tapedeck/)
    expect(reader.runs.get(run).status).toBe('running')
    writer.close()
    reader.takeOver('test')
    expect(series.next().value?.total).toBe(2)
    expect(reader.runs.get(run).status).toBe('interrupted')
    reader.runs.rename(run, 'mine')
    expect(reader.holder()).toMatchObject({ pid: process.pid })
  })

  it('lists the models it can read, and keeps the others', () => {
    const first = store()
    first.models.put('good', document)
    first.models.put('newer', { ...document, version: 99 } as unknown as typeof document)
    first.models.put('damaged', { ...document, nodes: 'none' } as unknown as typeof document)
    expect(first.models.list().map(({ id }) => id)).toEqual(['good'])
    first.models.put('newer', document)
    expect(first.models.list()).toHaveLength(2)
  })

  it('keeps a run whole across a restart', () => {
    const first = store()
    const id = newRun(first, 'kept')
    first.transaction(() => first.metrics.append(id, points([3, 1, 2])))
    first.runs.addEvent(id, { step: 2, kind: 'learning-rate', note: 'lr 0.1 → 0.01' })
    first.runs.setProgress(id, {
      status: 'running',
      epochsDone: 1,
      steps: 3,
      seconds: 2,
      samplesPerSecond: 48,
    })
    first.runs.end(id, 'finished', 'checkpoints/1/last.safetensors', null)
    first.close()
    open = []

    const run = store().runs.get(id)
    expect(run).toMatchObject({ name: 'kept', status: 'finished', steps: 3, document, engine })
    expect(run.events).toEqual([{ step: 2, kind: 'learning-rate', note: 'lr 0.1 → 0.01' }])
    expect(run.summaries['batch/loss']).toEqual({
      first: 3,
      firstStep: 1,
      last: 2,
      lastStep: 3,
      min: 1,
      max: 3,
      minStep: 2,
      maxStep: 1,
      count: 3,
    })
  })

  it('refuses a second writer, naming the first', () => {
    store()
    expect(() => openStore(folder, 'test')).toThrow(
      new RegExp(`The workspace .* is already open in another Tapedeck \\(test, process ${process.pid}\\)`),
    )
  })

  it('lists runs while another writer has it open', () => {
    newRun(store(), 'seen from outside')
    expect(listRuns(folder).map((run) => run.name)).toEqual(['seen from outside'])
  })

  it('opens after its process was killed, with the run marked interrupted and flushed points kept', () => {
    const script = `
      import { openStore } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))}
      const store = openStore(${JSON.stringify(folder)}, 'killed')
      const id = store.runs.create(${JSON.stringify({ name: 'cut', datasetId: 'd', datasetName: 'D', config: defaultTrainConfig, document, engine, parameters: 1 })})
      store.transaction(() => store.metrics.append(id, ${JSON.stringify(points([5, 4]))}))
      process.kill(process.pid, 'SIGKILL')`
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script])
    expect(child.signal, child.stderr.toString()).toBe('SIGKILL')
    const [run] = store().runs.list()
    expect(run).toMatchObject({ name: 'cut', status: 'interrupted' })
    expect(run?.summaries['batch/loss']?.count).toBe(2)
  })

  it('refuses a damaged database with the file and what to do', () => {
    writeFileSync(
      join(folder, 'workspace.db'),
      'this is not a database, it only has its name, and is long enough',
    )
    expect(() => openStore(folder, 'test')).toThrow(/workspace\.db is damaged .* Move it away/)
  })

  it('refuses a database of a newer version', () => {
    const database = new Database(join(folder, 'workspace.db'))
    database.pragma(`user_version = ${migrations.length + 1}`)
    database.close()
    expect(() => openStore(folder, 'test')).toThrow(/written by a newer Tapedeck/)
  })

  it('refuses a file in place of the folder', () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    expect(() => openStore(file, 'test')).toThrow(/is a file, or lies inside one/)
  })

  // Root may write anywhere, so the refusal is asked of a folder that even root cannot make.
  it('refuses a place that cannot be written', () => {
    const place = process.getuid?.() === 0 ? '/proc/tapedeck-workspace' : join(folder, 'locked')
    if (process.getuid?.() !== 0) {
      store().close()
      open = []
      chmodSync(folder, 0o500)
    }
    try {
      expect(() => openStore(place, 'test')).toThrow(/cannot be written .* Choose a folder/)
    } finally {
      chmodSync(folder, 0o700)
    }
  })

  it('says that there is no workspace instead of making one when listing', () => {
    expect(() => listRuns(join(folder, 'nowhere'))).toThrow(/There is no workspace in/)
    expect(existsSync(join(folder, 'nowhere'))).toBe(false)
  })
})

describe('metric series', () => {
  it('gives every point while they fit', () => {
    const s = store()
    const id = newRun(s)
    s.transaction(() => s.metrics.append(id, points([3, 1, 2])))
    const [series] = s.metrics.series({
      runIds: [id],
      metrics: ['batch/loss', 'never/logged'],
      maxBuckets: 10,
      fromStep: null,
      toStep: null,
    })
    expect(series?.total).toBe(3)
    expect(series?.buckets.map((b) => [b.step, b.last])).toEqual([
      [1, 3],
      [2, 1],
      [3, 2],
    ])
  })

  it('keeps a one-step spike in few buckets', () => {
    const s = store()
    const id = newRun(s)
    const values = Array.from({ length: 10_000 }, (_, i) => (i === 6_543 ? 99 : 1))
    s.transaction(() => s.metrics.append(id, points(values)))
    const query = { runIds: [id], metrics: ['batch/loss'], maxBuckets: 100, fromStep: null, toStep: null }
    const [series] = s.metrics.series(query)
    expect(series?.total).toBe(10_000)
    expect(series?.buckets).toHaveLength(100)
    const spike = series?.buckets.filter((b) => b.max === 99)
    expect(spike).toHaveLength(1)
    expect(spike?.[0]?.step).toBeLessThanOrEqual(6_544)
    expect(spike?.[0]?.lastStep).toBeGreaterThanOrEqual(6_544)

    const [zoomed] = s.metrics.series({ ...query, fromStep: 6_540, toStep: 6_550 })
    expect(zoomed?.total).toBe(11)
    expect(zoomed?.buckets.map((b) => b.last).filter((v) => v === 99)).toHaveLength(1)
  })

  it('spaces sparse points by step', () => {
    const s = store()
    const id = newRun(s)
    const sparse = [1, 21, 41].map((step) => ({ metric: 'g', step, value: step, epoch: 0, seconds: 0 }))
    s.transaction(() => s.metrics.append(id, sparse))
    const [series] = s.metrics.series({
      runIds: [id],
      metrics: ['g'],
      maxBuckets: 5,
      fromStep: null,
      toStep: null,
    })
    expect(series?.buckets.map((b) => b.step)).toEqual([1, 21, 41])
  })

  it('are written after a flush that failed and took the names of its metrics with it', () => {
    const s = store()
    const run = newRun(s)
    const flush = (fails: boolean) =>
      s.transaction(() => {
        s.metrics.append(run, points([3], 'val/loss'))
        s.metrics.append(run, points([2], 'val/loss', 2))
        if (fails) throw new Error('the disk is full')
      })
    expect(() => flush(true)).toThrow('the disk is full')
    s.transaction(() => s.metrics.append(run, points([5], 'batch/loss')))
    flush(false)
    const { summaries } = s.runs.get(run)
    expect(summaries['val/loss']).toMatchObject({ count: 2, last: 2 })
    expect(summaries['batch/loss']).toMatchObject({ count: 1, last: 5 })
  })

  it('merges summaries over flushes', () => {
    const s = store()
    const id = newRun(s)
    s.transaction(() => s.metrics.append(id, points([3, 5])))
    s.transaction(() => s.metrics.append(id, points([1, 4], 'batch/loss', 3)))
    expect(s.runs.get(id).summaries['batch/loss']).toEqual({
      first: 3,
      firstStep: 1,
      last: 4,
      lastStep: 4,
      min: 1,
      max: 5,
      minStep: 3,
      maxStep: 2,
      count: 4,
    })
  })

  it('goes with its run', () => {
    const s = store()
    const id = newRun(s)
    s.transaction(() => s.metrics.append(id, points([1])))
    s.removal.begin(id)
    for (const rows of s.removal.slices(id)) expect(rows).toBeGreaterThan(0)
    expect(() => s.runs.get(id)).toThrow(/There is no run/)
    expect(
      s.metrics.series({
        runIds: [id],
        metrics: ['batch/loss'],
        maxBuckets: 5,
        fromStep: null,
        toStep: null,
      }),
    ).toEqual([])
  })
})
